package blockertest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/pluginhost"
)

// list: every device is listed, with what was blocked, of the right class, under our mark or none.
func (x *exam) list(t *testing.T) {
	b := x.open(t)
	power(t, b, blocker.PowerList)
	for _, kind := range x.kinds {
		t.Run(string(kind), func(t *testing.T) { x.listedAs(t, b, x.Target(kind, 15)) })
	}
}

// listForms: whatever form an element has, it is listed in the very text of the receipt. Another text would be
// missing for ever, and put back in each pass.
func (x *exam) listForms(t *testing.T) {
	b := x.open(t)
	power(t, b, blocker.PowerList)
	for _, kind := range x.kinds {
		for name, target := range x.forms(kind) {
			t.Run(string(kind)+"/"+name, func(t *testing.T) { x.listedAs(t, b, target) })
		}
	}
}

// forms are targets of a kind whose elements are written in every way that a brain or a person may use.
func (x *exam) forms(kind entity.Kind) map[string]entity.Target {
	all := map[string]entity.Target{}
	n := 20
	add := func(name string, change func(*entity.Target)) {
		target := x.Target(kind, n)
		n++
		change(&target)
		all[name] = target
	}
	texts := map[string]string{
		"IPv6": "2001:DB8:0:0::7", "IPv4 in IPv6": "::ffff:198.18.200.7", "domain": "C2.Exam-Example.ORG.",
		"long domain": longDomain, "IPv4 network": "198.18.201.77/24", "IPv6 network": "2001:db8:77::9/48", "network of one": "198.18.202.7/32",
	}
	for name, text := range texts {
		switch kind {
		case entity.KindHost:
			if name == "IPv6" || name == "IPv4 in IPv6" {
				add(name, func(t *entity.Target) { t.Host.IP = text })
			}
		case entity.KindDetection:
			add(name, func(t *entity.Target) { t.Detection.Destinations = []string{text, t.Detection.Destinations[0]} })
		case entity.KindStatic:
			add(name, func(t *entity.Target) { t.Static.Destination = text })
		}
	}
	if kind == entity.KindAccount {
		add("capitals", func(t *entity.Target) { t.Account.LDAP.SAM, t.Account.FakeSAM = "USER.Exam", "USER.Exam" })
		add("odd characters", func(t *entity.Target) { t.Account.LDAP.SAM, t.Account.FakeSAM = "o'neil & <co>", "o'neil & <co>" })
	}
	return all
}

const longDomain = "a-rather-long-label-of-a-domain-name.another-rather-long-label-below-it.exam-example.org"

// listedAs blocks a target, compares every device's list with the receipt, and releases it.
func (x *exam) listedAs(t *testing.T, b *pluginhost.Blocker, target entity.Target) {
	t.Helper()
	o := x.tryBlock(t, b, target)
	if o.Err != nil && !entity.OnlySoft(o.Err) {
		t.Fatalf("Block: %v", o.Err)
	}
	if len(o.Receipt.Elements) == 0 {
		return
	}
	for _, i := range x.mustList(t, b) {
		for _, e := range o.Receipt.Elements {
			listed(t, i, e, target.Kind.Class(), o)
		}
	}
	undoable(t, b)
	x.mustUnblock(t, b, target, o.Receipt, "what was listed")
	for _, i := range x.mustList(t, b) {
		for _, e := range i.Entries {
			if slices.Contains(o.Receipt.Elements, e.Element) && e.Class == target.Kind.Class() {
				t.Errorf("device %s still lists %q", i.Device, e.Element)
			}
		}
	}
}

// mustList gives the list of every device; each is listed once and can be read.
func (x *exam) mustList(t *testing.T, b *pluginhost.Blocker) []entity.Inventory {
	t.Helper()
	inventories, err := b.List(x.context(t))
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	var devices []string
	for _, i := range inventories {
		if x.log.note(i.Err); i.Err != nil {
			t.Fatalf("device %s: %v", i.Device, i.Err)
		}
		devices = append(devices, i.Device)
	}
	known := b.Info().Devices
	if len(devices) == 0 || len(known) > 0 && !slices.Equal(slices.Sorted(slices.Values(devices)), slices.Sorted(slices.Values(known))) {
		t.Fatalf("List gave the devices %q, the blocker has %q: one for each, once", devices, known)
	}
	return inventories
}

func listed(t *testing.T, i entity.Inventory, element string, class entity.Class, o entity.Outcome) {
	t.Helper()
	at := slices.IndexFunc(i.Entries, func(e entity.Entry) bool { return e.Element == element && e.Class == class })
	if at < 0 {
		if !o.Pending {
			t.Errorf("device %s does not list %q with class %q: it would be put back in each pass", i.Device, element, class)
		}
		return
	}
	e := i.Entries[at]
	if e.Owner != "" && e.Owner != owner {
		t.Errorf("device %s lists %q under owner %q, want %q", i.Device, element, e.Owner, owner)
	}
	if e.Inert != "" && !o.Pending {
		t.Errorf("device %s lists %q as without effect although Block confirmed it: %s", i.Device, element, e.Inert)
	}
	if e.Until.IsZero() != o.Receipt.Until.IsZero() {
		t.Errorf("device %s lists %q until %s, the receipt says %s", i.Device, element, e.Until, o.Receipt.Until)
	}
}

// listIdentity: two lists tell the same machine and the same start, or neither.
func (x *exam) listIdentity(t *testing.T) {
	b := x.open(t)
	power(t, b, blocker.PowerList)
	first, second := x.mustList(t, b), x.mustList(t, x.open(t))
	for n, i := range first {
		again := second[n]
		if i.Device != again.Device || i.Serial != again.Serial {
			t.Errorf("device %s has serial %q, then %s has %q: all of it would be put on again in each pass", i.Device, i.Serial, again.Device, again.Serial)
		}
		if i.Booted.IsZero() != again.Booted.IsZero() || i.Booted.Sub(again.Booted).Abs() > time.Minute {
			t.Errorf("device %s started at %s, then at %s: tell the start, not how long ago it was", i.Device, i.Booted, again.Booted)
		}
		if i.Booted.After(time.Now().Add(time.Minute)) {
			t.Errorf("device %s started in the future, at %s: reckon with your own clock", i.Device, i.Booted)
		}
	}
}

// place: where elements go is told the same way at each opening, by class and by device.
func (x *exam) place(t *testing.T) {
	b := x.open(t)
	first, second := b.Info().Place, x.open(t).Info().Place
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("two openings tell different places (-first +second): what is held would seem to lie elsewhere\n%s", diff)
	}
	for _, kind := range x.kinds {
		h := entity.Holding{Target: entity.Target{Ref: entity.Ref{Kind: kind}}, Place: first}
		if change := h.Elsewhere(second); change != "" {
			t.Errorf("%s: %s", kind, change)
		}
	}
	if err := placed(first, b.Info().Devices); err != nil {
		t.Errorf("place %q: %v (use blocker.PlaceOf)", first, err)
	}
}
