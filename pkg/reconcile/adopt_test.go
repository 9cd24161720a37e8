package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/registry"
)

type ctxt = context.Context

// predecessors is a world in which the predecessor has blocked host 7.
func predecessors(t *testing.T, tags ...string) *world {
	t.Helper()
	w := newWorld(t)
	w.brain.host("7", "10.0.0.7", append([]string{"vip", "VAR Host Blocked", "VAR ID:Fortinet Client:10.0.0.7", "VAR ID:PAN Client:10.0.0.7"}, tags...)...)
	w.devices["edge"].holds["10.0.0.7"], w.devices["dc"].holds["10.0.0.7"] = true, true
	return w
}

func TestThePredecessorsBlocksAreTakenOverWithoutAWrite(t *testing.T) {
	w := predecessors(t, "block")
	w.good()
	if w.writes > 0 {
		t.Errorf("taking over wrote %d times", w.writes)
	}
	held := w.state().Held
	if len(held) != 2 || !held[0].Receipt.Adopted || held[0].State != entity.Complete || !slices.Equal(held[0].Receipt.Elements, []string{"10.0.0.7"}) {
		t.Errorf("held %+v", held)
	}
	same(t, "the target's own tags", []string{"vip", "block"}, held[0].Target.Tags)
	drop(w.brain.entities[host("7")], "block")
	w.good()
	same(t, "edge", []string(nil), w.on("edge"))
	same(t, "dc", []string(nil), w.on("dc"))
	same(t, "tags", []string{"vip"}, w.tags("7"))
}

func TestWhatThePredecessorBlockedAndNobodyWantsIsReleasedAtOnce(t *testing.T) {
	w := predecessors(t)
	w.good()
	same(t, "edge", []string(nil), w.on("edge"))
	same(t, "tags", []string{"vip"}, w.tags("7"))
}

func TestALostJournalIsReadBackFromTheTags(t *testing.T) {
	w := busy(t)
	w.pass()
	before := w.state()
	lost := newWorld(t)
	w.journal, w.writes = lost.journal, 0
	for _, o := range before.Orders { // a person says it again
		if err := w.journal.Order(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	w.pass()
	after := w.state()
	same(t, "tags", before.Tags, after.Tags)
	same(t, "devices", before.Devices, after.Devices)
	if w.writes > 0 {
		t.Errorf("reading back wrote %d times", w.writes)
	}
	for i, h := range after.Held {
		same(t, h.Target.Ref.String(), before.Held[i].Receipt.Elements, h.Receipt.Elements)
	}
}

func TestAReceiptUnderAnUnknownLabelIsKeptAndTold(t *testing.T) {
	w := newWorld(t)
	tags := []string{"VAR Host Blocked", "VAR ID:Retired Client:10.0.0.7", "vip"}
	w.brain.host("7", "10.0.0.7", tags...)
	for range 2 {
		r := w.pass()
		if !r.Failed() || r.Strays["Retired Client"] != 1 {
			t.Errorf("strays %v", r.Strays)
		}
		same(t, "tags", tags, w.tags("7"))
	}
}

// A blocker that is switched off holds what it holds, journal or not.
func TestTheReceiptsOfADisabledBlockerStay(t *testing.T) {
	w := predecessors(t)
	w.without, w.policy.Disabled = []string{"dc"}, []string{"dc"}
	w.good()
	same(t, "dc", []string{"10.0.0.7"}, w.on("dc"))
	same(t, "edge", []string(nil), w.on("edge"))
	same(t, "tags", []string{"VAR Host Blocked", "VAR ID:PAN Client:10.0.0.7", "vip"}, w.tags("7"))
	w.without, w.policy.Disabled = nil, nil
	w.good()
	same(t, "dc after it is back", []string(nil), w.on("dc"))
	same(t, "tags after it is back", []string{"vip"}, w.tags("7"))
}

// The journal knows what it holds under a label that was renamed since.
func TestARenamedLabelIsNoStranger(t *testing.T) {
	w := blocked(t)
	w.devices["dc"].info.Label = "Data centre"
	w.labels = []string{"Fortinet Client", "Data centre"}
	w.good()
	drop(w.brain.entities[host("7")], "block")
	w.good()
	same(t, "tags", []string{"vip"}, w.tags("7"))
	same(t, "dc", []string(nil), w.on("dc"))
}

// What nobody can explain may still be on a device: its tag stays, and the pass says so.
func TestAReceiptThatNobodyCanExplainIsKeptAndTold(t *testing.T) {
	digest := registry.Digest(strings.Repeat("y", 250))
	for _, element := range []string{digest, "*"} {
		w := newWorld(t)
		tags := []string{"VAR Host Blocked", "VAR ID:Fortinet Client:" + element, "vip"}
		w.brain.host("7", "10.0.0.7", tags...)
		r := w.passWith(mute)
		if !r.Failed() || !strings.Contains(r.Err.Error(), element) || !strings.Contains(r.Err.Error(), "hq/host/7") {
			t.Errorf("%s: the pass says %v", element, r.Err)
		}
		same(t, "tags", tags, w.tags("7"))
		drop(w.brain.entities[host("7")], "VAR ID:Fortinet Client:"+element)
		if r := w.passWith(mute); r.Failed() {
			t.Errorf("after a human took the tag off: %s", troubles(r))
		}
	}
}

// mute is a blocker that can neither list nor name elements.
func mute(e dispatch.Enforcer) dispatch.Enforcer { return muted{e} }

type muted struct{ dispatch.Enforcer }

var errMute = &entity.Error{Class: entity.Unsupported, Err: errors.New("not this plugin")}

func (muted) List(ctxt) ([]entity.Inventory, error) { return nil, errMute }

func (muted) Elements(_ ctxt, targets []entity.Target) ([][]string, error) {
	return make([][]string, len(targets)), errMute
}

// A list is asked for once, however many entities need it.
func TestDigestsAreExplainedByOneList(t *testing.T) {
	w := newWorld(t)
	count := &lists{}
	var want []string
	for i := range 30 {
		long := "x" + strings.Repeat(string(rune('a'+i%26)), 240+i/26)
		want = append(want, long)
		w.devices["edge"].holds[long] = true
		w.brain.detection(string(rune('A'+i)), []string{"x.moved"}, "block", "VAR Detection Blocked", "VAR ID:Fortinet Client:"+registry.Digest(long))
	}
	w.devices["edge"].holds["10.9.9.9"] = true // another class
	r := w.passWith(func(e dispatch.Enforcer) dispatch.Enforcer { return counted{e, count} })
	if r.Failed() || count.n != 1 {
		t.Errorf("%d lists, %s", count.n, troubles(r))
	}
	var got []string
	for _, h := range w.state().Held {
		got = append(got, h.Receipt.Elements...)
	}
	same(t, "held", entity.Union(want), entity.Union(got))
}

type lists struct{ n int }

type counted struct {
	dispatch.Enforcer
	lists *lists
}

func (c counted) List(ctx ctxt) ([]entity.Inventory, error) {
	if c.Info().Name == "edge" {
		c.lists.n++
	}
	return c.Enforcer.List(ctx)
}

// A list that fails explains nothing: it does not make a receipt look empty.
func TestAFailedListLeavesReceiptsAlone(t *testing.T) {
	w := newWorld(t)
	tags := []string{"VAR Host Blocked", "VAR ID:Fortinet Client:~0123456789abcdef0123456789abcdef"}
	w.brain.host("7", "10.0.0.7", tags...)
	r := w.passWith(func(e dispatch.Enforcer) dispatch.Enforcer { return down{e} })
	if !r.Failed() {
		t.Error("nothing is told")
	}
	same(t, "tags", tags, w.tags("7"))
}

type down struct{ dispatch.Enforcer }

var errUnreachable = &entity.Error{Class: entity.Transient, Device: "fw1", Err: errors.New("timeout")}

func (down) List(ctxt) ([]entity.Inventory, error) { return nil, errUnreachable }

func (down) Elements(ctxt, []entity.Target) ([][]string, error) { return nil, errUnreachable }

// The tags name an element that the journal does not: it is held too.
func TestJournalAndTagsAreJoined(t *testing.T) {
	w := blocked(t)
	e := w.brain.entities[host("7")]
	e.tags = append(e.tags, "VAR ID:Fortinet Client:10.0.0.70")
	w.devices["edge"].holds["10.0.0.70"] = true
	w.good()
	drop(e, "block")
	w.good()
	same(t, "edge", []string(nil), w.on("edge"))
	same(t, "tags", []string{"vip"}, w.tags("7"))
}

// What was refused before and bears a receipt is held after all.
func TestAReceiptOutweighsARefusal(t *testing.T) {
	w := newWorld(t)
	e := w.brain.host("7", "2001:db8::7", "block")
	w.devices["dc"].fail["2001:db8::7"] = &entity.Error{Class: entity.Unsupported, Err: errors.New("no IPv6")}
	w.good()
	e.tags = append(e.tags, "VAR ID:PAN Client:10.0.0.7")
	w.good()
	held := w.state().Held
	if i := slices.IndexFunc(held, func(h entity.Holding) bool { return h.Blocker == "dc" }); held[i].State != entity.Complete {
		t.Errorf("held %+v", held[i])
	}
}

func TestTheTagsComeBackFromTheJournal(t *testing.T) {
	w := blocked(t)
	want := w.tags("7")
	w.brain.entities[host("7")].tags = []string{"vip", "block"}
	w.good()
	same(t, "tags", want, w.tags("7"))
}

func TestTheRestOfALostReceiptIsNotForgottenBeforeItCanBeTold(t *testing.T) {
	w := newWorld(t)
	d := w.brain.detection("9", many(40), "block")
	w.good()
	w.journal = newWorld(t).journal
	d.target.Detection.Destinations = nil
	for range 3 {
		if r := w.pass(); !r.Failed() || !slices.Contains(d.tags, "VAR ID:Fortinet Client:*") {
			t.Fatalf("the pass knows less than what is held and failed: %v; tags %q", r.Failed(), d.tags)
		}
	}
	d.target.Detection.Destinations = many(40)
	w.good()
	drop(d, "block")
	w.good()
	same(t, "edge", []string(nil), w.on("edge"))
	same(t, "tags", []string{}, d.tags)
}

func TestWhatWasReleasedIsNotTakenOverFromARestOrADigest(t *testing.T) {
	for name, elements := range map[string][]string{"a rest": many(40), "a digest": {"x,y"}} {
		w := newWorld(t)
		d := w.brain.detection("9", elements, "block")
		w.good()
		drop(d, "block")
		for _, tag := range slices.Clone(d.tags) {
			w.brain.refuse[tag] = errors.New("no")
		}
		w.pass()
		clear(w.brain.refuse)
		if r := w.good(); len(r.Results) > 0 {
			t.Errorf("%s: released again: %+v", name, r.Results)
		}
		same(t, name, []string{}, d.tags)
	}
}
