package reconcile

import (
	"slices"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func TestDevicesThatListTheSameHaveOneList(t *testing.T) {
	list := func(elements ...string) (entries []entity.Entry) {
		for _, e := range elements {
			entries = append(entries, entity.Entry{Element: e, Class: entity.ClassSource})
		}
		return entries
	}
	all := []entity.Inventory{{Device: "fw1", Entries: list("a", "b")}, {Device: "fw2", Entries: list("a", "c")}, {Device: "fw3", Entries: list("a", "b")}}
	shareEntries(all)
	if &all[0].Entries[0] != &all[2].Entries[0] || all[1].Entries[1].Element != "c" {
		t.Errorf("%+v", all)
	}
}

func TestTagsOfOthersAreTheOnesThatWereKept(t *testing.T) {
	a := &adopter{texts: map[string]string{}}
	read := []string{"theirs", "VAR ID:Fortinet Client:10.0.0.7"}
	kept := []string{"theirs"}
	if got := a.tags(read[:1], kept); &got[0] != &kept[0] {
		t.Errorf("%q is another list than what was kept", got)
	}
	if got := a.tags(read[:1], []string{"other"}); !slices.Equal(got, []string{"theirs"}) || cap(got) > 1 || &got[0] == &read[0] {
		t.Errorf("%q has room for %d, and holds on to what was read", got, cap(got))
	}
}
