package view

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

var epoch = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func workstation(n int) entity.Holding {
	ip := fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
	t := entity.Target{Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: fmt.Sprint(n)}, Name: fmt.Sprintf("ws-%05d", n), Host: &entity.Host{IP: ip}}
	return entity.Holding{
		Target: t, Blocker: "edge", Label: "Edge", State: entity.Complete, Since: epoch, Asserted: epoch,
		Receipt: entity.Receipt{Elements: []string{ip}}, Reasons: []string{"tag vectra_host_block"}, Devices: []string{"fw1", "fw2"},
	}
}

// stocked is a journal with so many holdings and ten times as many events, and a reader with a journal of its own.
func stocked(tb testing.TB, n int) (*journal.Journal, Reader) {
	tb.Helper()
	url := "sqlite://" + filepath.Join(tb.TempDir(), "var.db")
	j, err := journal.Open(tb.Context(), url, "soc")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = j.Close() })
	held, events := make([]entity.Holding, n), make([]entity.Event, 10*n)
	for i := range held {
		held[i] = workstation(i)
	}
	for i := range events {
		h := held[i%n]
		events[i] = entity.Event{
			At: epoch.Add(time.Duration(i) * time.Second), Action: "block", Outcome: entity.OutcomeDone, Ref: h.Target.Ref,
			Name: h.Target.Name, Blocker: h.Blocker, Elements: h.Receipt.Elements, Reasons: []string{fmt.Sprint("change ", i)},
		}
	}
	if err := j.Adopt(tb.Context(), held); err != nil {
		tb.Fatal(err)
	}
	if err := j.Tell(tb.Context(), events...); err != nil {
		tb.Fatal(err)
	}
	looking, err := journal.OpenReadOnly(tb.Context(), url, "soc")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = looking.Close() })
	return j, Reader{Journal: looking, Now: func() time.Time { return epoch }, Configured: func(time.Time) Configured { return Configured{Sources: []string{"hq"}} }}
}

// BenchmarkReader is what one request of the page reads, of ten thousand holdings and a hundred thousand events.
func BenchmarkReader(b *testing.B) {
	j, r := stocked(b, 10_000)
	ctx := b.Context()
	questions := map[string]func(context.Context) error{
		"status":  func(ctx context.Context) error { _, err := r.Status(ctx); return err },
		"why":     func(ctx context.Context) error { _, err := r.Why(ctx, "ws-04711"); return err },
		"history": func(ctx context.Context) error { _, err := r.History(ctx, Question{Limit: 100}); return err },
		"search": func(ctx context.Context) error {
			_, err := r.History(ctx, Question{Target: "nobody", Limit: 100})
			return err
		},
		"changed": func(ctx context.Context) error { // the first look after something was blocked
			if err := j.Adopt(ctx, []entity.Holding{workstation(1)}); err != nil {
				return err
			}
			_, err := r.Status(ctx)
			return err
		},
	}
	for _, name := range []string{"status", "why", "history", "search", "changed"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := questions[name](ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCommit is a change of a pass: by itself, and while somebody searches the history without a pause.
func BenchmarkCommit(b *testing.B) {
	j, r := stocked(b, 10_000)
	commit := func(b *testing.B) {
		for b.Loop() {
			if err := j.Remember(b.Context(), "round", fmt.Sprint(time.Now().UnixNano())); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("alone", commit)
	b.Run("looked at", func(b *testing.B) {
		ctx, stop := context.WithCancel(b.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			for ctx.Err() == nil {
				_, _ = r.History(ctx, Question{Target: "nobody", Limit: 100})
			}
		}()
		commit(b)
		stop()
		<-done
	})
}
