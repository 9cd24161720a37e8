package cli

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/service"
	"github.com/var-project/var/pkg/view"
)

// served is a loop as a service manager sees it.
type served struct {
	*service.Service
	app   *App
	pulse *service.Pulse
	// longest is how long one answer of a brain may take.
	longest atomic.Int64
	// refused is when a reload was refused, where none succeeded since; zero: none was.
	refused time.Time
	// unheard stops waiting for the order to end, obeyed is closed once that was passed on.
	unheard func() bool
	obeyed  chan struct{}
	sleep   func()
}

// grace is for what comes after what was under way: plugins are told to end, files are closed.
const grace = 15 * time.Second

// serve begins to tell a service manager of a loop, and lets what is under way finish when the context ends. What is
// asked over HTTP with the context that it answers with is a sign of life. End it.
func (s *system) serve(ctx context.Context) (context.Context, *served) {
	v := &served{
		Service: service.New(s.manager(), s.log), app: s.app, pulse: service.NewPulse(s.app.Now), obeyed: make(chan struct{}),
	}
	v.goesBy(s.cfg)
	s.pulse, ctx = v.pulse, v.pulse.Hear(ctx)
	s.endGently(ctx)
	v.unheard = context.AfterFunc(ctx, func() {
		defer close(v.obeyed)
		v.Stopping(time.Duration(s.ending.patience.Load())+grace, "told to end: what is under way may finish")
	})
	v.sleep = v.Watchdog(v.alive)
	return ctx, v
}

func (s *system) manager() service.Manager {
	if s.app.Manager == nil {
		return service.Manager{}
	}
	m, err := s.app.Manager()
	if err != nil {
		s.log.Warn("the service manager is not understood", "error", err)
	}
	return m
}

func (v *served) end() {
	if !v.unheard() {
		<-v.obeyed
	}
	v.sleep()
}

// goesBy is for a configuration that is in force from now on.
func (v *served) goesBy(cfg *config.Config) {
	var longest time.Duration
	for _, b := range cfg.Brains {
		longest = max(longest, b.Timeout)
	}
	v.longest.Store(int64(longest))
}

// numb is how long a loop may be without a sign of life besides an answer of a brain that comes: a pass thinks in seconds
// and waits for at most two minutes at a time.
const numb = 5 * time.Minute

func (v *served) alive() bool { return v.pulse.Within(numb + time.Duration(v.longest.Load())) }

// resting makes a pause count as life: it ends by itself.
func (v *served) resting(ctx context.Context, d time.Duration) error {
	defer v.pulse.During()()
	return v.app.Pause(ctx, d)
}

// passed tells what became of a pass.
func (v *served) passed(reports []reconcile.Report, dry bool) {
	text := fmt.Sprintf("%s (%s)", summary(reports, dry), view.Stamp(v.app.Now()))
	if !v.refused.IsZero() {
		text += "; the reload of " + view.Stamp(v.refused) + " was refused, what was read before is in force"
	}
	v.Doing(text)
}

// refuse tells that a reload was refused.
func (v *served) refuse() {
	v.refused = v.app.Now()
	v.Ready("the reload was refused, what was read before stays in force (" + view.Stamp(v.refused) + ")")
}

// renewed tells that a reload put this configuration in force.
func (v *served) renewed(cfg *config.Config) {
	v.refused = time.Time{}
	v.goesBy(cfg)
	v.Ready("the configuration of now is in force (" + view.Stamp(v.app.Now()) + ")")
}

// enforcers are the blockers of this run. In a loop somebody listens to how they do.
func (s *system) enforcers() []dispatch.Enforcer {
	all := s.fleet.enforcers()
	for i, e := range all {
		all[i] = s.heard(e)
	}
	return all
}

// heard is a blocker whose requests are counted, and signs of life while they are under way: who runs plugins ends those
// that hang. What stands for one that does not run is asked nothing.
func (s *system) heard(e dispatch.Enforcer) dispatch.Enforcer {
	if s.app.meter == nil && s.pulse == nil || dispatch.Why(e) != nil {
		return e
	}
	return dispatch.Watch(e, s.app.Now, func() func(dispatch.Call) {
		over := s.pulse.During()
		return func(c dispatch.Call) {
			over()
			s.app.meter.called(c)
		}
	})
}
