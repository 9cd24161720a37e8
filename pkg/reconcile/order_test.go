package reconcile_test

import (
	"errors"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
)

func TestAPersonsBlockLivesAsLongAsItsOrder(t *testing.T) {
	w := newWorld(t)
	w.policy.ExplicitUnblock = true
	w.order(w.brain.host("7", "10.0.0.7", "vip"), entity.VerbBlock, epoch.Add(time.Hour), "")
	w.good()
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
	w.idle()
	w.now = epoch.Add(time.Hour)
	w.good()
	same(t, "edge when it ended", []string(nil), w.on("edge"))
	same(t, "tags", []string{"vip"}, w.tags("7"))
	same(t, "orders", []entity.Order(nil), w.state().Orders)
}

// A block that a rule wants too goes on when the order ends, and with explicit unblock it is the rule's from then on.
func TestAnOrderThatEndedIsForgottenWhereARuleHolds(t *testing.T) {
	w := newWorld(t)
	w.policy.ExplicitUnblock = true
	e := w.brain.host("7", "10.0.0.7", "block")
	w.order(e, entity.VerbBlock, epoch.Add(time.Hour), "")
	w.good()
	w.now = epoch.Add(time.Hour)
	w.good()
	same(t, "orders", []entity.Order(nil), w.state().Orders)
	drop(e, "block")
	w.good()
	same(t, "edge", []string{"10.0.0.7"}, w.on("edge"))
}

// What could not be released yet keeps the order that says so.
func TestAnOrderIsNotForgottenBeforeItsBlockIsOff(t *testing.T) {
	w := newWorld(t)
	w.policy.ExplicitUnblock = true
	w.order(w.brain.host("7", "10.0.0.7"), entity.VerbBlock, epoch.Add(time.Hour), "")
	w.good()
	w.now = epoch.Add(time.Hour)
	w.devices["edge"].fail["10.0.0.7"] = errUnreachable
	w.pass()
	if n := len(w.state().Orders); n != 1 {
		t.Errorf("%d orders, want 1", n)
	}
	clear(w.devices["edge"].fail)
	w.good()
	same(t, "edge", []string(nil), w.on("edge"))
	same(t, "orders", []entity.Order(nil), w.state().Orders)
}

// A released target is spared for ten passes and more; the release tag stands in the brain meanwhile.
func TestAPersonsReleaseHoldsAndItsTagGoesWithIt(t *testing.T) {
	w := blocked(t)
	e := w.brain.entities[host("7")]
	w.order(e, entity.VerbSpare, epoch.Add(time.Hour), "unblock")
	for range 10 {
		w.good()
		same(t, "edge", []string(nil), w.on("edge"))
		same(t, "tags", []string{"unblock", "vip"}, w.tags("7"))
	}
	w.idle()
	w.now = epoch.Add(time.Hour)
	e.tags = append(e.tags, "block")
	w.brain.refuse["unblock"] = errors.New("422")
	w.pass()
	if n := len(w.state().Orders); n != 1 {
		t.Errorf("%d orders while the tag is there, want 1", n)
	}
	clear(w.brain.refuse)
	w.good()
	same(t, "orders", []entity.Order(nil), w.state().Orders)
	w.good()
	same(t, "tags in the end", []string{"VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.7", "VAR ID:PAN Client:10.0.0.7", "block", "vip"}, w.tags("7"))
}

// What an analyst set is his: only an order's own tag goes with it.
func TestAReleaseTagOfAnAnalystStays(t *testing.T) {
	w := blocked(t)
	e := w.brain.entities[host("7")]
	e.tags = append(e.tags, "unblock")
	w.order(e, entity.VerbSpare, epoch.Add(time.Hour), "unblock")
	w.good()
	w.now = epoch.Add(2 * time.Hour)
	w.good()
	same(t, "tags", []string{"unblock", "vip"}, w.tags("7"))
	same(t, "orders", []entity.Order(nil), w.state().Orders)
}

// The brain has lost the entity: there is no tag to take off.
func TestAnOrderAboutWhatIsGoneEnds(t *testing.T) {
	w := blocked(t)
	e := w.brain.entities[host("7")]
	w.order(e, entity.VerbSpare, epoch.Add(time.Hour), "unblock")
	w.good()
	e.gone, w.now = true, epoch.Add(time.Hour)
	w.good()
	same(t, "orders", []entity.Order(nil), w.state().Orders)
}
