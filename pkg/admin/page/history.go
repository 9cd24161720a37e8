package page

import (
	"context"
	"net/http"
	"net/url"

	"github.com/var-project/var/pkg/view"
)

// chronicle is the page of the history.
type chronicle struct {
	frame
	Text, Blocker, Since string
	Spans                []span
	Blockers             []string
	Events               []view.Event
	Pager                pager
	Filtered             bool
}

// span is a time to choose.
type span struct{ Value, Name string }

var spans = []span{{"1h", "the last hour"}, {"24h", "the last 24 hours"}, {"7d", "the last 7 days"}, {"30d", "the last 30 days"}}

// deepest is how many pages of the history are turned: further back a narrower question helps.
const deepest = 100

func (p *pages) history(ctx context.Context, r *http.Request) (answer, error) {
	q, err := question(r)
	if err != nil {
		return answer{}, err
	}
	page, err := number(r, "page", 1, deepest)
	if err != nil {
		return answer{}, err
	}
	s, err := p.Data.Status(ctx)
	if err != nil {
		return answer{}, err
	}
	q.Skip, q.Limit = (page-1)*perPage, perPage+1
	h, err := p.Data.History(ctx, q)
	if err != nil {
		return answer{}, err
	}
	c := chronicle{frame: p.frame("history", s.Stopped).titled("History"), Text: q.Target, Blocker: q.Blocker, Spans: spans}
	c.Since = r.URL.Query().Get("since")
	c.Filtered = c.Text+c.Blocker+c.Since != ""
	c.Blockers = filter{Blocker: q.Blocker}.choices(s).Blockers
	c.Events = h.Events[:min(len(h.Events), perPage)]
	c.Pager = c.turn(page, len(h.Events) > perPage)
	return p.sheet("history", http.StatusOK, c)
}

// turn is the way to the pages beside this one; how many there are nobody counts.
func (c chronicle) turn(page int, more bool) pager {
	v := url.Values{}
	for name, text := range map[string]string{"q": c.Text, "blocker": c.Blocker, "since": c.Since} {
		if text != "" {
			v.Set(name, text)
		}
	}
	p := pager{Page: page, From: (page-1)*perPage + 1, To: (page-1)*perPage + len(c.Events)}
	if page > 1 {
		p.Previous = addressOf("/history", v, page-1)
	}
	if more && page < deepest {
		p.Next = addressOf("/history", v, page+1)
	}
	return p
}
