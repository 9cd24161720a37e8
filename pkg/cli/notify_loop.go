package cli

import (
	"context"

	"github.com/var-project/var/pkg/reconcile"
)

// correspondence is a courier at work beside a loop.
type correspondence struct {
	system *system
	cancel context.CancelFunc
	done   chan struct{}
}

// correspond begins to tell the channels of the configuration in force, in the background, in place of those of the one
// before.
func (l *looping) correspond(ctx context.Context) {
	l.letters.end()
	if l.options.dry {
		return
	}
	l.settleChannels(ctx)
	l.courier = l.newCourier()
	ctx, cancel := context.WithCancel(ctx)
	l.letters = &correspondence{l.system, cancel, make(chan struct{})}
	go l.letters.keep(ctx)
}

func (c *correspondence) keep(ctx context.Context) {
	defer close(c.done)
	c.system.courier.Keep(ctx)
}

// end waits until nothing is sent any more.
func (c *correspondence) end() {
	if c == nil {
		return
	}
	c.cancel()
	<-c.done
	c.system.closeChannels(c.system.courier)
}

// signOff tells in the end what waits, as a single run does; who says twice that it is to end does not wait for that.
func (l *looping) signOff(ctx context.Context) {
	l.letters.end()
	if l.ending != nil {
		ctx = l.ending.linger(ctx)
	}
	if !l.options.dry {
		l.inform(ctx)
	}
}

// report announces that a source is silent. That it is heard again is found by the pass that hears it.
func (s *system) report(ctx context.Context, silence reconcile.Silence) {
	if !silence.Over && !s.dry {
		s.toldOf(s.announceSilent(ctx, silence.Source, silence.Since, silence.Why))
	}
}
