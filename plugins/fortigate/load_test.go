package main

import (
	"context"
	"testing"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

// some are targets that a mode blocks.
func some(mode string, n int) []entity.Target {
	targets := hosts(n)
	if mode == modeFeed {
		for i, t := range targets {
			targets[i] = static("198.18" + t.Host.IP[len("10.0"):])
		}
	}
	return targets
}

// As many requests are in flight as parallel says, and few connections serve all of a pass. One is given up for another
// when its answer comes long before net/http has noted the end of the request.
func TestBoundsHoldUnderLoad(t *testing.T) {
	for mode := range calls {
		t.Run(mode, func(t *testing.T) {
			w := newWorld(t, 2, inMode(mode))
			for _, e := range w.ends {
				e.Delay(5 * time.Millisecond) // long enough for requests to meet
			}
			rs := w.mustBlock(some(mode, 100)...)
			w.entries(0)
			w.mustUnblock(rs...)
			for i, e := range w.ends {
				if got := e.InFlightMax(); got > 4 || (mode == modeGroup && got < 4) {
					t.Errorf("device %d had %d requests at once; want 4 at most, and all of them for groups", i+1, got)
				}
				if got := e.Connections(); got > 2*4 {
					t.Errorf("device %d had %d connections, want about as many as requests at once", i+1, got)
				}
			}
		})
	}
}

// A device that asks for a pause gets it from all requests, and what it refused goes through when it is asked again.
func TestADeviceThatAsksForAPauseHoldsEverythingInTheEnd(t *testing.T) {
	w := newWorld(t, 2)
	w.fault(0, lab.Fault{Match: "POST address", What: lab.AnswerStatus, Status: 429, RetryAfter: "1", Skip: 20, Times: 1})
	targets, late := hosts(300), 0
	for i, o := range w.BlockAll(t.Context(), targets) {
		if o.Err == nil {
			continue
		}
		if late++; blocker.ClassOf(o.Err) != blocker.Transient || entity.RetryAfter(o.Err) != time.Second {
			t.Errorf("%s: %v, want transient with the pause that was asked for", targets[i].Ref, o.Err)
		}
	}
	if late != 1 || len(w.enforced(1, "Internal-Block")) != 300 {
		t.Errorf("%d elements were refused, and the other device has %d; want one and all", late, len(w.enforced(1, "Internal-Block")))
	}
	w.mustBlock(targets...)
	if got := len(w.enforced(0, "Internal-Block")); got != 300 {
		t.Errorf("%d act on the device that paused, want all", got)
	}
}

func TestTheRateOfTheBlockerIsKept(t *testing.T) {
	for mode := range calls {
		w := newWorld(t, 1, inMode(mode))
		f, err := newFortigate(w.settings, blocker.Instance{Name: "edge", Owner: owner, Parallel: 4, Rate: 1e-6}, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		o := f.BlockAll(ctx, some(mode, 1))[0]
		cancel()
		f.devices[0].client.Close()
		if got := w.requests(0, true) + w.requests(0, false); o.Err == nil || got != 1 {
			t.Errorf("%s: %d requests and %v; want the second to wait for days", mode, got, o.Err)
		}
	}
}
