package vectra

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// Identity is what a brain shows of itself to somebody who does not know it.
type Identity struct {
	// Family is "qux" or "rux"; empty when nothing answered as a brain does.
	Family string
	// API is the newest version that answered; empty when none did.
	API string
}

// ErrNoBrain says that something answers at the URL, and not as a brain does.
var ErrNoBrain = errors.New("it does not answer as a brain does")

// Recognize finds out of which family a brain is, logs in, and finds the newest version of the API that answers; cfg.API
// is no more than a hint. Credentials are sent only where a brain of that family takes them. The Console speaks that
// version; its caller closes it. With an error there is none, and the Identity tells how far it came.
func Recognize(ctx context.Context, cfg Config) (*Console, Identity, error) {
	cfg = cfg.filled()
	at, err := brainURL(cfg.URL)
	if err != nil {
		return nil, Identity{}, fmt.Errorf("brain %s: %w", cfg.Name, err)
	}
	families, err := recognize(ctx, cfg, at)
	if err != nil {
		return nil, Identity{}, err
	}
	var first error
	for _, rux := range families {
		c, err := newest(ctx, cfg, at, rux)
		if err == nil {
			return c, Identity{c.Family(), c.api.text}, nil
		}
		if first == nil {
			first = err
		}
	}
	likely := Console{api: version{rux: families[0]}}
	return nil, Identity{Family: likely.Family()}, first
}

// recognize tells which families a brain may be of, the likelier one first; true is RUX. It asks, without credentials,
// where tokens are given: a tenant does so at its origin, an appliance below the version.
func recognize(ctx context.Context, cfg Config, at *url.URL) (rux []bool, err error) {
	c := stranger(cfg, version{}, at)
	defer c.Close()
	tenant, err := c.gives(ctx, "/oauth2/token")
	if err != nil {
		return nil, err
	}
	appliance, err := c.gives(ctx, "/api/v2.5/oauth2/token")
	switch {
	case err != nil:
		return nil, err
	case tenant && appliance:
		likelier := !strings.HasPrefix(cfg.API, "2")
		return []bool{likelier, !likelier}, nil
	case tenant || appliance:
		return []bool{tenant}, nil
	}
	return []bool{false}, c.old(ctx)
}

// gives reports that tokens are given at a path: who asks without credentials is refused there, and elsewhere unknown.
func (c *Console) gives(ctx context.Context, path string) (bool, error) {
	k := call{
		method: http.MethodPost, path: path, kind: "application/x-www-form-urlencoded",
		body: []byte("grant_type=client_credentials"), limit: maxSmall, tries: fewTries,
	}
	a, err := c.look(ctx, k)
	switch {
	case c.inconclusive(a):
		return false, err
	case a.status == http.StatusNotFound || a.status == http.StatusMethodNotAllowed || a.status/100 == 3:
		return false, nil
	}
	return !isPage(a.body), nil
}

// old recognises an appliance of the time before API clients: whoever reads without credentials is refused, in JSON.
func (c *Console) old(ctx context.Context) error {
	k := get("/api/v2.1/detections", url.Values{"page_size": {"1"}})
	k.tries = fewTries
	a, err := c.look(ctx, k)
	switch {
	case c.inconclusive(a):
		return err
	case (a.status == http.StatusUnauthorized || a.status == http.StatusForbidden) && isObject(a.body):
		return nil
	case err == nil:
		err = fmt.Errorf("%s: HTTP %d", k, a.status)
	}
	return problem(entity.Permanent, "%w: put the brain's name into url (%w)", ErrNoBrain, err)
}

// fewTries are enough where a person waits for the answer.
const fewTries = 2

// look sends a call without credentials.
func (c *Console) look(ctx context.Context, k call) (answer, error) {
	return c.repeat(ctx, k, func() (answer, error) { return c.send(ctx, k, "") })
}

// inconclusive is no answer, one of a server in trouble, or the advice to ask another host.
func (c *Console) inconclusive(a answer) bool {
	to, err := url.Parse(a.header.Get("Location"))
	elsewhere := a.status/100 == 3 && err == nil && to.Host != "" && to.Host != c.origin.Host
	return a.status == 0 || elsewhere || statusClass(a.status) == entity.Transient
}

// isPage reports HTML, which no brain answers with.
func isPage(body []byte) bool { return strings.HasPrefix(strings.TrimSpace(string(body)), "<") }
