package reconcile_test

import (
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// While the window is closed a pass keeps up what is held, does what a person ordered, and ends well; what waits is done
// by the first pass after it opens.
func TestWhatWaitsForTheWindowIsDoneOnceItOpens(t *testing.T) {
	w := newWorld(t)
	w.brain.host("1", "10.0.0.1", "block")
	w.good()
	w.closed = plan.Closed{Why: "outside the window until 8"}
	delete(w.devices["edge"].holds, "10.0.0.1")
	w.brain.host("2", "10.0.0.2", "block")
	w.order(w.brain.host("3", "10.0.0.3"), entity.VerbBlock, epoch.AddDate(1, 0, 0), "")
	if r := w.good(); r.HeldBack() {
		t.Error("waiting for the window is told as held back")
	}
	same(t, "edge outside the window", []string{"10.0.0.1", "10.0.0.3"}, w.on("edge"))
	w.closed = plan.Closed{}
	w.good()
	same(t, "edge within it", []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, w.on("edge"))
}

// Whatever else is held back is told, also while the window is closed.
func TestAPauseIsToldOutsideTheWindowToo(t *testing.T) {
	w := newWorld(t)
	w.brain.host("1", "10.0.0.1", "block")
	w.closed, w.stops = plan.Closed{Why: "outside the window until 8"}, plan.Stops{Pause: "bob"}
	if r := w.good(); !r.HeldBack() {
		t.Error("a pause is not told")
	}
}
