package registry_test

import (
	"fmt"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/registry"
)

// heldBy is one host held by n blockers, with its tags: an analyst's, and ours behind them.
func heldBy(n int) (held []entity.Holding, tags []string) {
	for i := range n {
		held = append(held, entity.Holding{
			Label: fmt.Sprint("Fortinet Client ", i), State: entity.Complete, Receipt: entity.Receipt{Elements: []string{"10.0.0.1"}},
		})
	}
	return held, append([]string{"vip", "block"}, written(entity.KindHost, held)...)
}

func benchHeld(b *testing.B, do func(ref entity.Ref, tags []string, held []entity.Holding)) {
	for _, n := range []int{1, 3} {
		b.Run(fmt.Sprint("blockers=", n), func(b *testing.B) {
			held, tags := heldBy(n)
			b.ReportAllocs()
			for b.Loop() {
				do(ref, tags, held)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	receipts := map[string][]string{"Fortinet Client": {"10.0.0.1", "10.0.0.2"}, "PAN Client": {"10.0.0.1"}}
	b.ReportAllocs()
	for b.Loop() {
		registry.Encode(entity.KindHost, receipts)
	}
}

func BenchmarkDecode(b *testing.B) {
	benchHeld(b, func(ref entity.Ref, tags []string, _ []entity.Holding) { registry.Decode(ref.Kind, tags) })
}

func BenchmarkForeign(b *testing.B) {
	benchHeld(b, func(ref entity.Ref, tags []string, _ []entity.Holding) { registry.Foreign(ref.Kind, tags) })
}

func BenchmarkAgree(b *testing.B) {
	benchHeld(b, func(ref entity.Ref, tags []string, held []entity.Holding) { registry.Agree(ref.Kind, tags, held) })
}

func BenchmarkEdit(b *testing.B) {
	benchHeld(b, func(ref entity.Ref, tags []string, held []entity.Holding) {
		registry.Edit(ref, tags[:2], held, everything)
	})
}

// An entity that is held and whose tags say so costs a pass nothing.
func TestWhatDoesNotChangeIsReadWithoutACopy(t *testing.T) {
	held, tags := heldBy(3)
	if n := testing.AllocsPerRun(100, func() {
		if !registry.Agree(entity.KindHost, tags, held) || len(registry.Foreign(entity.KindHost, tags)) != 2 {
			t.Error("the tags do not agree with what is held")
		}
	}); n > 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestForeignTagsAreThoseOfOthersInTheirOrder(t *testing.T) {
	tags := []string{"a", "VAR Host Blocked", "b", "VAR ID:x:1", "VAR Account Blocked"}
	got := registry.Foreign(entity.KindHost, tags)
	if fmt.Sprint(got) != "[a b VAR Account Blocked]" || tags[1] != "VAR Host Blocked" {
		t.Errorf("got %q of %q", got, tags)
	}
	if behind := append(registry.Foreign(entity.KindHost, tags[:2]), "new"); tags[1] != "VAR Host Blocked" {
		t.Errorf("%q was written over by %q", tags, behind)
	}
}
