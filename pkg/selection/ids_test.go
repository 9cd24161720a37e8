package selection

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

// What is kept by id is what a map would keep, for those that were known before and for others.
func TestByIDIsAMap(t *testing.T) {
	for _, held := range []int{0, 1, 9, 300} {
		var refs []entity.Ref
		for i := range held {
			id := fmt.Sprint(i)
			refs = append(refs, entity.Ref{Source: "hq", Kind: entity.KindHost, ID: id}, entity.Ref{Source: "hq", Kind: entity.KindHost, ID: id},
				entity.Ref{Source: "hq", Kind: entity.KindAccount, ID: "a" + id}, entity.Ref{Source: "other", Kind: entity.KindHost, ID: "o" + id})
		}
		known := idsOf("hq", entity.KindHost, refs)
		if got := len(known.all()); got != held {
			t.Errorf("%d ids of %d", got, held)
		}
		got, want := byID[int32]{known: known}, map[string]int32{}
		for i := range int32(400) {
			if id := fmt.Sprint(i * 7 % 350); i%5 > 0 {
				got.put(id, i)
				want[id] = i
			}
		}
		for i := range 400 {
			id := fmt.Sprint(i)
			if known.has(id) != (i < held) || known.has("a"+id) || known.has("o"+id) {
				t.Errorf("%d held: %s is among them: %t", held, id, known.has(id))
			}
			if got.get(id) != want[id] {
				t.Errorf("%d held: %s has %d, want %d", held, id, got.get(id), want[id])
			}
		}
		if ids := slices.Sorted(got.all()); !slices.Equal(ids, slices.Sorted(maps.Keys(want))) {
			t.Errorf("%d held: %d have a value, want %d", held, len(ids), len(want))
		}
	}
}

func TestNobodyIsInASetThatIsNotThere(t *testing.T) {
	var none *ids
	if none.has("1") || none.all() != nil {
		t.Error("something is")
	}
}
