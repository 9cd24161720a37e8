package cli

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/selection"
	"github.com/var-project/var/pkg/vectra"
)

// brain is one console under its name.
type brain struct {
	*vectra.Console
	name string
}

// openBrains makes the consoles of the named brains, of all when none is named. It talks to none of them.
func (s *system) openBrains(names []string) ([]*brain, error) {
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(s.cfg.Brains))
	}
	var brains []*brain
	for _, name := range names {
		c, err := s.console(name, s.cfg.Brains[name])
		if err != nil {
			return brains, usage(fmt.Errorf("brain %s: %w", name, err))
		}
		brains = append(brains, &brain{c, name})
	}
	return brains, nil
}

func (s *system) console(name string, b config.Brain) (*vectra.Console, error) {
	cfg, err := s.access(name, b)
	if err != nil {
		return nil, err
	}
	return vectra.New(cfg)
}

// access is how a brain is reached.
func (s *system) access(name string, b config.Brain) (vectra.Config, error) {
	tls, err := blocker.TLS{CAFile: b.CAFile, ServerName: b.ServerName, InsecureSkipVerify: b.InsecureSkipVerify}.Config()
	if err != nil {
		return vectra.Config{}, err
	}
	proxy, err := proxyOf(b.Proxy)
	if err != nil {
		return vectra.Config{}, err
	}
	return vectra.Config{
		Name: name, URL: b.URL, API: b.API, Auth: s.auth(name, b), Tokens: s.tokens(name), TLS: tls, Proxy: proxy,
		Parallel: b.Parallel, Rate: b.Rate, Timeout: b.Timeout, Agent: "var/" + Version, Log: s.log, Now: s.app.Now,
	}, nil
}

// auth reads secrets when they are needed, so that one that changes is seen by a running service.
func (s *system) auth(name string, b config.Brain) vectra.Auth {
	all := brainNeeds(name, b)
	if len(all) == 1 {
		return vectra.Token(s.secret(all[0]))
	}
	return vectra.OAuth(s.secret(all[0]), s.secret(all[1]))
}

func (s *system) secret(n need) vectra.Secret {
	return func(ctx context.Context) (string, error) {
		value, _, err := s.secrets.Get(ctx, n.name, n.former...)
		return value.Reveal(), err
	}
}

func proxyOf(proxy string) (func(*http.Request) (*url.URL, error), error) {
	if proxy == "" {
		return http.ProxyFromEnvironment, nil
	}
	u, err := url.Parse(proxy)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	return http.ProxyURL(u), nil
}

// sources are what this run may make a pass over.
func (s *system) sources() []reconcile.Source {
	var sources []reconcile.Source
	pol := selectionPolicy(s.cfg, s.only, s.app.Now())
	for _, b := range s.brains {
		sources = append(sources, reconcile.Source{
			Name: b.name, Record: b.Console, Selection: selectionDigests(s.cfg),
			Observe: func(ctx context.Context, held []entity.Ref) plan.Observation {
				return selection.Observe(ctx, s.thrifty(ctx, b), b.name, pol, held)
			},
		})
	}
	if s.static {
		sources = append(sources, reconcile.Source{
			Name: entity.SourceStatic, Selection: selectionDigests(s.cfg), Observe: s.observeStatic,
		})
	}
	if s.hand {
		sources = append(sources, reconcile.Source{Name: entity.SourceHand, Observe: s.observeHand})
	}
	return sources
}

// observeStatic reads the static list. A line that cannot be read may be one that was blocked: as long as there
// is one, nothing that is held is taken for unlisted, and the pass does not end well.
func (s *system) observeStatic(ctx context.Context, held []entity.Ref) plan.Observation {
	list, err := config.ReadStatic(s.cfg.Static.Destinations, s.cfg.Static.Networks())
	if s.misread = s.app.tell(list.Problems); s.misread {
		held = nil
	}
	obs := selection.Static(list.Destinations, err, held)
	s.bearReceipts(ctx, &obs)
	return obs
}
