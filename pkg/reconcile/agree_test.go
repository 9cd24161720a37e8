package reconcile_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
)

// Tags that say what is held are not kept in memory; whatever changes, they are still known.
func TestTagsThatAgreedAreKnownWhenSomethingChanges(t *testing.T) {
	w := wanting(t)
	w.good()
	one := w.brain.entities[host("1")]
	one.tags = append(one.tags, "vip", "unblock")
	w.good()
	if !slices.Equal(one.tags, []string{"vip", "unblock"}) {
		t.Errorf("released: %q", one.tags)
	}
	w.brain.entities[host("2")].tags = nil
	w.policy.ExplicitUnblock = true
	w.good()
	if tags := slices.Sorted(slices.Values(w.brain.entities[host("2")].tags)); !slices.Equal(tags, []string{"VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.2"}) {
		t.Errorf("held, and all tags gone: %q", tags)
	}
}

// What a brain shows of what is held becomes one with it in memory; what the journal gave to others stays as it is.
func TestWhatThePassReadsOfTheJournalStays(t *testing.T) {
	w := wanting(t)
	w.good()
	before, err := w.journal.Holdings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	was := make([]entity.Holding, len(before))
	for i, h := range before {
		d := *h.Target.Host
		h.Target.Host, h.Receipt.Elements, h.Target.Tags = &d, slices.Clone(h.Receipt.Elements), slices.Clone(h.Target.Tags)
		was[i] = h
	}
	w.brain.entities[host("1")].target.Name = "renamed"
	w.brain.entities[host("1")].tags = append(w.brain.entities[host("1")].tags, "VAR ID:Fortinet Client:10.9.9.9")
	w.brain.entities[host("2")].tags = []string{"unblock"}
	w.good()
	for i := range was {
		if diff := cmp.Diff(was[i], before[i]); diff != "" {
			t.Errorf("(-was +is):\n%s", diff)
		}
	}
}
