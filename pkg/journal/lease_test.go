package journal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

const edge = "blocker:edge"

// long is more than any test waits: who waits that long waits for what happens.
const long = time.Minute

func acquire(t *testing.T, j *journal.Journal, name string, wait time.Duration) func() {
	t.Helper()
	release, err := j.Acquire(t.Context(), name, wait)
	must(t, err)
	return release
}

// leased is who has a lease: another.
func leased(t *testing.T, j *journal.Journal, name string) journal.Lease {
	t.Helper()
	release, err := j.Acquire(t.Context(), name, 0)
	var held *journal.LeasedError
	if err == nil {
		release()
	}
	if !errors.As(err, &held) || held.Name != name {
		t.Fatalf("%s: got %v, want that another has it", name, err)
	}
	return journal.Lease(*held)
}

func TestOneHasALeaseAtATime(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j, other := at.open(t), at.open(t)
		release := acquire(t, j, edge, 0)
		held := leased(t, other, edge)
		if !strings.Contains(held.Holder, fmt.Sprint(os.Getpid())) || held.Since.IsZero() {
			t.Errorf("it is held by %q since %v", held.Holder, held.Since)
		}
		leased(t, j, edge)
		acquire(t, other, "source:h/q é", 0)()
		release()
		release()
		again := acquire(t, other, edge, 0)
		release() // an old release ends no lease of another
		leased(t, j, edge)
		again()
	})
}

func TestAMemoryJournalHasLeases(t *testing.T) {
	j, err := journal.OpenMemory(t.Context(), "")
	must(t, err)
	defer func() { must(t, j.Close()) }()
	release := acquire(t, j, edge, 0)
	leased(t, j, edge)
	leases(t, j, edge)
	release()
	leases(t, j)
}

func leases(t *testing.T, j *journal.Journal, want ...string) {
	t.Helper()
	all, err := j.Leases(t.Context())
	must(t, err)
	var names []string
	for _, l := range all {
		names = append(names, l.Name)
		if l.Holder == "" || l.Since.IsZero() {
			t.Errorf("lease %+v", l)
		}
	}
	same(t, "leases", want, names)
}

func TestWhoWaitsGetsALeaseWhenItIsFree(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j, other := at.open(t), at.open(t)
		release := acquire(t, j, edge, 0)
		if _, err := other.Acquire(t.Context(), edge, 20*time.Millisecond); !errors.As(err, new(*journal.LeasedError)) {
			t.Errorf("after a wait: %v", err)
		}
		time.AfterFunc(10*time.Millisecond, release)
		acquire(t, other, edge, long)()
	})
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j, other := at.open(t), at.open(t)
		defer acquire(t, j, edge, 0)()
		// Where the context ends before the first look at the lease, nobody knows yet who has it.
		for wait := 50 * time.Millisecond; wait < long; wait *= 2 {
			ctx, cancel := context.WithTimeout(t.Context(), wait)
			_, err := other.Acquire(ctx, edge, 2*long)
			cancel()
			if errors.As(err, new(*journal.LeasedError)) && errors.Is(err, context.DeadlineExceeded) {
				return
			}
			t.Log(err)
		}
		t.Error("it never said who has the lease, and that its time is over")
	})
}

func TestLeasesAreListedAndEndWithTheJournal(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		acquire(t, j, edge, 0)
		acquire(t, j, "source:hq", 0)()
		acquire(t, j, "source:a b", 0)
		look, err := at.look(t, "")
		must(t, err)
		leases(t, look, edge, "source:a b")
		must(t, j.Close())
		leases(t, look)
		acquire(t, at.open(t), edge, 0)()
	})
}

// A look hinders nobody: its own leases are seen by itself alone.
func TestALookTakesNoLeaseFromAnybody(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		look, err := at.look(t, "")
		must(t, err)
		defer acquire(t, look, edge, 0)()
		leased(t, look, edge)
		acquire(t, j, edge, 0)()
	})
}

// Among many who want it at once, one has it at a time.
func TestALeaseExcludes(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		var wg sync.WaitGroup
		var inside, times atomic.Int32
		for range 4 {
			j := at.open(t)
			wg.Go(func() {
				for range 5 {
					release, err := j.Acquire(t.Context(), edge, long)
					if err != nil {
						t.Error(err)
						return
					}
					if n := inside.Add(1); n > 1 {
						t.Errorf("%d at once", n)
					}
					times.Add(1)
					inside.Add(-1)
					release()
				}
			})
		}
		wg.Wait()
		if times.Load() != 20 {
			t.Errorf("%d times, want 20", times.Load())
		}
	})
}

func TestALeaseOfAKilledProcessEnds(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		kill := at.process(t, "hold")
		leased(t, j, edge)
		leases(t, j, edge)
		kill()
		at.lapse(t)
		acquire(t, j, edge, long)()
	})
}

// lapse has the time of all leases be over: on a server they end with it, unless somebody renews them.
func (p place) lapse(t *testing.T) {
	t.Helper()
	if p.path == "" {
		p.alter(t, `update lease set until = 1`)
	}
}

// As long as its holder lives a lease does not end, however long it takes.
func TestALeaseIsRenewed(t *testing.T) {
	at := onServer(t)
	place{url: at.url + "&lease_time=1s"}.process(t, "hold")
	j := at.open(t)
	for range 2 {
		at.lapse(t)
		eventually(t, func() bool {
			all, err := j.Leases(t.Context())
			must(t, err)
			return len(all) == 1
		})
	}
}

// A worker that slept too long finds its lease taken: it may begin nothing there, and what others took it cannot
// give back.
func TestALostLeaseBeginsNothing(t *testing.T) {
	at := onServer(t)
	at.opts = append(at.opts, journal.LeaseTime(10*long)) // nobody renews it meanwhile
	j, other := at.open(t), at.open(t)
	release := acquire(t, j, edge, 0)
	mine := []entity.Intent{intent(entity.ActionBlock, host("hq", "7"), "edge")}
	must(t, j.Begin(t.Context(), mine))
	at.alter(t, `update lease set until = 1`) // its time is over
	if err := j.Begin(t.Context(), mine); !errors.As(err, new(*journal.LeasedError)) {
		t.Errorf("after its time: %v", err)
	}
	theirs := acquire(t, other, edge, 0)
	if err := j.Begin(t.Context(), mine); !errors.As(err, new(*journal.LeasedError)) {
		t.Errorf("after another took it: %v", err)
	}
	must(t, j.Begin(t.Context(), []entity.Intent{intent(entity.ActionBlock, host("hq", "8"), "dc")}))
	release()
	leased(t, j, edge)
	must(t, other.Begin(t.Context(), []entity.Intent{intent(entity.ActionRelease, host("hq", "7"), "edge")}))
	theirs()
	acquire(t, j, edge, 0)
	must(t, j.Begin(t.Context(), mine))
	if n := len(leftovers(t, j, "hq")); n != 4 {
		t.Errorf("%d intents were begun, want 4", n)
	}
}

// Renewing does not bring back a lease that another took meanwhile.
func TestALeaseThatWasTakenIsNotRenewed(t *testing.T) {
	const leaseTime = 2 * time.Second
	at := onServer(t)
	at.opts = append(at.opts, journal.LeaseTime(leaseTime))
	j := at.open(t)
	acquire(t, j, edge, 0)
	at.alter(t, `update lease set fence = fence + 1, holder = 'another', until = until + 60000000000`)
	mine := []entity.Intent{intent(entity.ActionBlock, host("hq", "7"), "edge")}
	if _, err := j.Acquire(t.Context(), edge, leaseTime); err == nil {
		t.Error("it was taken from another")
	}
	if err := j.Begin(t.Context(), mine); !errors.As(err, new(*journal.LeasedError)) {
		t.Errorf("got %v", err)
	}
	must(t, j.Close())
	if held := leased(t, at.open(t), edge); held.Holder != "another" {
		t.Errorf("it is held by %q", held.Holder)
	}
}

// On database time: whoever's clock is wrong takes no lease before its time.
func TestLeasesGoByTheTimeOfTheServer(t *testing.T) {
	at := onServer(t)
	j := at.open(t)
	before := time.Now().Add(-long)
	defer acquire(t, j, edge, 0)()
	all, err := j.Leases(t.Context())
	must(t, err)
	if len(all) != 1 || all[0].Since.Before(before) || all[0].Since.After(before.Add(2*long)) {
		t.Errorf("leases %+v", all)
	}
}

// Whoever shares a database agrees on the time of leases by its address.
func TestTheAddressSaysHowLongALeaseIs(t *testing.T) {
	at := onServer(t)
	plain := at.url
	for address, want := range map[string]bool{plain + "&lease_time=1s": true, plain + "&lease_time=1": false, plain + "&lease_time=1ms": false} {
		at.url = address
		j, err := at.try(t, "", journal.LeaseTime(10*long))
		if (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
		if err != nil {
			continue
		}
		acquire(t, j, edge, 0)
		place{url: plain}.alter(t, `update lease set fence = fence + 1`) // nobody renews it
		acquire(t, at.open(t), edge, long)()
		must(t, j.Close())
	}
}

// A password in an address would be printed with it.
func TestAnAddressWithAPasswordIsRefused(t *testing.T) {
	_, err := place{url: "postgres://var:hunter2@127.0.0.1/var"}.try(t, "")
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "state.password") {
		t.Errorf("got %v", err)
	}
}
