package cli

import (
	"context"
	"reflect"
	"sync"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/pluginhost"
	"github.com/var-project/var/pkg/schema"
)

func newFleet(host *pluginhost.Host) *fleet {
	return &fleet{
		host: host, running: map[string]*pluginhost.Blocker{}, broken: map[string]dispatch.Enforcer{},
		configs: map[string]config.Blocker{}, imprints: map[string]imprint{}, hosts: map[string][]schema.Host{},
	}
}

// openUnlessOpen gives the blocker of another fleet where it runs as it is configured now, else it opens one.
func (s *system) openUnlessOpen(ctx context.Context, open *fleet, name string, b config.Blocker, files imprint) (*pluginhost.Blocker, []schema.Host, error) {
	if open == nil || !open.as(name, b, files) || !open.running[name].Current(ctx) {
		return s.openInTime(ctx, name, b)
	}
	s.guard.reaches(name, open.hosts[name])
	return open.running[name], open.hosts[name], nil
}

// as reports that a blocker runs with this configuration, and with these contents of the files in it.
func (f *fleet) as(name string, b config.Blocker, files imprint) bool {
	return f.running[name] != nil && f.imprints[name] == files && reflect.DeepEqual(f.configs[name], b)
}

// closeExcept ends the blockers of a fleet that another one has not taken over.
func (f *fleet) closeExcept(other *fleet) {
	var wg sync.WaitGroup
	for name, b := range f.running {
		if other.running[name] != b {
			wg.Go(b.Close)
		}
	}
	wg.Wait()
}

// mend starts those blockers anew that could not be started: what was in their way may be gone. Where that fails, what
// runs goes on.
func (s *system) mend(ctx context.Context) {
	if !s.fleet.failed() {
		return
	}
	f, err := s.app.startFleet(ctx, s.cfg, s, s.fleet)
	if err != nil {
		s.log.Warn("blockers not started anew", "error", err)
		f.closeExcept(s.fleet)
		return
	}
	was := s.fleet
	s.fleet = f
	s.rec = s.reconciler()
	was.closeExcept(f)
}
