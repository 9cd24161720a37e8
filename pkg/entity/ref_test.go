package entity_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func TestRefsHaveOneOrder(t *testing.T) {
	want := []entity.Ref{
		ref("branch", entity.KindHost, "9"), ref("hq", entity.KindAccount, "10"), ref("hq", entity.KindHost, ""),
		ref("hq", entity.KindHost, "7"), ref("hq", entity.KindHost, "9"), ref("hq", entity.KindHost, "10"), ref("hq", entity.KindHost, "11"),
		ref("hq", entity.KindHost, "100"), ref("static", entity.KindStatic, "a.example"), ref("static", entity.KindStatic, "b.example"),
	}
	got := slices.Clone(want)
	rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortFunc(got, entity.Ref.Compare)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for i, one := range got {
		if one.Compare(want[i]) != 0 {
			t.Errorf("%s is not in the place of %s", one, want[i])
		}
	}
}

func ref(source string, k entity.Kind, id string) entity.Ref {
	return entity.Ref{Source: source, Kind: k, ID: id}
}
