package journal_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

// Sources and blockers write at the same time; nobody's write is lost, and nobody is refused.
func TestManyWriteAtOnce(t *testing.T) {
	everywhere(t, manyWriteAtOnce)
}

func manyWriteAtOnce(t *testing.T, at place) {
	j, other := at.open(t), at.open(t)
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			mine := j
			if w%2 == 1 {
				mine = other
			}
			for n := range 5 {
				in := []entity.Intent{intent(entity.ActionBlock, host("hq", fmt.Sprint(w, "-", n)), "edge")}
				if err := mine.Begin(t.Context(), in); err != nil {
					t.Error(err)
					return
				}
				h := holding(in[0].Target, "edge", "shared")
				if err := mine.Settle(t.Context(), []entity.Settlement{{Intent: in[0], Holding: &h}}); err != nil {
					t.Error(err)
				}
				if _, err := mine.Holdings(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	who, err := j.Holders(t.Context(), "edge", entity.ClassSource, []string{"shared"})
	must(t, err)
	if len(who["shared"]) != 40 || len(held(t, other)) != 40 {
		t.Errorf("%d holders and %d holdings of 40", len(who["shared"]), len(held(t, other)))
	}
	same(t, "left", []entity.Leftover(nil), leftovers(t, j, "hq"))
}
