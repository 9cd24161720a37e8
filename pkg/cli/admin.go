package cli

import (
	"context"

	"github.com/var-project/var/pkg/admin"
	"github.com/var-project/var/pkg/internal/wait"
)

// administer answers those who watch the loop, until it is told that nobody does any more.
func (l *looping) administer(ctx context.Context) (over func()) {
	l.facts = newFacts(ctx, l.system, l.served.alive)
	l.onlooker.goBy(l.system, l.interval())
	l.admin = admin.New(ctx, admin.Options{
		Facts: l.facts, Metrics: l.app.meter.Handler(l.facts.refresh, l.log), Page: l.onlooker.handler(),
		Log: l.log, Pause: wait.For, Changed: l.facts.listening,
	})
	l.watched()
	return func() {
		l.admin.Close()
		l.facts.keep(l.system, nil)
	}
}

// watched has those who watch the loop go by the configuration that is in force now.
func (l *looping) watched() {
	l.measured(l.interval())
	l.facts.goBy(l.system, l.interval())
	l.onlooker.goBy(l.system, l.interval())
	if l.cfg.Admin.Listen == "" {
		l.facts.keep(l.system, nil)
	}
	l.admin.Move(admin.Place{Listen: l.cfg.Admin.Listen, Hosts: l.cfg.Admin.Hosts, Page: l.cfg.Admin.Page})
}
