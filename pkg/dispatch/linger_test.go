package dispatch_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// A program that is told to end while a device is at work gives it the time that it may linger: the call is not cut, and
// after it nothing begins. Once that is over too, the call is cut.
func TestWhatIsUnderWayLingersWhenToldToEnd(t *testing.T) {
	for name, cutOff := range map[string]bool{"it finishes in time": false, "it is cut off": true} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			told, tell := context.WithCancelCause(t.Context())
			late, cut := context.WithCancel(t.Context())
			defer cut()
			s.options.Linger = func(context.Context) context.Context { return late }
			s.edge.hold = func(ctx context.Context) {
				tell(errStop)
				if ctx.Err() != nil {
					t.Error("a call was cut when the program was told to end")
				}
				if cutOff {
					cut()
					<-ctx.Done()
				}
			}
			var items []plan.Item
			for i := range 1001 {
				items = append(items, blocking(fmt.Sprint(i), fmt.Sprint("e", i)))
			}
			results := s.dispatcher().Carry(told, items, s.until)
			if res := results[1000]; !res.Left() || res.Intent.ID != 0 {
				t.Errorf("the second batch: %v", res.Err)
			}
			if res := results[999]; res.Left() || res.Done != entity.ActionBlock || len(s.record.intents) > 0 {
				t.Errorf("the first batch: %v, %d intents are open", res.Err, len(s.record.intents))
			}
		})
	}
}

// A pass that waits for its turn on a blocker gives up at once when it is told to end, however long others linger there.
func TestATurnIsNotWaitedForWhenToldToEnd(t *testing.T) {
	s := newScene(t)
	s.options.Linger = context.WithoutCancel
	begun, end := make(chan struct{}), make(chan struct{})
	s.edge.hold = func(context.Context) { close(begun); <-end }
	d := s.dispatcher()
	first := make(chan []dispatch.Result)
	go func() { first <- d.Carry(t.Context(), []plan.Item{blocking("1", "a")}, s.until) }()
	<-begun
	told, tell := context.WithCancelCause(t.Context())
	tell(errStop)
	if res := d.Carry(told, []plan.Item{blocking("2", "b")}, s.until)[0]; !res.Left() {
		t.Errorf("got %v", res.Err)
	}
	close(end)
	if res := (<-first)[0]; res.Err != nil {
		t.Error(res.Err)
	}
}
