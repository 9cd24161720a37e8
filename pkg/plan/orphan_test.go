package plan_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

const us = "us"

func TestOnlyWhatIsOursBeyondDoubtIsTaken(t *testing.T) {
	put := func(string, entity.Class, string) bool { return true }
	tests := map[string]struct {
		entry  entity.Entry
		claims plan.Claims
		want   string // "take", "tell", or empty: left alone
	}{
		"we put it there":                           {entity.Entry{}, plan.Claims{Owner: us, Placed: put}, "take"},
		"we put it there and it bears our mark":     {entity.Entry{Owner: us}, plan.Claims{Owner: us, Placed: put}, "take"},
		"our mark, and every source was read":       {entity.Entry{Owner: us}, plan.Claims{Owner: us, AllRead: true}, "take"},
		"our mark, and a source was not read":       {entity.Entry{Owner: us}, plan.Claims{Owner: us}, "tell"},
		"no mark, and nobody knows":                 {entity.Entry{}, plan.Claims{Owner: us, AllRead: true}, "tell"},
		"another installation's":                    {entity.Entry{Owner: "them"}, plan.Claims{Owner: us, AllRead: true}, ""},
		"another's, although we put one there once": {entity.Entry{Owner: "foreign:admin"}, plan.Claims{Owner: us, Placed: put, AllRead: true}, ""},
		"an admin's":                                 {entity.Entry{Owner: "foreign:admin"}, plan.Claims{Owner: us, AllRead: true}, ""},
		"an admin's that has no effect":              {entity.Entry{Owner: "foreign:admin", Inert: "invalid"}, plan.Claims{Owner: us, AllRead: true}, "tell"},
		"no owner is known yet and the mark is none": {entity.Entry{}, plan.Claims{AllRead: true}, "tell"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.entry.Element, tt.entry.Class = "10.0.0.7", entity.ClassSource
			got := ""
			for _, o := range plan.Orphans(map[string][]entity.Inventory{"edge": {{Device: "fw1", Entries: []entity.Entry{tt.entry}}}}, nil, tt.claims) {
				got = map[bool]string{true: "take", false: "tell"}[o.Take]
				if o.Blocker != "edge" || o.Device != "fw1" || o.Element != "10.0.0.7" || o.Class != entity.ClassSource || o.Why == "" {
					t.Errorf("got %+v", o)
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Whoever holds an element, of whichever source, in whichever state, it is no orphan; on another blocker or in
// another class it is.
func TestNothingThatSomebodyHoldsIsAnOrphan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		lists := map[string][]entity.Inventory{"edge": w.devices["edge"], "dc": w.devices["edge"]}
		all := func(string, entity.Class, string) bool { return true }
		orphans := plan.Orphans(lists, w.held, plan.Claims{Owner: us, Placed: all, AllRead: true})
		held, listed := mustBeThere(w.held), 0
		for _, o := range orphans {
			if held[place{o.Blocker, o.Class, o.Element}] {
				t.Fatalf("somebody holds it: %+v", o)
			}
		}
		for name, inventories := range lists {
			for _, inv := range inventories {
				for _, e := range inv.Entries {
					if !held[place{name, e.Class, e.Element}] {
						listed++
					}
				}
			}
		}
		if listed != len(orphans) {
			t.Fatalf("%d listed elements have no holder, %d are told", listed, len(orphans))
		}
		mixed := slices.Clone(w.held)
		slices.Reverse(mixed)
		if diff := cmp.Diff(orphans, plan.Orphans(lists, mixed, plan.Claims{Owner: us, Placed: all, AllRead: true})); diff != "" {
			t.Fatalf("the order of inputs shows: %s", diff)
		}
	})
}
