package blocker

import (
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

// instant blocks at once: what is measured is the way to it.
type instant struct{ entries int }

func (instant) BlockAll(_ context.Context, ts []entity.Target) []Outcome {
	all := make([]Outcome, len(ts))
	for i, t := range ts {
		all[i].Receipt.Elements = []string{t.Host.IP}
	}
	return all
}

func (instant) UnblockAll(_ context.Context, rs []Release) []error { return make([]error, len(rs)) }

func (l instant) List(context.Context) ([]Inventory, error) {
	entries := make([]Entry, l.entries)
	for i := range entries {
		entries[i] = Entry{Element: fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&0xff, i&0xff), Class: entity.ClassSource, Owner: "us"}
	}
	return []Inventory{{Device: "fw1", Entries: entries}}, nil
}

func instantly(t testing.TB, entries int) wirepb.BlockerClient {
	t.Helper()
	c := serving(t, pluginOf(func(testSettings, Instance) (Blocker, error) { return Batch(instant{entries}), nil }), io.Discard)
	opening(t, c)
	return c
}

func blockAll(t testing.TB, c wirepb.BlockerClient, ts []entity.Target) (answers int) {
	t.Helper()
	stream, err := c.Block(context.Background(), &wirepb.BlockRequest{Targets: wire.ToTargets(ts), Grouped: true})
	if err != nil {
		t.Fatal(err)
	}
	for {
		m, err := stream.Recv()
		if err != nil {
			return answers
		}
		for _, a := range append(m.GetMore(), m) {
			if o := wire.FromOutcome(a); o.Err == nil {
				answers++
			}
		}
	}
}

// BenchmarkBlock is a batch on its way to the plugin and back, both ends in one process.
func BenchmarkBlock(b *testing.B) {
	c, batch := instantly(b, 0), aThousand()
	b.ReportAllocs()
	for b.Loop() {
		if blockAll(b, c, batch) != len(batch) {
			b.Fatal("targets are missing")
		}
	}
}

// BenchmarkList is a long list on its way to the host.
func BenchmarkList(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			c := instantly(b, n)
			b.ReportAllocs()
			for b.Loop() {
				stream, err := c.List(context.Background(), &wirepb.ListRequest{})
				if err != nil {
					b.Fatal(err)
				}
				var all wire.Inventories
				for {
					p, err := stream.Recv()
					if err != nil {
						break
					}
					all.Add(p)
				}
				if got := all.All(); len(got[0].Entries) != n {
					b.Fatal("entries are missing")
				}
			}
		})
	}
}
