package plan

import (
	"fmt"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

// A table says what a map says, however many come that nobody told of.
func TestATableIsAMap(t *testing.T) {
	for _, room := range []int{0, 5, 500} {
		table, want := newTable(room), map[entity.Entry]string{}
		last := func(was, is *entity.Entry) bool { return is.Owner > was.Owner }
		for i := range 500 {
			e := entity.Entry{Element: fmt.Sprint(i % 300), Class: []entity.Class{entity.ClassSource, entity.ClassAccount}[i%7%2], Owner: fmt.Sprintf("%03d", i)}
			table.put(&e, last)
			want[entity.Entry{Element: e.Element, Class: e.Class}] = e.Owner
		}
		for i := range 310 {
			for _, class := range []entity.Class{entity.ClassSource, entity.ClassAccount} {
				owner, there := want[entity.Entry{Element: fmt.Sprint(i), Class: class}]
				got := table.find(class, fmt.Sprint(i))
				if there != (got != nil) || there && got.Owner != owner {
					t.Fatalf("room for %d: %s %d is %+v, want %q", room, class, i, got, owner)
				}
			}
		}
		if len(table.entries) != len(want) {
			t.Errorf("room for %d: %d entries, want %d", room, len(table.entries), len(want))
		}
	}
}
