package entity

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestRefsHaveOneOrder(t *testing.T) {
	want := []Ref{
		{"branch", KindHost, "9"}, {"hq", KindAccount, "10"}, {"hq", KindHost, ""}, {"hq", KindHost, "7"}, {"hq", KindHost, "9"},
		{"hq", KindHost, "10"}, {"hq", KindHost, "11"}, {"hq", KindHost, "100"}, {"static", KindStatic, "a.example"}, {"static", KindStatic, "b.example"},
	}
	got := slices.Clone(want)
	rand.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortFunc(got, Ref.Compare)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, ref := range want {
		if ref.Compare(ref) != 0 {
			t.Errorf("%s is not equal to itself", ref)
		}
	}
}
