package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

const (
	// maxDeaths in one window stop the restarts for the rest of it.
	maxDeaths   = 5
	deathWindow = 5 * time.Minute
	// firstBackoff doubles with each death in the window.
	firstBackoff = 100 * time.Millisecond
)

// deaths are the times at which a plugin died lately.
type deaths []time.Time

func (d *deaths) add(now time.Time) { *d = append(*d, now) }

// wait is how long to hold the next start back; ok is false when there were too many deaths.
func (d *deaths) wait(now time.Time) (time.Duration, bool) {
	for len(*d) > 0 && now.Sub((*d)[0]) > deathWindow {
		*d = (*d)[1:]
	}
	switch n := len(*d); {
	case n == 0:
		return 0, true
	case n >= maxDeaths:
		return deathWindow - now.Sub((*d)[0]), false
	default:
		return firstBackoff<<(n-1) - now.Sub((*d)[n-1]), true
	}
}

// session is the running one, for one call: the caller says calls.Done on it. It starts a plugin
// that died again, after a pause that grows. Its errors mean that nothing was sent.
func (b *Blocker) session(ctx context.Context) (*session, error) {
	if err := b.turn.take(ctx); err != nil {
		return nil, &entity.Error{Class: entity.Transient, Err: fmt.Errorf("waiting for the plugin to start: %w", err)}
	}
	defer b.turn.give()
	if b.closed {
		return nil, &entity.Error{Class: entity.Permanent, Err: errors.New("the blocker is closed")}
	}
	if b.current != nil && !b.current.suspicion.cleared(ctx) {
		return nil, &entity.Error{Class: entity.Transient, Err: fmt.Errorf("waiting for the plugin to answer or to end: %w", context.Cause(ctx))}
	}
	if b.current != nil && !b.current.alive() {
		b.bury()
	}
	if b.current == nil {
		if err := b.restart(ctx); err != nil {
			return nil, err
		}
	}
	b.current.calls.Add(1)
	return b.current, nil
}

func (b *Blocker) bury() {
	b.current.end()
	b.current = nil
	b.deaths.add(time.Now())
}

func (b *Blocker) restart(ctx context.Context) error {
	pause, ok := b.deaths.wait(time.Now())
	if !ok {
		return &entity.Error{Class: entity.Permanent, Err: fmt.Errorf(
			"the plugin died %d times within %s; it is started again in %s", maxDeaths, deathWindow, pause.Round(time.Second))}
	}
	select {
	case <-time.After(pause):
	case <-ctx.Done():
		return &entity.Error{Class: entity.Transient, Err: fmt.Errorf("waiting to start the plugin again: %w", context.Cause(ctx))}
	}
	s, err := b.start(ctx)
	if err != nil {
		b.deaths.add(time.Now())
		return &entity.Error{Class: startClass(err), Err: fmt.Errorf("start the plugin again: %w", err)}
	}
	b.log.Warn("the plugin was started again", "deaths", len(b.deaths))
	if b.host.restarted != nil {
		b.host.restarted(b.config.Name)
	}
	b.current = s
	return nil
}

func startClass(err error) entity.ErrorClass {
	var classed *entity.Error
	if errors.As(err, &classed) {
		return entity.ClassOf(err)
	}
	return entity.Transient
}

// call makes one call about n targets in the running session. An error of class Unknown means that the call may
// have had its effect.
func (b *Blocker) call(ctx context.Context, n int, do func(context.Context, wirepb.BlockerClient) error) (*session, error) {
	s, err := b.session(ctx)
	if err != nil {
		return nil, err
	}
	defer s.calls.Done()
	err = b.watched(ctx, s, n, do)
	if err == nil {
		return s, nil
	}
	err = &entity.Error{Class: entity.Unknown, Err: b.examined(ctx, s, err)}
	return s, err
}

// examined says why a call failed. A plugin that missed a deadline and shows no pulse is ended, so that the
// next call finds a new one; the caller waits for that only while its own time lasts.
func (b *Blocker) examined(ctx context.Context, s *session, err error) error {
	switch status.Code(err) {
	case codes.Unavailable:
		b.examine(s, s.end)
	case codes.DeadlineExceeded:
		b.examine(s, func() {
			if !s.beats(context.WithoutCancel(ctx), pulse) && s.alive() {
				b.stopHanging(s)
			}
		})
	}
	s.suspicion.cleared(ctx)
	return told(err, s)
}

// reopen replaces the session in which the devices refused the credentials, with secrets read
// again. It does so once until the plugin has worked again; false means that there is no use in
// repeating the call.
func (b *Blocker) reopen(ctx context.Context, refused *session) bool {
	if b.turn.take(ctx) != nil {
		return false
	}
	defer b.turn.give()
	switch {
	case b.closed || refused == nil:
		return false
	case b.current != refused:
		return true
	case b.reopened.Swap(true):
		return false
	}
	s, err := b.start(ctx)
	if err != nil {
		b.log.Warn("the plugin could not be opened with the secrets read again", "error", err.Error())
		return false
	}
	b.log.Info("the devices refused the credentials: the plugin was opened with the secrets read again")
	b.current = s
	b.tending.Go(refused.close) // it may have calls in flight
	return true
}

func (b *Blocker) worked() { b.reopened.Store(false) }
