package journal_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

func TestANewsIsToldOnce(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j := at.open(t)
		gate := entity.Event{At: epoch, Action: entity.EventGate}
		steps := []struct {
			value string
			want  bool
			count int // of what was told until then
		}{
			{"", false, 0}, {"a", true, 1}, {"a", false, 1}, {"b\x00", true, 2}, {"b\x00", false, 2}, {"", true, 3}, {"", false, 3}, {"a", true, 4},
		}
		for i, s := range steps {
			gate.Name = s.value + string(rune('0'+i)) // no event repeats another
			news, err := j.Announce(t.Context(), "gate:hq", s.value, gate)
			must(t, err)
			if told := len(history(t, j, journal.Filter{})); news != s.want || told != s.count {
				t.Errorf("step %d, %q: news %v and %d events, want %v and %d", i, s.value, news, told, s.want, s.count)
			}
		}
	})
}

func TestANewsOfManyIsToldByOne(t *testing.T) {
	everywhere(t, func(t *testing.T, at place) {
		j, other := at.open(t), at.open(t)
		var first atomic.Int64
		var all sync.WaitGroup
		for _, mine := range []*journal.Journal{j, other, j, other} {
			all.Go(func() {
				news, err := mine.Announce(t.Context(), "gate:hq", "a", entity.Event{At: epoch, Action: entity.EventGate})
				if err != nil {
					t.Error(err)
				}
				if news {
					first.Add(1)
				}
			})
		}
		all.Wait()
		events := history(t, j, journal.Filter{})
		if first.Load() != 1 || len(events) != 1 || events[0].Times != 1 {
			t.Errorf("%d announced it first, told was %+v", first.Load(), events)
		}
	})
}
