package cli

import (
	"context"
	"log/slog"
	"sync"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/protect"
	"github.com/var-project/var/pkg/schema"
)

// guard keeps the never-block set of now. What it hangs on changes while the program runs: addresses, routes and
// names are looked at anew before each pass.
type guard struct {
	cfg     *config.Config
	machine protect.Machine
	memory  protect.Memory
	log     *slog.Logger

	mu      sync.Mutex
	devices map[string][]schema.Host
	set     plan.Protector
}

func (s *system) newGuard() *guard {
	g := &guard{cfg: s.cfg, machine: s.app.Machine, memory: s.journal, log: s.log, devices: map[string][]schema.Host{}, set: compiledIn}
	if s.dry {
		g.memory = recalling{s.journal}
	}
	return g
}

// recalling is the memory of a run that writes nothing.
type recalling struct{ protect.Memory }

func (recalling) Remember(context.Context, string, string) error { return nil }

// protected is the never-block set of now.
func (s *system) protected() plan.Protector { return s.guard.now() }

func (g *guard) now() plan.Protector {
	if g == nil {
		return compiledIn
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.set
}

// compiledIn is all that is protected where nothing was looked at.
var compiledIn *protect.Set

// reaches notes the hosts that a blocker's settings name, as its plugin describes them.
func (g *guard) reaches(blocker string, hosts []schema.Host) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.devices[blocker] = hosts
}

// refresh computes the set anew. What could not be found out is told, and the rest counts.
func (g *guard) refresh(ctx context.Context) {
	found, errs := g.machine.Gather(ctx, protect.Wants{Hosts: g.hosts()}, g.memory)
	for _, err := range errs {
		g.log.Warn("never-block set is not complete", "error", err)
	}
	set := protect.New(append(configured(g.cfg.NeverBlock), found...), protect.Options{
		MinPrefix4: g.cfg.NeverBlock.MinPrefixIPv4, MinPrefix6: g.cfg.NeverBlock.MinPrefixIPv6,
	})
	g.mu.Lock()
	defer g.mu.Unlock()
	g.set = set
}

// configured are the entries of the configuration that need no looking up.
func configured(n config.NeverBlock) []protect.Entry {
	var all []protect.Entry
	for _, p := range n.Protected() {
		why := neverBlock + " " + p.Text
		for _, e := range []protect.Entry{{Prefix: p.Prefix}, {Account: p.Account}, {Domain: p.Domain}} {
			if e != (protect.Entry{}) {
				e.Why = why
				all = append(all, e)
			}
		}
	}
	if n.PublicResolvers {
		all = append(all, protect.PublicResolvers()...)
	}
	return all
}

// neverBlock is the table of the configuration, as the reason of what stands there.
const neverBlock = "never_block"
