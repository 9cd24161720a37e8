package reconcile_test

import (
	"slices"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

// A firewall whose name left the configuration may still block: that is told until the name is back.
func TestWhatIsOnALostDeviceStaysHeldUntilItsNameIsBack(t *testing.T) {
	w := newWorld(t)
	w.brain.host("7", "10.0.0.7", "block")
	w.good()
	edge := w.devices["edge"]
	edge.info.Devices = []string{"fw1"}
	drop(w.brain.entities[host("7")], "block")
	w.pass()
	writes := w.writes
	if r := w.pass(); !r.Failed() || w.writes != writes {
		t.Errorf("failed: %v, writes %d, want none", r.Failed(), w.writes-writes)
	}
	held := w.state().Held
	if len(held) != 1 || held[0].State != entity.Releasing || !slices.Equal(held[0].Missing, []string{"fw2"}) {
		t.Fatalf("held %+v", held)
	}
	same(t, "tags", []string{"VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.7"}, w.tags("7"))
	edge.info.Devices = []string{"fw1", "fw2"}
	w.good()
	same(t, "tags", []string(nil), w.tags("7"))
	if left := w.state().Held; len(left) != 0 {
		t.Errorf("held %+v", left)
	}
}

func TestANewDeviceGetsWhatIsHeld(t *testing.T) {
	w := newWorld(t)
	w.brain.host("7", "10.0.0.7", "block")
	w.good()
	edge := w.devices["edge"]
	edge.info.Devices = []string{"fw1", "fw2", "fw3"}
	clear(edge.holds)
	w.good()
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
	writes := w.writes
	w.good()
	if w.writes != writes {
		t.Errorf("%d writes by the pass after", w.writes-writes)
	}
}
