package blockertest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/pluginhost"
)

// held is what is in force on every device, or false when nobody can tell.
func (x *exam) held(t *testing.T, b *pluginhost.Blocker) (map[string][]string, bool) {
	t.Helper()
	all := map[string][]string{}
	switch {
	case x.Held != nil:
		maps.Copy(all, x.Held())
	case b.Info().Has("list"):
		inventories, err := b.List(x.context(t))
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		for _, i := range inventories {
			all[i.Device] = nil
			for _, e := range i.Entries {
				all[i.Device] = append(all[i.Device], e.Element)
			}
		}
	default:
		return nil, false
	}
	for device, elements := range all {
		all[device] = slices.Sorted(slices.Values(elements))
	}
	return all, true
}

// unchanged fails when what is in force differs from before.
func (x *exam) unchanged(t *testing.T, b *pluginhost.Blocker, before map[string][]string, by string) {
	t.Helper()
	now, ok := x.held(t, b)
	if diff := cmp.Diff(before, now); ok && diff != "" {
		t.Errorf("%s changed what the devices hold (-before +after):\n%s", by, diff)
	}
}

// inForce fails when a device lacks an element, or has it twice.
func (x *exam) inForce(t *testing.T, b *pluginhost.Blocker, elements []string) {
	t.Helper()
	now, ok := x.held(t, b)
	if !ok {
		return
	}
	if len(now) == 0 && len(elements) > 0 {
		t.Errorf("Block confirmed %q, but there is no device", elements)
	}
	for device, has := range now {
		for _, e := range elements {
			if n := count(has, e); n != 1 {
				t.Errorf("Block confirmed %q, but device %s holds it %d times", e, device, n)
			}
		}
	}
}

// gone fails when any device still has an element.
func (x *exam) gone(t *testing.T, b *pluginhost.Blocker, elements []string) {
	t.Helper()
	now, _ := x.held(t, b)
	for device, has := range now {
		for _, e := range elements {
			if count(has, e) > 0 {
				t.Errorf("Unblock confirmed that %q is gone, but device %s still holds it", e, device)
			}
		}
	}
}

func count(all []string, one string) int {
	n := 0
	for _, e := range all {
		if e == one {
			n++
		}
	}
	return n
}

// mustBlock blocks one target, which is released at the end of t.
func (x *exam) mustBlock(t *testing.T, b *pluginhost.Blocker, target entity.Target) entity.Receipt {
	t.Helper()
	o := x.tryBlock(t, b, target)
	if o.Err != nil {
		t.Fatalf("Block of %s: %v", target.Ref, o.Err)
	}
	if len(o.Receipt.Elements) == 0 {
		t.Fatalf("Block of %s confirmed an empty receipt: nothing could ever be undone", target.Ref)
	}
	return o.Receipt
}

func (x *exam) tryBlock(t *testing.T, b *pluginhost.Blocker, target entity.Target) entity.Outcome {
	t.Helper()
	o := b.Block(x.context(t), []entity.Target{target})[0]
	x.log.note(o.Err)
	t.Cleanup(func() {
		if len(o.Receipt.Elements) > 0 && !b.Info().NoUndo && x.unblock(t, b, target, o.Receipt) != nil {
			_ = x.unblock(t, x.open(t), target, o.Receipt)
		}
	})
	x.wellFormed(t, o.Receipt)
	return o
}

func (x *exam) unblock(t *testing.T, b *pluginhost.Blocker, target entity.Target, r entity.Receipt) error {
	t.Helper()
	err := b.Unblock(x.context(t), []entity.Release{{Target: target, Receipt: r}})[0]
	x.log.note(err)
	return err
}

func (x *exam) mustUnblock(t *testing.T, b *pluginhost.Blocker, target entity.Target, r entity.Receipt, what string) {
	t.Helper()
	if err := x.unblock(t, b, target, r); err != nil {
		t.Errorf("Unblock %s: %v", what, err)
	}
}

// wellFormed checks what must be true of every receipt: elements go into tags of the brain.
func (x *exam) wellFormed(t *testing.T, r entity.Receipt) {
	t.Helper()
	_, _ = fmt.Fprintln(x.log, r)
	for _, e := range r.Elements {
		if err := element(e); err != nil {
			t.Errorf("the receipt holds the element %q: %v", e, err)
		}
	}
	if len(r.Former) > 1<<10 {
		t.Errorf("the former state is %d bytes long; at most 1 KiB is kept", len(r.Former))
	}
}

func element(e string) error {
	printable := strings.IndexFunc(e, func(r rune) bool { return r < ' ' || r > '~' || r == ',' }) < 0
	if e == "" || len(e) > 253 || !printable {
		return fmt.Errorf("it must be 1 to 253 bytes of printable ASCII without comma")
	}
	return nil
}

// named fails when no part of err names a device that the blocker knows. One that tells of none is itself the device.
func named(t *testing.T, b *pluginhost.Blocker, err error) {
	t.Helper()
	known := b.Info().Devices
	if len(known) == 0 {
		return
	}
	for _, e := range entity.Errors(err) {
		if slices.Contains(known, e.Device) {
			return
		}
	}
	t.Errorf("the error names no device of %q: %v (set blocker.Error.Device, or use blocker.BlockOn)", known, err)
}

// play makes trouble until the result is called, at the latest at the end of t.
func play(t *testing.T, trouble func() (mend func())) (mend func()) {
	t.Helper()
	mend = sync.OnceFunc(trouble())
	t.Cleanup(mend)
	return mend
}

func needs(t *testing.T, hook bool, name string) {
	t.Helper()
	if !hook {
		t.Skipf("not examined: Config.%s is not set", name)
	}
}

func power(t *testing.T, b *pluginhost.Blocker, name string) {
	t.Helper()
	if !b.Info().Has(name) {
		t.Skipf("the plugin does not have the power %q", name)
	}
}

func undoable(t *testing.T, b *pluginhost.Blocker) {
	t.Helper()
	if b.Info().NoUndo {
		t.Skip("the plugin says that its blocks cannot be undone")
	}
}
