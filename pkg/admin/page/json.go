package page

import (
	"bytes"
	"context"
	"net/http"

	"github.com/var-project/var/pkg/view"
)

// inJSON is a shape as the commands print it.
func inJSON(v any, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	var b bytes.Buffer
	err = view.Encode(&b, v)
	return answer{http.StatusOK, "application/json; charset=utf-8", b.Bytes()}, err
}

func (p *pages) statusJSON(ctx context.Context, _ *http.Request) (answer, error) {
	return inJSON(p.Data.Status(ctx))
}

func (p *pages) whyJSON(ctx context.Context, r *http.Request) (answer, error) {
	text, err := asked(r, "q")
	switch {
	case err != nil:
		return answer{}, err
	case text == "":
		return answer{}, wrong{"say whom: /why.json?q=NAME"}
	}
	return inJSON(p.Data.Why(ctx, text))
}

func (p *pages) historyJSON(ctx context.Context, r *http.Request) (answer, error) {
	q, err := question(r)
	if err != nil {
		return answer{}, err
	}
	return inJSON(p.Data.History(ctx, q))
}
