package wire

import (
	"encoding/json"
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

// full are hosts as a brain tells of them.
func full(n int) []entity.Target {
	ts := make([]entity.Target, n)
	for i := range ts {
		ip := fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&0xff, i&0xff)
		ts[i] = entity.Target{
			Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: fmt.Sprint(i)}, Name: fmt.Sprintf("host-%d", i),
			Score: entity.Score{Threat: 80, Certainty: 70}, Tags: []string{"vectra_host_block", "VAR by us"},
			Host: &entity.Host{
				IP: ip, FullName: fmt.Sprintf("host-%d.example.net", i), Groups: []string{"Servers"},
				Artifacts: []entity.Artifact{{Type: "mac", Value: "00:50:56:aa:bb:cc"}, {Type: "dns", Value: "host.example.net"}},
				Raw:       json.RawMessage(fmt.Sprintf(`{"id":%d,"ip":%q,"tags":["vectra_host_block"],"host_artifact_set":[]}`, i, ip)),
			},
		}
	}
	return ts
}

func outcomes(n int) []entity.Outcome {
	all := make([]entity.Outcome, n)
	for i := range all {
		all[i] = entity.Outcome{Receipt: entity.Receipt{Elements: []string{fmt.Sprintf("10.0.%d.%d", i>>8, i&0xff)}}}
	}
	return all
}

func BenchmarkTargets(b *testing.B) {
	ts := full(MaxBatch)
	b.Run("to", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ToTargets(ts)
		}
	})
	messages := ToTargets(ts)
	b.Run("from", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			FromTargets(messages)
		}
	})
	b.Run("marshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := proto.Marshal(&wirepb.BlockRequest{Targets: messages}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkOutcomes(b *testing.B) {
	all := outcomes(MaxBatch)
	b.ReportAllocs()
	for b.Loop() {
		for i, o := range all {
			FromOutcome(ToOutcome(i, o))
		}
	}
}

func BenchmarkInventory(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		inventory := listing(n)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var all Inventories
				for p := range ToInventory(0, inventory) {
					all.Add(p)
				}
			}
		})
	}
}

// listing is a device that holds n elements, as its plugin lists them.
func listing(n int) entity.Inventory {
	i := entity.Inventory{Device: "fw1", Serial: "FG100", Entries: make([]entity.Entry, n)}
	for k := range i.Entries {
		i.Entries[k] = entity.Entry{Element: fmt.Sprintf("10.%d.%d.%d", k>>16, k>>8&0xff, k&0xff), Class: entity.ClassSource, Owner: "var-owner-1"}
	}
	return i
}
