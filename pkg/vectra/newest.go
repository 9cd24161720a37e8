package vectra

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// newest logs in and gives a console of the newest version of a family that answers.
func newest(ctx context.Context, cfg Config, at *url.URL, rux bool) (*Console, error) {
	all, err := cfg.spoken(rux)
	if err != nil {
		return nil, err
	}
	c := stranger(cfg, all[0], at)
	c.login = cfg.Auth.login(c)
	for _, c.api = range all {
		known, err := c.known(ctx)
		if known {
			return c, nil
		}
		if err != nil {
			c.Close()
			return nil, err
		}
	}
	c.Close()
	return nil, problem(entity.Permanent, "%w: it takes the credentials, and speaks no version that is known", ErrNoBrain)
}

// spoken are the versions of a family that take the credentials, newest first.
func (cfg Config) spoken(rux bool) (all []version, err error) {
	for _, text := range slices.Backward(versions) {
		v, _ := parseVersion(text)
		if v.rux != rux {
			continue
		}
		wrong := cfg.check(v)
		if wrong == nil {
			all = append(all, v)
		} else if err == nil {
			err = fmt.Errorf("brain %s: %w", cfg.Name, wrong)
		}
	}
	if len(all) > 0 {
		return all, nil
	}
	return nil, err
}

// known reports that the brain speaks the console's version: what every version has is there, or forbidden. An error
// ends the search.
func (c *Console) known(ctx context.Context) (bool, error) {
	k := get(c.path("detections"), url.Values{"page_size": {"1"}})
	k.limit, k.tries = maxPage, fewTries
	a, err := c.do(ctx, k)
	switch {
	case c.inconclusive(a) || a.status == http.StatusUnauthorized:
		return false, err
	case a.status == http.StatusForbidden:
		return isObject(a.body), nil
	}
	return err == nil && !isPage(a.body), nil
}
