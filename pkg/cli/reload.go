package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/view"
)

// reload builds the parts anew beside those that are in force, and puts them in their place when all of them are in
// order. Blockers that stay as they are go on in their processes.
func (l *looping) reload(ctx context.Context) {
	l.served.Reloading()
	next, err := l.anew(ctx)
	l.host.Rest()
	if err != nil {
		if !told(err) {
			fmt.Fprintln(l.app.Err, "reload:", err)
		}
		fmt.Fprintf(l.app.Err, "reload: nothing is changed, what was read before stays in force (%s)\n", view.Stamp(l.app.Now()))
		l.served.refuse()
		l.app.meter.refuse()
		return
	}
	was := l.system
	l.system = next
	was.dropParts(next.fleet)
	l.ending.patience.Store(int64(next.cfg.Run.StopTimeout))
	l.watch(ctx)
	fmt.Fprintf(l.app.Err, "reload: the configuration of now is in force (%s)\n", view.Stamp(l.app.Now()))
	l.tellInterval(was.cfg.Run.Interval)
	l.served.renewed(l.cfg)
	l.watched()
	l.correspond(ctx)
}

// tellInterval says that the interval which was changed in the file is not gone by.
func (l *looping) tellInterval(was time.Duration) {
	now := l.cfg.Run.Interval
	if l.options.interval == 0 || now == was {
		return
	}
	fmt.Fprintf(l.app.Err, "reload: run.interval is %s now, but --interval %s goes before it: start the loop without it to go by the file\n",
		spanText(now), spanText(l.options.interval))
}

// anew is a system as the configuration is now. It shares with this one what outlives a reload, and the blockers that
// stay as they are.
func (s *system) anew(ctx context.Context) (*system, error) {
	cfg, err := s.app.loadConfig()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.lasting(cfg), checkBrains(cfg, s.names)); err != nil {
		return nil, err
	}
	s.host.Refresh()
	next := *s
	next.cfg, next.fleet, next.brains, next.guard, next.rec = cfg, newFleet(s.host), nil, nil, nil
	err = next.assemble(ctx, s.fleet)
	if ctx.Err() != nil {
		err = context.Cause(ctx) // what does not run then says nothing
	}
	if err != nil {
		next.dropParts(s.fleet)
		return nil, err
	}
	return &next, nil
}

// lasting refuses changes that take a restart.
func (s *system) lasting(cfg *config.Config) error {
	switch {
	case cfg.State != s.cfg.State:
		return errors.New("state was changed: that takes a restart")
	case cfg.Owner != s.cfg.Owner:
		return errors.New("owner was changed: that takes a restart")
	}
	return nil
}

// dropParts closes what was opened, except blockers that another fleet has.
func (s *system) dropParts(kept *fleet) {
	s.fleet.closeExcept(kept)
	for _, b := range s.brains {
		b.Close()
	}
}
