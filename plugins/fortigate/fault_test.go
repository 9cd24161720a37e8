package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/secret"
)

// trouble is a fault and the class of the error that it must become.
type trouble struct {
	lab.Fault
	class blocker.ErrorClass
}

var troubles = map[string]trouble{
	"401":                 {lab.Fault{What: lab.AnswerStatus, Status: http.StatusUnauthorized, Body: token}, blocker.Unauthorized},
	"403":                 {lab.Fault{What: lab.AnswerStatus, Status: http.StatusForbidden}, blocker.Unauthorized},
	"429":                 {lab.Fault{What: lab.AnswerStatus, Status: http.StatusTooManyRequests, RetryAfter: "0"}, blocker.Unauthorized},
	"500 without code":    {lab.Fault{What: lab.AnswerStatus, Status: http.StatusInternalServerError}, blocker.Transient},
	"500 busy":            {lab.Fault{What: lab.AnswerStatus, Status: http.StatusInternalServerError, Body: `{"status":"error","error":-360,"http_status":500}`}, blocker.Transient},
	"500 full":            {lab.Fault{What: lab.AnswerStatus, Status: http.StatusInternalServerError, Body: `{"status":"error","error":-4,"http_status":500}`}, blocker.Capacity},
	"424":                 {lab.Fault{What: lab.AnswerStatus, Status: http.StatusFailedDependency, Body: `{"status":"error","error":-7,"http_status":424}`}, blocker.Permanent},
	"200 with an error":   {lab.Fault{What: lab.AnswerStatus, Status: http.StatusOK, Body: `{"status":"error","error":-37}`}, blocker.Unauthorized},
	"201":                 {lab.Fault{What: lab.AnswerStatus, Status: http.StatusCreated, Body: `{"status":"success"}`}, blocker.Permanent},
	"redirect":            {lab.Fault{What: lab.AnswerStatus, Status: http.StatusFound}, blocker.Permanent},
	"reset":               {lab.Fault{What: lab.Reset}, blocker.Transient},
	"truncated":           {lab.Fault{What: lab.Truncate}, blocker.Transient},
	"HTML":                {lab.Fault{What: lab.HTML}, blocker.Transient},
	"HTML 200":            {lab.Fault{What: lab.HTML, Status: http.StatusOK}, blocker.Transient},
	"404 of a proxy":      {lab.Fault{What: lab.HTML, Status: http.StatusNotFound}, blocker.Permanent},
	"drop after applying": {lab.Fault{What: lab.DropAfter}, blocker.Transient},
}

// calls are the kinds of calls that each way makes, reading and writing, to block and to unblock.
var calls = map[string]struct{ block, unblock []string }{
	modeGroup: {
		[]string{"GET addrgrp", "POST addrgrp", "POST addrgrp/member", "POST address"},
		[]string{"GET addrgrp", "GET address", "DELETE addrgrp/member", "DELETE address"},
	},
	modeQuarantine: {[]string{"GET banned", "POST banned/add_users"}, []string{"GET banned", "POST banned/clear_users"}},
	modeFeed:       {[]string{"GET external-resource/entry-list", "POST external-resource/dynamic"}, []string{"GET external-resource/entry-list", "POST external-resource/dynamic"}},
}

func someTarget(mode string) entity.Target {
	if mode == modeQuarantine {
		return host(1, "10.0.0.1")
	}
	return detection(1, "198.51.100.7")
}

// acts reports whether the device enforces anything.
func (w *world) acts(device int) bool {
	state := w.holds(device)
	return len(w.enforced(device, "External-Block"))+len(state.Bans)+len(state.Feeds["var-dst"].Valid) > 0
}

// remains reports whether anything is left on the device.
func (w *world) remains(device int) bool { return w.acts(device) || len(w.holds(device).Addresses) > 0 }

func TestEveryFaultWhileBlockingIsToldAndLosesNothing(t *testing.T) {
	for mode, c := range calls {
		w := newWorld(t, 2, inMode(mode))
		for name, trouble := range troubles {
			for _, call := range c.block {
				t.Run(mode+"/"+call+"/"+name, func(t *testing.T) { w.faultWhileBlocking(t, someTarget(mode), call, trouble) })
				w.clear()
			}
		}
	}
}

// clear leaves nothing of ours on the devices, empty groups neither.
func (w *world) clear() {
	for i, g := range w.gates {
		w.fault(i)
		for name := range w.holds(i).Groups {
			if strings.Contains(name, "-var-") {
				w.change(g, "delete", fmt.Sprintf(`{"table":"firewall/addrgrp","name":%q,"force":true}`, name))
			}
		}
	}
}

func (w *world) faultWhileBlocking(t *testing.T, target entity.Target, call string, trouble trouble) {
	w.fault(0, match(trouble, call))
	o := w.BlockAll(context.Background(), []entity.Target{target})[0]
	judge(t, o.Err, trouble.class)
	if !w.acts(1) {
		t.Error("the healthy device did not block")
	}
	if w.remains(0) && len(o.Receipt.Elements) == 0 {
		t.Error("the receipt misses what is on the faulty device")
	}
	w.recover()
	rs := w.mustBlock(target)
	if !w.acts(0) {
		t.Error("blocking again did not repair")
	}
	w.mustUnblock(rs...)
	if w.remains(0) || w.remains(1) {
		t.Errorf("after the release there is still %+v", w.holds(0))
	}
}

func TestEveryFaultWhileUnblockingIsToldAndLosesNothing(t *testing.T) {
	for mode, c := range calls {
		w := newWorld(t, 2, inMode(mode))
		for name, trouble := range troubles {
			for _, call := range c.unblock {
				t.Run(mode+"/"+call+"/"+name, func(t *testing.T) { w.faultWhileUnblocking(t, someTarget(mode), call, trouble) })
				w.clear()
			}
		}
	}
}

func (w *world) faultWhileUnblocking(t *testing.T, target entity.Target, call string, trouble trouble) {
	rs := w.mustBlock(target)
	w.fault(0, match(trouble, call))
	judge(t, w.UnblockAll(context.Background(), rs)[0], trouble.class)
	if w.remains(1) {
		t.Error("the healthy device did not unblock")
	}
	w.recover()
	w.mustUnblock(rs...)
	if w.remains(0) {
		t.Errorf("unblocking again left %+v", w.holds(0))
	}
}

// recover heals the first device, and begins anew: nobody waits for a pause that it asked for.
func (w *world) recover() {
	w.fault(0)
	w.fortigate = w.open("edge", owner, time.Minute)
}

// What is blocked already may have been changed by somebody, and cannot be told to act when that is not known.
func TestEveryFaultWhileBlockingAgainIsTold(t *testing.T) {
	w := newWorld(t, 2)
	target := someTarget(modeGroup)
	w.mustBlock(target)
	for name, trouble := range troubles {
		for _, call := range []string{"GET addrgrp", "GET address"} {
			t.Run(call+"/"+name, func(t *testing.T) {
				w.fault(0, match(trouble, call))
				o := w.BlockAll(context.Background(), []entity.Target{target})[0]
				judge(t, o.Err, trouble.class)
				if !w.acts(0) || len(o.Receipt.Elements) == 0 {
					t.Errorf("the first device acts: %v, and the receipt is %v", w.acts(0), o.Receipt)
				}
				w.recover()
			})
		}
	}
	w.mustBlock(target)
}

func match(trouble trouble, call string) lab.Fault {
	f := trouble.Fault
	f.Match = call
	return f
}

func judge(t *testing.T, err error, class blocker.ErrorClass) {
	t.Helper()
	if err == nil {
		t.Fatal("no error at all")
	}
	if got := blocker.ClassOf(err); got != class {
		t.Errorf("class %q, want %q: %v", got, class, err)
	}
	if !strings.Contains(err.Error(), "fw1") || strings.Contains(err.Error(), "fw2") {
		t.Errorf("the error does not name the device that failed and no other: %v", err)
	}
	if strings.Contains(err.Error(), token) {
		t.Errorf("the error shows the token: %v", err)
	}
}

func TestListTellsADeviceThatCannotBeRead(t *testing.T) {
	for mode, c := range calls {
		w := newWorld(t, 2, inMode(mode))
		w.mustBlock(someTarget(mode))
		for name, trouble := range troubles {
			t.Run(mode+"/"+name, func(t *testing.T) {
				w.fault(0, match(trouble, c.block[0]))
				inventories, err := w.List(context.Background())
				if err != nil {
					t.Fatal(err)
				}
				judge(t, inventories[0].Err, trouble.class)
				if len(inventories[0].Entries) > 0 {
					t.Error("an unreadable device has entries")
				}
				if inventories[1].Err != nil || len(inventories[1].Entries) != 1 {
					t.Errorf("the healthy device: %+v, want its entry", inventories[1])
				}
				w.recover()
			})
		}
	}
}

func TestASlowDeviceEndsWithTheTimeout(t *testing.T) {
	for mode, c := range calls {
		for _, call := range c.block {
			for _, what := range []lab.Misbehaviour{lab.Hang, lab.Slow} {
				w := newWorld(t, 1, inMode(mode))
				w.fault(0, lab.Fault{Match: call, What: what, Times: 1})
				f := w.open("edge", owner, 50*time.Millisecond)
				o := f.BlockAll(context.Background(), []entity.Target{someTarget(mode)})[0]
				if blocker.ClassOf(o.Err) != blocker.Transient {
					t.Errorf("%s, %s: %v, want a transient error", call, what, o.Err)
				}
				if w.remains(0) && len(o.Receipt.Elements) == 0 {
					t.Errorf("%s, %s: the receipt misses what is on the device", call, what)
				}
			}
		}
	}
}

func TestACancelledCallEndsSoonAndTellsWhatMayBeThere(t *testing.T) {
	for mode, c := range calls {
		for _, call := range c.block {
			w := newWorld(t, 1, inMode(mode))
			w.fault(0, lab.Fault{Match: call, What: lab.Slow, Times: 1})
			ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
			o := w.BlockAll(ctx, []entity.Target{someTarget(mode)})[0]
			cancel()
			if o.Err == nil || (w.remains(0) && len(o.Receipt.Elements) == 0) {
				t.Errorf("%s: %+v with %+v on the device", call, o, w.holds(0))
			}
		}
	}
}

func TestADeviceOffTheNetworkLeavesTheReceiptEmpty(t *testing.T) {
	for mode := range calls {
		w := newWorld(t, 1, inMode(mode))
		w.ends[0].Down(true)
		o := w.BlockAll(context.Background(), []entity.Target{someTarget(mode)})[0]
		if blocker.ClassOf(o.Err) != blocker.Transient || len(o.Receipt.Elements) != 0 {
			t.Errorf("%s: %+v, want a transient error and an empty receipt", mode, o)
		}
	}
}

func TestRefusedCredentialsStopTheQueue(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests} {
		for _, call := range []string{"GET addrgrp", "POST addrgrp", "POST address"} {
			w := newWorld(t, 1)
			w.resetCounters()
			w.fault(0, lab.Fault{Match: call, What: lab.AnswerStatus, Status: status})
			outcomes := w.BlockAll(context.Background(), append(hosts(100), detection(1, "198.51.100.7")))
			for _, o := range outcomes {
				if blocker.ClassOf(o.Err) != blocker.Unauthorized {
					t.Fatalf("%s, %d: %v, want unauthorized for each", call, status, o.Err)
				}
			}
			if got := w.ends[0].Requests()[call]; got > 4 {
				t.Errorf("%s, %d: %d requests were refused, want no more than were in flight", call, status, got)
			}
			if len(w.enforced(0, "Internal-Block"))+len(w.enforced(0, "External-Block")) > 0 {
				t.Errorf("%s, %d: something acts", call, status)
			}
			if !strings.Contains(outcomes[0].Err.Error(), "trusted host") && status != http.StatusTooManyRequests {
				t.Errorf("the error does not say where to look: %v", outcomes[0].Err)
			}
		}
	}
}

func TestAWrongTokenIsShownToTheDeviceOncePerBatch(t *testing.T) {
	w := newWorld(t, 1)
	w.settings.Device[0].Token = secret.New("wrong-token")
	f := w.open("edge", owner, requestTimeout)
	f.BlockAll(context.Background(), hosts(50))
	if got := w.requests(0, false) + w.requests(0, true); got != 1 {
		t.Errorf("%d requests with a wrong token, want 1: three of them lock the address out", got)
	}
}

func TestOneElementThatTheDeviceRefusesDoesNotStopTheOthers(t *testing.T) {
	w := newWorld(t, 1)
	w.fault(0, lab.Fault{Match: "POST address", What: lab.AnswerStatus, Status: 500, Body: `{"status":"error","error":-8}`, Times: 1})
	failed := 0
	for _, o := range w.BlockAll(context.Background(), hosts(20)) {
		if o.Err != nil {
			failed++
			if blocker.ClassOf(o.Err) != blocker.Permanent || len(o.Receipt.Elements) != 0 {
				t.Errorf("got %+v, want a permanent error and an empty receipt", o)
			}
		}
	}
	if failed != 1 || len(w.enforced(0, "Internal-Block")) != 19 {
		t.Errorf("%d failed and %d act, want 1 and 19", failed, len(w.enforced(0, "Internal-Block")))
	}
}
