package journal_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
)

// rich is a host as a brain tells of it: most of its size is the brain's own object.
func rich(n int) entity.Target {
	ip := fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
	return entity.Target{
		Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: fmt.Sprint(1000 + n)}, Name: fmt.Sprint("workstation-", n),
		Score: entity.Score{Threat: 85, Certainty: 90}, Tags: []string{"vectra_host_block"},
		Host: &entity.Host{IP: ip, FullName: fmt.Sprint("workstation-", n), Raw: []byte(fmt.Sprintf(`{"id":%d,"name":"workstation-%d","filler":"%0900d"}`, n, n, n))},
	}
}

func blocked(t entity.Target, blocker string) entity.Holding {
	return entity.Holding{
		Target: t, Blocker: blocker, Label: "Fortinet Client", Place: "device fw1 = root\nsource = Internal-Block", State: entity.Complete,
		Since: epoch, Asserted: epoch, Receipt: entity.Receipt{Elements: []string{t.Host.IP}},
		Reasons: []string{"tag vectra_host_block"}, Devices: []string{"fw1", "fw2"},
	}
}

// many fills a journal.
func many(tb testing.TB, j *journal.Journal, n int) {
	tb.Helper()
	all := make([]entity.Holding, 0, n)
	for i := range n {
		all = append(all, blocked(rich(i), "edge"))
	}
	if err := j.Adopt(tb.Context(), all); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkHoldings is what a run reads first; BenchmarkHoldingsAgain what it asks for later.
func BenchmarkHoldings(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint("n=", n), func(b *testing.B) {
			path := stocked(b, n)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				j := opened(b, path)
				b.StartTimer()
				readAll(b, j, n)
				b.StopTimer()
				_ = j.Close() // only read
				b.StartTimer()
			}
		})
	}
}

func BenchmarkHoldingsAgain(b *testing.B) {
	j := opened(b, stocked(b, 10_000))
	defer func() { _ = j.Close() }() // only read
	readAll(b, j, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		readAll(b, j, 10_000)
	}
}

func BenchmarkHolders(b *testing.B) {
	const n = 1000
	j := opened(b, stocked(b, n))
	defer func() { _ = j.Close() }() // only read
	var elements []string
	for i := range n {
		elements = append(elements, rich(i).Host.IP)
	}
	b.ReportAllocs()
	for b.Loop() {
		if who, err := j.Holders(b.Context(), "edge", entity.ClassSource, elements); err != nil || len(who) != n {
			b.Fatal(len(who), err)
		}
	}
}

// stocked is the path of a journal that holds n hosts.
func stocked(b *testing.B, n int) string {
	b.Helper()
	path := b.TempDir() + "/var.db"
	j := opened(b, path)
	many(b, j, n)
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

func opened(b *testing.B, path string) *journal.Journal {
	b.Helper()
	j, err := journal.Open(b.Context(), url(path), "")
	if err != nil {
		b.Fatal(err)
	}
	return j
}

func readAll(b *testing.B, j *journal.Journal, n int) {
	b.Helper()
	if held, err := j.Holdings(b.Context()); err != nil || len(held) != n {
		b.Fatal(len(held), err)
	}
}

// BenchmarkBlocks is what the journal writes of a thousand blocks: begun, settled, recorded.
func BenchmarkBlocks(b *testing.B) {
	j := opened(b, b.TempDir()+"/var.db")
	defer func() { _ = j.Close() }() // what was written is durable
	next := 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		intents := make([]entity.Intent, 1000)
		for i := range intents {
			intents[i] = intent(entity.ActionBlock, rich(next), "edge")
			next++
		}
		b.StartTimer()
		ends, ids := make([]entity.Settlement, len(intents)), make([]int64, len(intents))
		err := j.Begin(b.Context(), intents)
		for i, in := range intents {
			h := blocked(in.Target, "edge")
			ends[i], ids[i] = entity.Settlement{Intent: in, Holding: &h, Done: entity.ActionBlock}, in.ID
		}
		if err := errors.Join(err, j.Settle(b.Context(), ends), j.Recorded(b.Context(), ids, nil)); err != nil {
			b.Fatal(err)
		}
	}
}
