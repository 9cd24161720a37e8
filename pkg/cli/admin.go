package cli

import (
	"context"

	"github.com/var-project/var/pkg/admin"
)

// administer answers those who watch the loop, until the server is closed.
func (l *looping) administer(ctx context.Context) *admin.Server {
	l.facts = newFacts(l.system, l.served.alive)
	l.onlooker.goBy(l.system, l.interval())
	l.admin = admin.New(ctx, admin.Options{
		Facts: l.facts, Metrics: l.app.meter.Handler(l.facts.refresh, l.log), Page: l.onlooker.handler(),
		Log: l.log, Pause: pause, Changed: l.facts.listening,
	})
	l.watched()
	return l.admin
}

// watched has those who watch the loop go by the configuration that is in force now.
func (l *looping) watched() {
	l.measured(l.interval())
	l.facts.goBy(l.system, l.interval())
	l.onlooker.goBy(l.system, l.interval())
	l.admin.Move(admin.Place{Listen: l.cfg.Admin.Listen, Hosts: l.cfg.Admin.Hosts, Page: l.cfg.Admin.Page})
}
