package registry_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/registry"
)

var ref = entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "7"}

func everything(_, _ string) bool { return true }

func only(labels ...string) func(string, string) bool {
	return func(label, _ string) bool { return slices.Contains(labels, label) }
}

func held(label string, elements ...string) entity.Holding {
	return entity.Holding{
		Target: entity.Target{Ref: ref}, Label: label, State: entity.Complete, Receipt: entity.Receipt{Elements: elements},
	}
}

func TestEditMakesTheTagsSayWhatIsHeld(t *testing.T) {
	refused := held(label)
	refused.State = entity.Refused
	refused.Receipt.Elements = []string{"10.0.0.7"}
	tests := map[string]struct {
		tags        []string
		held        []entity.Holding
		mine        func(string, string) bool
		add, remove []string
	}{
		"a first block": {
			[]string{"vip"},
			[]entity.Holding{held(label, "10.0.0.7")},
			everything,
			[]string{"VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.7"},
			nil,
		},
		"nothing to do": {
			[]string{"VAR Host Blocked", "vip", "VAR ID:Fortinet Client:10.0.0.7"},
			[]entity.Holding{held(label, "10.0.0.7")},
			everything, nil, nil,
		},
		"a lost marker comes back": {
			[]string{"VAR ID:Fortinet Client:10.0.0.7"},
			[]entity.Holding{held(label, "10.0.0.7")},
			everything,
			[]string{"VAR Host Blocked"},
			nil,
		},
		"a move": {
			[]string{"VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.6"},
			[]entity.Holding{held(label, "10.0.0.7")},
			everything,
			[]string{"VAR ID:Fortinet Client:10.0.0.7"},
			[]string{"VAR ID:Fortinet Client:10.0.0.6"},
		},
		"a release takes the marker last, by which the entity is found": {
			[]string{"VAR Host Blocked", "VAR ID:A:1", "vip", "VAR ID:A:2"},
			nil, everything, nil,
			[]string{"VAR ID:A:1", "VAR ID:A:2", "VAR Host Blocked"},
		},
		"what another label's blocker holds keeps the marker": {
			[]string{"VAR Host Blocked", "VAR ID:A:1", "VAR ID:Old:2"},
			nil, only("A"), nil,
			[]string{"VAR ID:A:1"},
		},
		"what is not mine stays": {
			[]string{"VAR Host Blocked", "VAR ID:Old:2"},
			nil, only("A"), nil, nil,
		},
		"a bare marker is left for a human": {[]string{"VAR Host Blocked"}, nil, everything, nil, nil},
		"what was refused is not held":      {nil, []entity.Holding{refused}, everything, nil, nil},
		"two blockers with two labels": {
			nil,
			[]entity.Holding{held("A", "1"), held("B", "1")},
			everything,
			[]string{"VAR Host Blocked", "VAR ID:A:1", "VAR ID:B:1"},
			nil,
		},
	}
	for name, tt := range tests {
		edit := registry.Edit(ref, tt.tags, tt.held, tt.mine)
		if diff := cmp.Diff(tt.add, edit.Add, cmpopts.EquateEmpty()) + cmp.Diff(tt.remove, edit.Remove); diff != "" || edit.Ref != ref {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestBUG01EveryElementIsReleasedFromTheTags(t *testing.T) {
	tags := []string{"VAR Host Blocked", "VAR ID:A:a", "VAR ID:A:b", "VAR ID:A:c", "vip"}
	if diff := cmp.Diff([]string{"vip"}, edited(tags, registry.Edit(ref, tags, nil, everything))); diff != "" {
		t.Error(diff)
	}
}

// edited is what an entity's tags are after an edit.
func edited(tags []string, e entity.TagEdit) []string {
	left := slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return slices.Contains(e.Remove, tag) })
	return append(left, e.Add...)
}
