package journal_test

import (
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

func BenchmarkHoldings(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint("n=", n), func(b *testing.B) {
			path := b.TempDir() + "/var.db"
			j, err := journal.Open(b.Context(), url(path), "")
			if err != nil {
				b.Fatal(err)
			}
			defer func() { _ = j.Close() }()
			many(b, j, n)
			b.ReportAllocs()
			for b.Loop() {
				held, err := j.Holdings(b.Context())
				if err != nil || len(held) != n {
					b.Fatal(len(held), err)
				}
			}
		})
	}
}
