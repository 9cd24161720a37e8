package page

import (
	"context"
	"net/http"
	"slices"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/view"
)

// inquiry is the page about what a text means.
type inquiry struct {
	frame
	Text    string
	Targets []target
	History []view.Event
	// Similar are of what is held what contains the text, where it means nothing; Found are how many.
	Similar []view.Holding
	Found   int
}

// target is one target with the ways out.
type target struct {
	view.Target
	Ref     string
	Blocked bool
	Out     []command
	Back    []command
	Shared  []shared
}

// shared is somebody else who holds what this target holds: it stays blocked for him.
type shared struct {
	Blocker, Element, Holder string
	Out                      string
}

// similar is how many holdings are shown that contain a text.
const similar = 20

func (p *pages) target(ctx context.Context, r *http.Request) (answer, error) {
	text, err := asked(r, "q")
	if err != nil {
		return answer{}, err
	}
	if text == "" {
		return answer{}, wrong{"Say whom to look for: a name, an address, an id, or what a device holds."}
	}
	v, err := p.Data.Why(ctx, text)
	if err != nil {
		return answer{}, err
	}
	s, err := p.Data.Status(ctx)
	if err != nil {
		return answer{}, err
	}
	q := inquiry{frame: p.frame("target", s.Stopped).titled(clip(text, 60)), Text: text, History: v.History}
	for _, t := range v.Targets {
		q.Targets = append(q.Targets, targetOf(t))
	}
	code := http.StatusOK
	if len(q.Targets) == 0 {
		found := filter{Text: text}.leave(s.Holdings)
		q.Similar, q.Found = found[:min(len(found), similar)], len(found)
		code = http.StatusNotFound
	}
	return p.sheet("target", code, q)
}

func targetOf(t view.Target) target {
	one := target{Target: t, Ref: entity.Ref{Source: t.Source, Kind: t.Kind, ID: t.ID}.String()}
	one.Blocked = slices.ContainsFunc(t.Holdings, func(h view.Held) bool { return h.State != entity.Refused })
	one.Out, one.Back = one.ways()
	for _, h := range t.Holdings {
		for _, o := range h.Others {
			one.Shared = append(one.Shared, shared{h.Blocker, o.Element, o.Holder, typed("var release", o.Holder, "")})
		}
	}
	return one
}

// ways are the commands that end a block, and those that let the rules count again.
func (t target) ways() (out, back []command) {
	o := t.Order
	if o != nil && o.Verb == entity.VerbSpare && !o.Ended {
		back = append(back, command{typed("var release --undo", t.Ref, ""), "let the rules count again"})
	}
	if t.Blocked || o != nil && o.Verb == entity.VerbBlock && !o.Ended {
		out = append(out,
			command{typed("var release", t.Ref, ` --reason "TEXT"`), "take it off every device now, and spare it until that is undone"},
			command{typed("var release", t.Ref, ` --for 4h --reason "TEXT"`), "the same, and let the rules count again after four hours"})
	}
	return out, back
}
