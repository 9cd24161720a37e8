package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/config"
)

// reload builds the parts anew beside those that are in force, and puts them in their place when all of them are in
// order. Blockers that stay as they are go on in their processes.
func (s *system) reload(ctx context.Context) {
	if err := s.takeOverConfig(ctx); err != nil {
		if !told(err) {
			fmt.Fprintln(s.app.Err, "reload:", err)
		}
		fmt.Fprintf(s.app.Err, "reload: nothing is changed, what was read before stays in force (%s)\n", stamp(s.app.Now()))
		return
	}
	fmt.Fprintf(s.app.Err, "reload: the configuration of now is in force (%s)\n", stamp(s.app.Now()))
}

func (s *system) takeOverConfig(ctx context.Context) error {
	cfg, err := s.app.loadConfig()
	if err != nil {
		return err
	}
	if err := errors.Join(s.lasting(cfg), checkBrains(cfg, s.names)); err != nil {
		return err
	}
	s.host.Refresh()
	next := *s
	next.cfg, next.fleet, next.brains, next.guard, next.rec = cfg, newFleet(s.host), nil, nil, nil
	if err := next.assemble(ctx, s.fleet); err != nil {
		next.dropParts(s.fleet)
		return err
	}
	was := *s
	*s = next
	was.dropParts(s.fleet)
	if s.ending != nil {
		s.ending.patience.Store(int64(cfg.Run.StopTimeout))
	}
	return nil
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
