package registry_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/registry"
)

// Where tags and holdings agree, there is nothing to adopt, nothing to write, and no label that nobody has.
func TestWhatAgreesIsLeftAlone(t *testing.T) {
	labels := rapid.SampledFrom([]string{"A", "A:", "PAN Client", ""})
	elements := rapid.SampledFrom([]string{"10.0.0.1", "10.0.0.2", "a,b", "x ", "é", "", "~" + strings.Repeat("0", 32), "*", "A:b", strings.Repeat("l", 220)})
	states := rapid.SampledFrom([]entity.State{entity.Complete, entity.Partial, entity.Refused, entity.Releasing})
	rapid.Check(t, func(t *rapid.T) {
		var held []entity.Holding
		for range rapid.IntRange(0, 3).Draw(t, "holdings") {
			held = append(held, entity.Holding{
				Label: labels.Draw(t, "label"), State: states.Draw(t, "state"),
				Receipt: entity.Receipt{Elements: entity.Union(rapid.SliceOfN(elements, 0, 3).Draw(t, "elements"))},
			})
		}
		ref := entity.Ref{Source: "hq", Kind: rapid.SampledFrom(entity.Kinds()).Draw(t, "kind"), ID: "1"}
		tags := written(ref.Kind, held)
		tags = append(tags, rapid.SliceOfN(rapid.SampledFrom([]string{"vip", "VAR ID:A:10.0.0.1", "VAR ID:B:x", "VAR ID:A:*"}), 0, 2).Draw(t, "others")...)
		if n := len(tags); n > 0 && rapid.Bool().Draw(t, "one less") {
			tags = slices.Delete(tags, n-1, n)
		}
		if !registry.Agree(ref.Kind, tags, held) {
			return
		}
		edit := registry.Edit(ref, tags, held, func(string, string) bool { return true })
		if len(edit.Add)+len(edit.Remove) > 0 {
			t.Fatalf("%q agree with %+v, and %+v is to be written", tags, held, edit)
		}
		ours := slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return !registry.Own(ref.Kind, tag) })
		if got := registry.Tags(ref.Kind, held); !slices.Equal(got, entity.Union(ours)) {
			t.Fatalf("%q are said to be %q", ours, got)
		}
		for label, receipts := range registry.Decode(ref.Kind, tags).Receipts {
			for _, e := range receipts {
				if !slices.ContainsFunc(held, func(h entity.Holding) bool { return h.Label == label && slices.Contains(h.Receipt.Elements, e) }) {
					t.Fatalf("%q agree with %+v, which knows nothing of %q", tags, held, e)
				}
			}
		}
	})
}

// written are the tags that a registry would have written.
func written(k entity.Kind, held []entity.Holding) []string {
	return registry.Edit(entity.Ref{Kind: k}, nil, held, nil).Add
}

// The usual case is the one that must be cheap: without it every target that is held costs as much as one that changes.
func TestTheUsualAgreesAtNoCost(t *testing.T) {
	held := []entity.Holding{{Label: "Fortinet Client", State: entity.Complete, Receipt: entity.Receipt{Elements: []string{"10.0.0.1"}}}}
	tags := append([]string{"vip", "block"}, written(entity.KindHost, held)...)
	agrees := false
	if n := testing.AllocsPerRun(100, func() { agrees = registry.Agree(entity.KindHost, tags, held) }); n > 0 || !agrees {
		t.Errorf("agree: %v, with %v allocations", agrees, n)
	}
}
