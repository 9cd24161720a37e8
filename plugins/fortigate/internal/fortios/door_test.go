package fortios

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/var-project/var/pkg/blocker"
)

// crowd has twenty requests made at the same time, and gives their errors.
func crowd(b *Batch) (failed []error) {
	errs := make([]error, 20)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = b.Post(context.Background(), "cmdb/x/y", struct{}{}) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			failed = append(failed, err)
		}
	}
	return failed
}

// Three wrong tokens lock an address out: the first requests of a client must not be made at the same time.
func TestATokenThatIsNotKnownToBeTakenIsShownOnce(t *testing.T) {
	for _, status := range []int{401, 403, 429} {
		var asked atomic.Int32
		var good atomic.Bool
		b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if asked.Add(1); !good.Load() {
				answer(w, status, "")
				return
			}
			answer(w, 200, `{"status":"success"}`)
		})
		if failed := crowd(b); len(failed) != 20 || asked.Load() != 1 {
			t.Errorf("%d: %d of 20 requests failed, and %d reached the device; want all and 1", status, len(failed), asked.Load())
		}
		good.Store(true)
		if failed := crowd(b.client.Batch()); len(failed) != 0 {
			t.Errorf("%d: %v although the device is well again", status, failed)
		}
	}
}

// What was not asked was not done, whatever became of the request that it waited for.
func TestWhatWaitedForALostRequestWasNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDoor(4)
		own, err := d.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var waiting sync.WaitGroup
		for range 19 {
			waiting.Go(func() {
				_, err := d.enter(t.Context())
				if err = unasked("POST x", err); blocker.ClassOf(err) != blocker.Transient || MayHaveActed(err) {
					t.Errorf("%v, may have acted: %v; want a transient error of what was not sent", err, MayHaveActed(err))
				}
			})
		}
		synctest.Wait()
		d.leave(own, Envelope{}, lost("POST y", errMoving))
		waiting.Wait()
		if own, err = d.enter(t.Context()); own == nil || err != nil {
			t.Errorf("the next one: trial %v, %v; want it to find out", own, err)
		}
	})
}

func TestWhoWaitsForATokenEndsWithTheContext(t *testing.T) {
	there, leave := make(chan struct{}), make(chan struct{})
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		close(there)
		<-leave
		answer(w, 200, `{"status":"success"}`)
	})
	var first sync.WaitGroup
	first.Go(func() { _, _ = b.Get(context.Background(), "cmdb/x/y", nil) })
	<-there
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.Get(ctx, "cmdb/x/y", nil); !errors.Is(err, context.Canceled) || blocker.ClassOf(err) != blocker.Transient {
		t.Errorf("got %v, want the caller's end", err)
	}
	close(leave)
	first.Wait()
}
