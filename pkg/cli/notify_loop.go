package cli

import (
	"context"
	"sync"

	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/reconcile"
)

// correspondence is a courier at work beside a loop.
type correspondence struct {
	system  *system
	courier *notify.Courier
	done    chan struct{}
}

// correspond begins to tell the channels of the configuration in force, in the background, in place of those of the one
// before. What that one is sending ends in its own time: nobody waits for it here.
func (l *looping) correspond(ctx context.Context) {
	before := l.letters
	if before != nil {
		before.courier.Finish()
	}
	if l.options.dry {
		return
	}
	l.settleChannels(ctx)
	l.courier = l.newCourier()
	l.letters = &correspondence{l.system, l.courier, make(chan struct{})}
	go l.letters.keep(l.unhurried(ctx), before)
}

// keep tells until it is told to finish. A channel to which the one before is still sending is its until that has ended.
func (c *correspondence) keep(ctx context.Context, before *correspondence) {
	defer close(c.done)
	var handover sync.WaitGroup
	handover.Go(func() {
		before.end()
		c.courier.Wake()
	})
	c.courier.Keep(ctx)
	handover.Wait()
}

// end begins nothing more, and waits until what is being sent has ended.
func (c *correspondence) end() {
	if c == nil {
		return
	}
	c.courier.Finish()
	<-c.done
	c.system.closeChannels(c.courier)
}

// signOff tells in the end what waits, as a single run does; who says twice that it is to end does not wait for that.
func (l *looping) signOff(ctx context.Context) {
	l.letters.end()
	if !l.options.dry {
		l.inform(l.unhurried(ctx))
	}
}

// report announces that a source is silent. That it is heard again is found by the pass that hears it.
func (s *system) report(ctx context.Context, silence reconcile.Silence) {
	if !silence.Over && !s.dry {
		s.toldOf(s.announceSilent(ctx, silence.Source, silence.Since, silence.Why))
	}
}
