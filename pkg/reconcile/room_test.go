package reconcile

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
)

// listing is a blocker that can list.
type listing struct {
	dispatch.Enforcer
	inventories []entity.Inventory
}

func (l listing) Info() entity.Blocker {
	return entity.Blocker{Name: "edge", Powers: []string{"list"}}
}

func (l listing) List(context.Context) ([]entity.Inventory, error) { return l.inventories, nil }

func TestDevicesThatListTheSameHaveOneList(t *testing.T) {
	list := func(elements ...string) (entries []entity.Entry) {
		for _, e := range elements {
			entries = append(entries, entity.Entry{Element: e, Class: entity.ClassSource})
		}
		return entries
	}
	edge := listing{inventories: []entity.Inventory{
		{Device: "fw1", Entries: list("a", "b")}, {Device: "fw2", Entries: list("a", "c")}, {Device: "fw3", Entries: list("a", "b")},
	}}
	lists := (&Reconciler{Enforcers: []dispatch.Enforcer{edge}, Now: time.Now}).NewLists(false)
	all, err := lists.of(t.Context(), "edge")
	if err != nil || len(all) != 3 {
		t.Fatalf("got %+v, %v", all, err)
	}
	if &all[0].Entries[0] != &all[2].Entries[0] || all[1].Entries[1].Element != "c" {
		t.Errorf("%+v", all)
	}
}

func TestTagsOfOthersAreTheOnesThatWereKept(t *testing.T) {
	a := &adopter{texts: map[string]string{}}
	shared := func(read, kept []string) []string {
		now := entity.Target{Tags: read}
		a.share(&now, []entity.Holding{{Target: entity.Target{Tags: kept}, State: entity.Complete}})
		return now.Tags
	}
	read := []string{"theirs", "VAR ID:Fortinet Client:10.0.0.7"}
	kept := []string{"theirs"}
	if got := shared(read[:1], kept); &got[0] != &kept[0] {
		t.Errorf("%q is another list than what was kept", got)
	}
	if got := shared(read[:1], []string{"other"}); !slices.Equal(got, []string{"theirs"}) || cap(got) > 1 || &got[0] == &read[0] {
		t.Errorf("%q has room for %d, and holds on to what was read", got, cap(got))
	}
}
