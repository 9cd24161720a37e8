package pluginhost

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/var-project/var/pkg/internal/failpoint"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

const (
	// pulse is at least how long a plugin may take to show that it lives.
	pulse = 2 * time.Second
	// patience is how many timeouts one call may take, besides one for each of its targets.
	patience = 20
)

// watched makes a call about n targets and takes the plugin's pulse meanwhile: without, one that hangs
// would hold up the pass for ever.
func (b *Blocker) watched(ctx context.Context, s *session, n int, do func(context.Context, wirepb.BlockerClient) error) error {
	ctx, cancel := b.limited(ctx, n)
	defer cancel()
	b.tending.Go(func() { b.watch(ctx, s) })
	failpoint.Hit("plugin.call")
	err := do(ctx, s.client)
	failpoint.Hit("plugin.called")
	return err
}

// limited ends a call that a plugin goes on with although no device can be worth waiting for so long.
func (b *Blocker) limited(ctx context.Context, n int) (context.Context, context.CancelFunc) {
	if b.config.Timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, b.config.Timeout*time.Duration(patience+n))
}

// watch ends a plugin that shows no pulse, until the context of its call does.
func (b *Blocker) watch(ctx context.Context, s *session) {
	every := cmp.Or(b.config.Timeout, startTimeout)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.process.done:
			return
		case <-tick.C:
			if !s.beats(ctx, max(every, pulse)) && ctx.Err() == nil {
				b.stopHanging(s)
			}
		}
	}
}

// beats reports that a plugin answers in time, or dies for another reason.
func (s *session) beats(ctx context.Context, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	_, err := s.describe(ctx)
	return status.Code(err) != codes.DeadlineExceeded
}

func (b *Blocker) stopHanging(s *session) {
	b.log.Error("the plugin hangs and is ended")
	s.hung.Store(true)
	s.process.end()
}

func errHung() error {
	return fmt.Errorf("the plugin hangs and was ended: %w", context.DeadlineExceeded)
}
