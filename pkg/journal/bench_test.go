package journal_test

import (
	"fmt"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// BenchmarkWithdraw is the journal's part of a panic: a thousand holdings are read, begun, settled and recorded.
func BenchmarkWithdraw(b *testing.B) {
	for name, at := range map[string]func(*testing.B) (string, []journal.Option){
		"file":   func(b *testing.B) (string, []journal.Option) { return url(b.TempDir() + "/var.db"), nil },
		"server": benchServer,
	} {
		b.Run(name, func(b *testing.B) {
			address, opts := at(b)
			j, err := journal.Open(b.Context(), address, "", opts...)
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = j.Close() }()
			var all []entity.Holding
			for n := range 1000 {
				all = append(all, holding(host("hq", fmt.Sprint(n)), "edge", fmt.Sprint("10.0.0.", n)))
			}
			for b.Loop() {
				b.StopTimer()
				if err := j.Adopt(b.Context(), all); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				withdraw(b, j)
			}
		})
	}
}

func withdraw(b *testing.B, j *journal.Journal) {
	b.Helper()
	held, err := j.Holdings(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	intents := make([]entity.Intent, len(held))
	for i, h := range held {
		intents[i] = intent(entity.ActionRelease, h.Target, h.Blocker)
	}
	if err := j.Begin(b.Context(), intents); err != nil {
		b.Fatal(err)
	}
	ends, ids := make([]entity.Settlement, len(intents)), make([]int64, len(intents))
	for i, in := range intents {
		ends[i], ids[i] = entity.Settlement{Intent: in, Done: entity.ActionRelease}, in.ID
	}
	if err := j.Settle(b.Context(), ends); err != nil {
		b.Fatal(err)
	}
	if err := j.Recorded(b.Context(), ids, nil); err != nil {
		b.Fatal(err)
	}
}

func benchServer(b *testing.B) (string, []journal.Option) {
	b.Helper()
	p := onServer(b)
	return p.url, p.opts
}
