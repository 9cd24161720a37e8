package entity_test

import (
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func TestFloorIsInclusive(t *testing.T) {
	and, or := entity.Floor{Threat: 50, Certainty: 60}, entity.Floor{Threat: 50, Certainty: 60, Or: true}
	tests := []struct {
		threat, certainty int
		and, or           bool
	}{
		{50, 60, true, true},
		{49, 60, false, true},
		{50, 59, false, true},
		{49, 59, false, false},
	}
	for _, tt := range tests {
		s := entity.Score{Threat: tt.threat, Certainty: tt.certainty}
		if and.Met(s) != tt.and || or.Met(s) != tt.or {
			t.Errorf("%+v: and %v, or %v, want %v, %v", s, and.Met(s), or.Met(s), tt.and, tt.or)
		}
	}
}

func TestMembersAreFoundByIDOrUID(t *testing.T) {
	m := entity.Members{IDs: map[string]bool{"7": true}, UIDs: map[string]bool{"a@x": true}}
	for _, tt := range []struct {
		id, uid string
		want    bool
	}{{"7", "", true}, {"8", "a@x", true}, {"8", "b@x", false}, {"", "", false}} {
		if got := m.Has(tt.id, tt.uid); got != tt.want {
			t.Errorf("Has(%q, %q) = %v, want %v", tt.id, tt.uid, got, tt.want)
		}
	}
	if (entity.Members{}).Has("7", "a@x") {
		t.Error("an empty group has a member")
	}
}
