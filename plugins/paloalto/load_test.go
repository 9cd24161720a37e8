package main

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

// counted are the requests by kind to each firewall since the last call, which must be the same for all.
func (e *estate) counted() map[string]int {
	e.t.Helper()
	first := e.ends[0].Requests()
	for i, end := range e.ends {
		if diff := cmp.Diff(first, end.Requests()); diff != "" {
			e.t.Errorf("firewall %d gets other requests than the first:\n%s", i+1, diff)
		}
		end.ResetCounters()
	}
	return first
}

// TestRequestsOfAPass states what each step costs a firewall, exactly: a message for each thousand addresses, after a
// look at the room there is, and pages of five hundred.
func TestRequestsOfAPass(t *testing.T) {
	for _, n := range []int{50, 500, 5000} {
		if n > 1000 && testing.Short() {
			continue
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			e := newEstate(t, lab.PANOSConfig{}, lab.PANOSConfig{})
			b := e.open(func(s *settings) { s.Capacity = 10_000 })
			targets, batches := hosts(n), (n+999)/1000
			var rs []blocker.Release
			for i := 0; i < n; i += 1000 {
				rs = append(rs, e.mustBlock(b, targets[i:min(n, i+1000)]...)...)
			}
			for step, want := range []map[string]int{
				{"show registered-ip all": batches, "register": batches},
				{"show registered-ip limit": n/500 + 2, "show registered-user all": 1, "show system info": 1},
				{"unregister": batches},
			} {
				switch step {
				case 1:
					if got := len(e.inventory(b).Entries); got != n {
						t.Errorf("%d entries, want %d", got, n)
					}
				case 2:
					for i := 0; i < n; i += 1000 {
						e.mustUnblock(b, rs[i:min(n, i+1000)]...)
					}
				}
				if diff := cmp.Diff(want, e.counted()); diff != "" {
					t.Errorf("%s (-want +got)\n%s", []string{"block", "list", "release"}[step], diff)
				}
			}
			if got := e.holds(0); got != nil {
				t.Errorf("still holds %d", len(got))
			}
		})
	}
}

// One connection is given up for another when its answer comes long before net/http has noted the end of the request.
func TestBoundsHoldUnderLoad(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{}, lab.PANOSConfig{})
	for _, end := range e.ends {
		end.Delay(time.Millisecond)
	}
	b := e.open(func(s *settings) { s.Batch = 10 })
	rs := e.mustBlock(b, append(hosts(300), account("jdoe@example.net"), static("198.51.100.7"))...)
	e.inventory(b)
	e.mustUnblock(b, rs...)
	for i, end := range e.ends {
		if requests, conns := end.InFlightMax(), end.Connections(); requests > maxParallel || conns > 2*maxParallel {
			t.Errorf("firewall %d had %d requests at once over %d connections, want %d at most, and about as many", i+1, requests, conns, maxParallel)
		}
	}
}

// A firewall that asks for a pause gets it from all requests, and what it refused goes through when it is asked again.
func TestAFirewallThatAsksForAPauseHoldsEverythingInTheEnd(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{}, lab.PANOSConfig{})
	b := e.open(func(s *settings) { s.Batch = 10 })
	e.fault(0, lab.Fault{Match: "register", What: lab.AnswerStatus, Status: 429, RetryAfter: "1", Skip: 20, Times: 1})
	targets := hosts(300)
	for i, o := range b.BlockAll(t.Context(), targets) {
		if o.Err != nil && (blocker.ClassOf(o.Err) != blocker.Transient || entity.RetryAfter(o.Err) != time.Second) {
			t.Errorf("%s: %v, want transient with the pause that was asked for", targets[i].Ref, o.Err)
		}
	}
	if refused, whole := len(e.holds(0)), len(e.holds(1)); refused >= 300 || whole != 300 {
		t.Errorf("%d are held where a message was refused, %d elsewhere; want less than all, and all", refused, whole)
	}
	e.mustBlock(b, targets...)
	if got := len(e.holds(0)); got != 300 {
		t.Errorf("%d are held in the end, want all", got)
	}
}

func TestTheRateOfTheBlockerIsKept(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b, err := build(e.settings(nil), blocker.Instance{Name: "dc", Parallel: 4, Rate: 1e-6, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.idle(b) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	if o := b.BlockAll(ctx, hosts(1))[0]; o.Err == nil || e.requests(0) != 1 {
		t.Errorf("%d requests and %v; want the second to wait for days", e.requests(0), o.Err)
	}
}
