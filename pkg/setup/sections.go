package setup

import (
	"context"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/schema"
)

// section is a part of the questions that can be gone over by itself.
type section struct {
	name, label string
	ask         func(*talk, context.Context) error
}

// sections are all parts, in the order of a first time.
func sections() []section {
	return []section{
		{"brains", "brains: where hosts, accounts and detections come from", (*talk).brains},
		{"blockers", "blockers: what can block them", (*talk).blockers},
		{"hosts", "hosts: which are blocked", rules("hosts", entity.KindHost,
			"enabled", "block_tag", "unblock_tag", "block_group", "no_block_group", "score", "urgency", "detection_types")},
		{"accounts", "accounts: which are blocked", rules("accounts", entity.KindAccount,
			"enabled", "block_tag", "unblock_tag", "block_group", "no_block_group", "score", "urgency", "detection_types")},
		{"detections", "detections: whose destinations are blocked", rules("detections", entity.KindDetection,
			"enabled", "block_tag", "unblock_tag", "types", "host_score", "host_urgency")},
		{"static", "static: a list of destinations of your own", table("static", "destinations")},
		{"gate", "gate: how much one pass may change", (*talk).gates},
		{"never_block", "never_block: what nothing may ever block", table("never_block", "targets")},
		{"window", "window: when blocking is allowed", (*talk).window},
		{"run", "run: passes, and where var remembers what it did", (*talk).runs},
		{notifyTable, "notify: who is told what var does", (*talk).notify},
		{"log", "log: what var writes about its own work", table("log", "level", "file")},
		{"admin", "admin: health, metrics and a page, while var run --loop runs", table("admin", "listen")},
	}
}

// notAsked are the keys that are named and not asked for, with why.
var notAsked = map[string]string{
	"owner":            "made once and kept in the state; another makes var forget what it put on devices",
	"blocker.*.plugin": "what a blocker holds can be released by the same plugin alone; make another blocker",
	"blocker.*.mark":   `written by "var config rename", so that marks on devices stay known`,
}

// generic is a path without the names of brains, blockers and webhooks: "blocker.*.mark".
func generic(path string) string {
	words := strings.Split(path, ".")
	switch {
	case len(words) > 2 && (words[0] == "brain" || words[0] == "blocker"):
		words[1] = "*"
	case len(words) > 3 && strings.HasPrefix(path, webhookTables+"."):
		words[2] = "*"
	}
	return strings.Join(words, ".")
}

// unasked names keys that this section leaves out, and how to set them.
func (t *talk) unasked(paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	var lines []string
	for _, path := range paths {
		line := "not asked: " + path
		if why := notAsked[generic(path)]; why != "" {
			line += " (" + why + ")"
		}
		lines = append(lines, line)
	}
	return t.tell(strings.Join(append(lines, "  to set one: var config set KEY VALUE"), "\n"))
}

// top is the place of a key or table at the top of the file.
func (t *talk) top(name string) place {
	return place{path: name, Field: fieldOf(t.schema.Fields, name)}
}

// table asks for the keys of a table, the others behind one more question.
func table(name string, first ...string) func(*talk, context.Context) error {
	return func(t *talk, ctx context.Context) error { return t.keys(ctx, t.top(name), first...) }
}

// runs asks how passes are made.
func (t *talk) runs(ctx context.Context) error {
	if err := t.field(ctx, t.top("state")); err != nil {
		return err
	}
	if t.config().StateOnServer() {
		if err := t.secret(ctx, Need{Name: config.StatePassword, Help: "Password of the database server.", Optional: true}); err != nil {
			return err
		}
	}
	if err := t.keys(ctx, t.top("run"), "interval"); err != nil {
		return err
	}
	return t.unasked(t.leftOut("", t.schema.Fields))
}

// leftOut are the keys of a table that are never asked for.
func (t *talk) leftOut(path string, fields []schema.Field) []string {
	var paths []string
	for _, f := range fields {
		if p := join(path, f.Name); notAsked[generic(p)] != "" {
			paths = append(paths, p)
		}
	}
	return paths
}

// window asks when blocking is allowed, and says what the answer means.
func (t *talk) window(ctx context.Context) error {
	w := t.top("window")
	for {
		if err := t.keys(ctx, w, "days", "start", "end", "timezone", "releases"); err != nil {
			return err
		}
		wrong := t.fault(t.draft, w.path)
		if wrong == nil {
			return t.tell(t.windowWords())
		}
		if err := t.tell(w.path + ": " + wrong.Error()); err != nil {
			return err
		}
	}
}

// windowWords says when blocking is allowed next, as the clock of the window shows it.
func (t *talk) windowWords() string {
	const layout = "Mon 2 Jan 15:04 MST"
	w := t.config().Schedule()
	change, opens, ok := w.Next(t.Now())
	switch {
	case !ok && w.Open(t.Now()):
		return "window: blocking is allowed at any time"
	case !ok:
		return "window: blocking is never allowed: nothing would be blocked"
	case opens:
		return "window: closed now; blocking is allowed again from " + change.Format(layout) + " on"
	}
	return "window: open now; blocking is allowed until " + change.Format(layout)
}

func indexOf(all []section, name string) int {
	return slices.IndexFunc(all, func(s section) bool { return s.name == name })
}
