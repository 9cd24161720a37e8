package service

import (
	"sync"
	"time"
)

// Watchdog tells the manager that the program gets on, twice as often as it wants to hear it, for as long as alive says
// so. stop ends that and waits for it.
func (s *Service) Watchdog(alive func() bool) (stop func()) {
	every := s.manager.Watchdog / 2
	if every <= 0 {
		return func() {}
	}
	tick := time.NewTicker(every)
	stopped := s.keep(tick.C, alive)
	return func() {
		tick.Stop()
		stopped()
	}
}

// keep tells of life at once and at each tick.
func (s *Service) keep(ticks <-chan time.Time, alive func() bool) (stop func()) {
	done := make(chan struct{})
	var watch sync.WaitGroup
	watch.Go(func() {
		for told := true; ; {
			told = s.look(alive(), told)
			select {
			case <-ticks:
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		watch.Wait()
	}
}

// look passes on whether the program gets on, and says where that changed.
func (s *Service) look(alive, before bool) bool {
	switch {
	case alive:
		s.alive()
	case before:
		s.log.Error("nothing happens any more: the service manager is not told that this lives until something does")
	}
	return alive
}
