package journal_test

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/journal/journaltest"
)

// failing is an event that may be told again and again about one host.
func failing(id, problem string) entity.Event {
	return entity.Event{At: epoch, Action: "block", Outcome: "failed", Ref: host("hq", id).Ref, Blocker: "edge", Problem: problem}
}

// cursors are a reader of what is new and one of what changed. They go on from where they were.
type cursors struct {
	j           *journal.Journal
	id, changed int64
	// fresh counts how often each event was read as new; times is how often it has happened, as was read last.
	fresh, times map[int64]int
}

func readFrom(j *journal.Journal, last int64) *cursors {
	return &cursors{j, last, last, map[int64]int{}, map[int64]int{}}
}

func (c *cursors) read(limit int) error {
	fresh, err := c.j.NewEvents(context.Background(), c.id, limit)
	if err != nil {
		return err
	}
	for _, e := range fresh {
		if e.ID <= c.id {
			return fmt.Errorf("event %d comes after %d", e.ID, c.id)
		}
		c.id = e.ID
		c.fresh[e.ID]++
	}
	changed, err := c.j.EventsAfter(context.Background(), c.changed, limit)
	for _, e := range changed {
		if e.Revision <= c.changed || e.Times <= c.times[e.ID] {
			return fmt.Errorf("revision %d of event %d, %d times, comes after %d with %d", e.Revision, e.ID, e.Times, c.changed, c.times[e.ID])
		}
		c.changed, c.times[e.ID] = e.Revision, e.Times
	}
	return err
}

// complete reads what is left and checks that it was counted, that nothing was missed, and nothing new read twice.
func (c *cursors) complete() error {
	if err := c.counted(); err != nil {
		return err
	}
	if err := c.read(1000); err != nil {
		return err
	}
	events, err := c.j.History(context.Background(), journal.Filter{})
	times, once := map[int64]int{}, map[int64]int{}
	for _, e := range events {
		times[e.ID], once[e.ID] = e.Times, 1
	}
	if err == nil && (!maps.Equal(times, c.times) || !maps.Equal(once, c.fresh)) {
		err = fmt.Errorf("the history says %v; read were %v, and as new %v", times, c.times, c.fresh)
	}
	return err
}

// Whatever is told in whichever order, and whenever a reader looks at however much, it misses nothing.
func TestAReaderWithACursorMissesNothing(t *testing.T) {
	j, err := journal.OpenMemory(t.Context(), "")
	must(t, err)
	defer func() { must(t, j.Close()) }()
	told := rapid.Custom(func(r *rapid.T) entity.Event {
		e := failing(rapid.SampledFrom([]string{"1", "2", "3"}).Draw(r, "host"), rapid.SampledFrom([]string{"", "500"}).Draw(r, "problem"))
		e.Outcome = rapid.SampledFrom([]string{"failed", "done"}).Draw(r, "outcome")
		return e
	})
	rapid.Check(t, func(r *rapid.T) {
		must(t, j.Prune(t.Context(), epoch.AddDate(1, 0, 0)))
		last, err := j.LastRevision(t.Context())
		must(t, err)
		c := readFrom(j, last)
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			if rapid.Bool().Draw(r, "tell") {
				must(t, j.Tell(t.Context(), rapid.SliceOfN(told, 1, 4).Draw(r, "events")...))
			} else if err := c.read(rapid.IntRange(1, 3).Draw(r, "limit")); err != nil {
				r.Fatal(err)
			}
		}
		if err := c.complete(); err != nil {
			r.Fatal(err)
		}
	})
}

// No number is given in a transaction that ends after that of a higher one, or a reader would miss it.
func TestAReaderBesideWritersMissesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j, other := at.open(t), at.open(t)
		var writers sync.WaitGroup
		for n, mine := range []*journal.Journal{j, other, j, other} {
			writers.Go(func() {
				for i := range 6 {
					if err := mine.Tell(t.Context(), failing(fmt.Sprint(n, i%3), "500"), failing(fmt.Sprint("x", i%2), "500")); err != nil {
						t.Error(err)
					}
				}
			})
		}
		written := make(chan struct{})
		go func() { defer close(written); writers.Wait() }()
		c := readFrom(other, 0)
		err := c.readUntil(written)
		<-written
		must(t, err)
		must(t, c.complete())
	})
}

// counted checks that what is left is counted as it is listed.
func (c *cursors) counted() error {
	for _, look := range []struct {
		list  func(context.Context, int64, int) ([]entity.Event, error)
		count func(context.Context, int64) ([]entity.Alike, error)
		last  int64
	}{{c.j.NewEvents, c.j.CountNewEvents, c.id}, {c.j.EventsAfter, c.j.CountEventsAfter, c.changed}} {
		events, err := look.list(context.Background(), look.last, 1000)
		if err != nil {
			return err
		}
		want, got := map[string]int{}, map[string]int{}
		for _, e := range events {
			want[chosenBy(e)]++
		}
		counts, err := look.count(context.Background(), look.last)
		for _, a := range counts {
			got[chosenBy(a.Event)] += a.Count
		}
		if err != nil {
			return err
		}
		if !maps.Equal(got, want) {
			return fmt.Errorf("counted behind %d: %v, listed: %v", look.last, got, want)
		}
	}
	return nil
}

func chosenBy(e entity.Event) string {
	return fmt.Sprint(e.Action, e.Outcome, e.Ref.Source, e.Ref.Kind, e.Blocker)
}

func (c *cursors) readUntil(done <-chan struct{}) error {
	for {
		select {
		case <-done:
			return nil
		default:
		}
		if err := c.read(3); err != nil {
			return err
		}
	}
}

// A journal of an older schema can be read from, and what happens again in it is seen.
func TestAnOlderHistoryHasRevisions(t *testing.T) {
	at := onFile(t)
	j := at.open(t)
	must(t, j.Tell(t.Context(), failing("1", "500"), failing("2", "500")))
	must(t, j.Tell(t.Context(), failing("1", "500")))
	must(t, j.Close())
	journaltest.Older(t, at.path, "migrations")
	at.unmark(t)
	j = at.open(t)
	last, err := j.LastRevision(t.Context())
	must(t, err)
	must(t, readFrom(j, 0).complete())
	must(t, j.Tell(t.Context(), failing("2", "500")))
	again, err := j.EventsAfter(t.Context(), last, 10)
	must(t, err)
	if len(again) != 1 || again[0].Ref.ID != "2" || again[0].Times != 2 {
		t.Errorf("after the update it reads %+v, want the second event again", again)
	}
}

// Who remembers a number elsewhere does not take what is told after a restore for something told before.
func TestARestoreGivesNoNumberTwice(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		must(t, j.Tell(t.Context(), failing("1", "500")))
		copied := backup(t, j)
		for n := range 70 { // more than are reserved at once
			must(t, j.Tell(t.Context(), failing("1", fmt.Sprint(n))))
		}
		last, err := j.LastRevision(t.Context())
		must(t, err)
		must(t, j.Close())
		_, err = at.restore(t, copied, true)
		must(t, err)
		events, err := at.open(t).NewEvents(t.Context(), last, 10)
		must(t, err)
		if len(events) != 1 || events[0].Action != entity.EventRestore {
			t.Errorf("after the restore it reads %+v, want the restore alone", events)
		}
	})
}
