package blockertest

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/pluginhost"
)

// cancelled: a call whose context ended before it claims nothing, and the next call works.
func (x *exam) cancelled(t *testing.T) {
	b, target := x.open(t), x.Target(x.kind(t), 11)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if o := b.Block(ctx, []entity.Target{target})[0]; o.Err == nil {
		t.Error("a call whose context was cancelled succeeded")
	}
	x.mustBlock(t, b, target)
}

// deadline: a call ends with its context though the devices do not answer, and the next one works.
func (x *exam) deadline(t *testing.T) {
	needs(t, x.Slow != nil, "Slow")
	b, target := x.open(t), x.Target(x.kind(t), 12)
	mend := play(t, x.Slow)
	if !x.endsInTime(t, b, target, 200*time.Millisecond) {
		x.endsInTime(t, b, target, 5*time.Second) // the call may not have come to the plugin before it was over
	}
	mend()
	x.mustBlock(t, b, target)
}

// endsInTime makes a call that ends after a time, and reports that the plugin answered it, or was told on.
func (x *exam) endsInTime(t *testing.T, b *pluginhost.Blocker, target entity.Target, limit time.Duration) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	o := b.Block(ctx, []entity.Target{target})[0]
	if x.log.note(o.Err); o.Err == nil {
		t.Error("Block succeeded although no device answered")
	}
	if !errors.Is(o.Err, context.DeadlineExceeded) {
		return true
	}
	told := x.toldOn()
	if told {
		t.Error("Block went on after its deadline: pass ctx on to every request and wait")
	}
	return told
}

// toldOn reports that the SDK told on a call whose answer did not come in time: it gives the plugin a second to end it.
// Of one that ended, however late, there is nothing to tell.
func (x *exam) toldOn() bool {
	const grace = 5 * time.Second // longer than a loaded machine takes to bring the line here
	for end := time.After(grace); !strings.Contains(x.log.String(), blocker.Overdue); {
		select {
		case <-end:
			return false
		case <-time.After(10 * time.Millisecond):
		}
	}
	return true
}

// oneDeviceFails: done in part is told as such, and can be undone and completed.
func (x *exam) oneDeviceFails(t *testing.T) {
	needs(t, x.Break != nil, "Break")
	b, target := x.open(t), x.Target(x.kind(t), 13)
	mend := play(t, x.Break)
	o := x.tryBlock(t, b, target)
	if o.Err == nil {
		t.Fatal("Block succeeded although one device failed")
	}
	named(t, b, o.Err)
	if len(o.Receipt.Elements) == 0 {
		t.Error("the receipt is empty although a device holds the block: it could never be undone")
	}
	undo := x.unblock(t, b, target, o.Receipt)
	if undo == nil && !b.Info().NoUndo {
		t.Error("Unblock succeeded although one device failed")
	}
	mend()
	x.completed(t, b, target, o.Receipt)
}

// completed: after the trouble the block is made whole and then undone with the first receipt.
func (x *exam) completed(t *testing.T, b *pluginhost.Blocker, target entity.Target, first entity.Receipt) {
	t.Helper()
	if b.Info().NoRepeat {
		return
	}
	r := x.mustBlock(t, b, target)
	x.inForce(t, b, r.Elements)
	if b.Info().NoUndo {
		return
	}
	x.mustUnblock(t, b, target, first.Merge(r), "after the trouble")
	x.gone(t, b, r.Elements)
}

// unauthorized: refused credentials have their class, so that they are not tried again.
func (x *exam) unauthorized(t *testing.T) {
	needs(t, x.Deny != nil, "Deny")
	b, target := x.open(t), x.Target(x.kind(t), 14)
	mend := play(t, x.Deny)
	o := x.tryBlock(t, b, target)
	mend()
	if got := entity.ClassOf(o.Err); got != entity.Unauthorized {
		t.Errorf("the devices refused the credentials: class %q, want unauthorized: %v", got, o.Err)
	}
	if o.Err != nil {
		named(t, b, o.Err)
	}
	x.mustBlock(t, b, target)
}

// unreadable: a device that cannot be read is told, and hides no other.
func (x *exam) unreadable(t *testing.T) {
	needs(t, x.Break != nil, "Break")
	b := x.open(t)
	power(t, b, blocker.PowerList)
	r := x.mustBlock(t, b, x.Target(x.kind(t), 16))
	mend := play(t, x.Break)
	inventories, err := b.List(x.context(t))
	mend()
	if err != nil {
		t.Fatalf("List failed as a whole although one device can be read: %v", err)
	}
	failed, read := 0, 0
	for _, i := range inventories {
		x.log.note(i.Err)
		switch {
		case i.Err != nil:
			failed++
		case slices.ContainsFunc(i.Entries, func(e entity.Entry) bool { return e.Element == r.Elements[0] }):
			read++
		}
	}
	if failed != 1 || read == 0 {
		t.Errorf("one device cannot be read: %d inventories with an error, want 1; %d show the block, want at least 1", failed, read)
	}
}

// probe: every device is reported on, nothing changes, and a failing device is found out.
func (x *exam) probe(t *testing.T) {
	b := x.open(t)
	power(t, b, blocker.PowerProbe)
	before, _ := x.held(t, b)
	if failed := x.findings(t, b); failed != 0 {
		t.Errorf("Probe finds %d faults although all is well", failed)
	}
	x.unchanged(t, b, before, "Probe")
	if x.Break == nil {
		return
	}
	mend := play(t, x.Break)
	failed := x.findings(t, b)
	mend()
	if failed == 0 {
		t.Error("Probe finds no fault although one device fails")
	}
}

func (x *exam) findings(t *testing.T, b *pluginhost.Blocker) int {
	t.Helper()
	reports, err := b.Probe(x.context(t))
	if err != nil || len(reports) == 0 {
		t.Fatalf("Probe gave %d reports, %v", len(reports), err)
	}
	failed := 0
	for _, r := range reports {
		for _, c := range r.Checks {
			if x.log.note(c.Err); c.Err != nil {
				failed++
				t.Logf("%s: %s: %v", r.Device, c.Name, c.Err)
			}
		}
	}
	return failed
}

// foreign: what somebody else put beside ours is neither taken away nor changed nor called ours.
func (x *exam) foreign(t *testing.T) {
	needs(t, x.Foreign != nil, "Foreign")
	b, target := x.open(t), x.Target(x.kind(t), 17)
	intact := x.Foreign()
	r := x.mustBlock(t, b, target)
	if err := intact(); err != nil {
		t.Errorf("Block harmed what is not ours: %v", err)
	}
	undoable(t, b)
	x.mustUnblock(t, b, target, r, "beside foreign entries")
	if err := intact(); err != nil {
		t.Errorf("Unblock harmed what is not ours: %v", err)
	}
}

// secrets: no error and no log line of the whole exam shows one.
func (x *exam) secrets(t *testing.T) {
	if len(x.Secrets) == 0 {
		t.Skip("the exam has no secrets: Config.Secrets")
	}
	text := x.log.String()
	for name, secret := range x.Secrets {
		if len(secret) < 4 {
			t.Errorf("the secret %s of the exam is too short to be looked for", name)
		} else if shows(text, secret) {
			t.Errorf("the secret %s stands in an error, receipt or log line", name)
		}
	}
}

func shows(text, secret string) bool {
	return strings.Contains(text, secret) || strings.Contains(text, base64.StdEncoding.EncodeToString([]byte(secret)))
}

// opensAlone: a blocker is opened without its devices, for in a panic they may be gone.
func (x *exam) opensAlone(t *testing.T) {
	needs(t, x.Slow != nil, "Slow")
	play(t, x.Slow)
	ctx, cancel := context.WithTimeout(t.Context(), timeout/2)
	defer cancel()
	b, err := x.host.Open(ctx, x.opening())
	if err != nil {
		t.Fatalf("opening waits for the devices: talk to them when the first call comes: %v", err)
	}
	b.Close()
}
