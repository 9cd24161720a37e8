package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// What an attempt to block leaves held, row by row of the table beside the code.
func TestWhatABlockLeavesHeld(t *testing.T) {
	type want struct {
		state    entity.State // empty: nothing is held
		elements []string
		done     entity.Action
		failed   bool
	}
	twoDevices := errors.Join(failure(entity.Absent, "fw1"), failure(entity.Transient, "fw2"))
	partial := func(it plan.Item) plan.Item { it.Held.State = entity.Partial; return it }
	untold := func(it plan.Item) plan.Item { it.Held.State, it.Held.Asserted = entity.Partial, time.Time{}; return it }
	unproven := func(it plan.Item) plan.Item { it.Held.Receipt = entity.Receipt{}; return untold(it) }
	refused := func(it plan.Item) plan.Item {
		it.Held.State, it.Held.Receipt = entity.Refused, entity.Receipt{}
		return it
	}
	tests := map[string]struct {
		item plan.Item
		fail map[string]error
		want want
	}{
		"no error":                    {blocking("1", "a", "b"), nil, want{entity.Complete, []string{"a", "b"}, entity.ActionBlock, false}},
		"in part":                     {blocking("1", "a", "b"), map[string]error{"b": failure(entity.Transient, "fw2")}, want{entity.Partial, []string{"a"}, entity.ActionBlock, true}},
		"permanent in part":           {blocking("1", "a", "b"), map[string]error{"b": failure(entity.Permanent, "fw2")}, want{entity.Partial, []string{"a"}, entity.ActionBlock, true}},
		"nothing done":                {blocking("1", "a"), map[string]error{"": failure(entity.Transient, "fw2")}, want{failed: true}},
		"full":                        {blocking("1", "a"), map[string]error{"": failure(entity.Capacity, "fw2")}, want{failed: true}},
		"an error without a class":    {blocking("1", "a"), map[string]error{"": errors.New("?")}, want{failed: true}},
		"unknown":                     {blocking("1", "a", "b"), map[string]error{"": failure(entity.Unknown, "")}, want{entity.Partial, []string{"a", "b"}, entity.ActionBlock, true}},
		"unsupported":                 {blocking("1", "a"), map[string]error{"": failure(entity.Unsupported, "")}, want{state: entity.Refused}},
		"unsupported in part":         {blocking("1", "a", "b"), map[string]error{"b": failure(entity.Unsupported, "")}, want{entity.Complete, []string{"a"}, entity.ActionBlock, false}},
		"absent":                      {blocking("1", "a"), map[string]error{"": failure(entity.Absent, "fw1")}, want{}},
		"absent in part":              {blocking("1", "a", "b"), map[string]error{"b": failure(entity.Absent, "fw1")}, want{entity.Partial, []string{"a"}, entity.ActionBlock, false}},
		"absent here, failed there":   {blocking("1", "a"), map[string]error{"": twoDevices}, want{failed: true}},
		"held before, failed":         {partial(held(entity.ActionBlock, "1", "a")), map[string]error{"": failure(entity.Transient, "fw2")}, want{entity.Partial, []string{"a"}, "", true}},
		"held before, absent":         {partial(held(entity.ActionBlock, "1", "a")), map[string]error{"": failure(entity.Absent, "fw2")}, want{entity.Partial, []string{"a"}, "", false}},
		"held in part, completed":     {partial(held(entity.ActionBlock, "1", "a")), nil, want{entity.Complete, []string{"a"}, "", false}},
		"an end that nobody saw":      {untold(held(entity.ActionBlock, "1", "a")), nil, want{entity.Complete, []string{"a"}, entity.ActionBlock, false}},
		"still no end in sight":       {untold(held(entity.ActionBlock, "1", "a")), map[string]error{"": failure(entity.Transient, "fw2")}, want{entity.Partial, []string{"a"}, "", true}},
		"held, nothing there, failed": {unproven(held(entity.ActionBlock, "1", "a")), map[string]error{"": failure(entity.Transient, "fw2")}, want{entity.Partial, nil, "", true}},
		"refused before, done now":    {refused(held(entity.ActionBlock, "1", "a")), nil, want{entity.Complete, []string{"a"}, entity.ActionBlock, false}},
		"refused before, failed now":  {refused(held(entity.ActionBlock, "1", "a")), map[string]error{"": failure(entity.Transient, "")}, want{failed: true}},
		"renewed":                     {held(entity.ActionRenew, "1", "a"), nil, want{entity.Complete, []string{"a"}, "", false}},
		"not renewed":                 {held(entity.ActionRenew, "1", "a"), map[string]error{"": failure(entity.Transient, "")}, want{entity.Partial, []string{"a"}, "", true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.edge.fail = tt.fail
			res := s.one(tt.item)
			got := want{done: res.Done, failed: res.Failed()}
			if h, is := s.record.held[key(tt.item.Target.Ref, "edge")]; is {
				got.state, got.elements = h.State, h.Receipt.Elements
				same(t, "holding of the result", &h, res.Holding)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			if len(s.record.intents) > 0 {
				t.Errorf("open intents %v", s.record.intents)
			}
		})
	}
}

func TestAHoldingSaysWhichDevicesConfirmedIt(t *testing.T) {
	for name, tt := range map[string]struct {
		err                error
		confirmed, missing []string
	}{
		"all":                      {nil, []string{"fw1", "fw2"}, nil},
		"one failed":               {failure(entity.Transient, "fw2"), []string{"fw1"}, []string{"fw2"}},
		"one does not know it":     {failure(entity.Absent, "fw2"), []string{"fw1"}, nil},
		"one cannot do all of it":  {failure(entity.Unsupported, "fw2"), []string{"fw1", "fw2"}, nil},
		"who failed is not known":  {failure(entity.Transient, ""), nil, nil},
		"both failed, one of them": {errors.Join(failure(entity.Transient, "fw2"), failure(entity.Capacity, "fw1")), nil, []string{"fw1", "fw2"}},
	} {
		s := newScene(t)
		s.edge.fail["b"] = tt.err
		h := s.one(blocking("1", "a", "b")).Holding
		same(t, name+": confirmed", tt.confirmed, h.Devices)
		same(t, name+": missing", tt.missing, h.Missing)
		if (h.Problem == "") != (tt.err == nil) {
			t.Errorf("%s: problem %q", name, h.Problem)
		}
		if cannot := entity.ClassOf(tt.err) == entity.Unsupported; h.Lacks("fw2", "b") != cannot || h.Lacks("fw1", "b") {
			t.Errorf("%s: unable %v", name, h.Unable)
		}
	}
}

// A repair that brings back less than is held would else be made again in every pass.
func TestWhatARepairDoesNotBringBackIsNotMissedAgain(t *testing.T) {
	s := newScene(t)
	it := held(entity.ActionRepair, "1", "a")
	it.Held.Receipt.Elements = []string{"a", "former"}
	h := s.one(it).Holding
	same(t, "still held", []string{"a", "former"}, h.Receipt.Elements)
	if !h.Lacks("fw1", "former") || h.Lacks("fw1", "a") {
		t.Errorf("unable %v", h.Unable)
	}
}

func TestWhatWasRefusedIsOnNoDevice(t *testing.T) {
	s := newScene(t)
	s.edge.fail[""] = failure(entity.Unsupported, "fw2")
	if h := s.one(blocking("1", "a")).Holding; h.State != entity.Refused || len(h.Devices) > 0 || h.Problem == "" {
		t.Errorf("held %+v", h)
	}
}

func TestAQueuedBlockIsPending(t *testing.T) {
	s := newScene(t)
	s.edge.pending = true
	if res := s.one(blocking("1", "a")); res.Holding.State != entity.Pending || res.Done != entity.ActionBlock || res.Failed() {
		t.Errorf("got %+v", res)
	}
	s.edge.fail["b"] = failure(entity.Transient, "fw2")
	if res := s.one(blocking("1", "a", "b")); res.Holding.State != entity.Partial {
		t.Errorf("queued here, failed there: %s", res.Holding.State)
	}
}

// A device may let blocks expire sooner than before, or not at all any more: the last word counts.
func TestTheLastWordOnExpiryCounts(t *testing.T) {
	for name, until := range map[string]time.Time{"sooner": epoch.Add(time.Minute), "later": epoch.Add(48 * time.Hour), "never": {}} {
		s := newScene(t)
		s.edge.until = until
		it := held(entity.ActionRenew, "1", "a")
		it.Held.Receipt.Until = epoch.Add(time.Hour)
		if got := s.one(it).Holding.Receipt.Until; !got.Equal(until) {
			t.Errorf("%s: until %v, want %v", name, got, until)
		}
	}
}

func TestTheFirstFormerStateWins(t *testing.T) {
	s := newScene(t)
	it := held(entity.ActionBlock, "1", "a")
	it.Held.Receipt.Former, it.Held.State = "profile-a", entity.Partial
	if got := s.one(it).Holding.Receipt.Former; got != "profile-a" {
		t.Errorf("former %q", got)
	}
}

// Promise 3: what is about to happen stands in the journal before any device is touched.
func TestTheIntentComesFirst(t *testing.T) {
	s := newScene(t)
	release := held(entity.ActionRelease, "2", "z")
	s.hold(release)
	s.carry(blocking("1", "a"), release)
	want := []string{"edge: intend 1", "edge: block 1", "edge: settle 1", "edge: intend 1", "edge: unblock 1", "edge: settle 1"}
	same(t, "order", want, s.diary.lines)
}

func TestWithoutAJournalNoDeviceIsTouched(t *testing.T) {
	broken := errors.New("disk full")
	for _, call := range []string{"begin", "holders"} {
		s := newScene(t)
		release, groom := held(entity.ActionRelease, "2", "z"), held(entity.ActionGroom, "3", "x")
		s.hold(release)
		s.hold(groom)
		now := target("3", "y")
		groom.Elements, groom.Target = []string{"y"}, &now
		s.record.fail[call] = broken
		for _, res := range s.carry(blocking("1", "a"), release, groom) {
			touched := call == "holders" && res.Item.Action == entity.ActionBlock
			if !touched && (!errors.Is(res.Err, broken) || res.Done != "") {
				t.Errorf("%s: %s answers %v, %q", call, res.Item.Action, res.Err, res.Done)
			}
		}
		if call == "begin" {
			same(t, "devices", []string{"x", "z"}, s.devices())
		}
		if slices.Contains(s.diary.lines, "edge: unblock 1") {
			t.Errorf("%s: a device was asked to release", call)
		}
	}
}

// What a device did and the journal could not take is told by nobody: the intent stays open for the next run.
func TestWhatCouldNotBeSettledStaysOpen(t *testing.T) {
	s := newScene(t)
	s.record.fail["settle"] = errors.New("disk full")
	res := s.one(blocking("1", "a"))
	if !res.Failed() || res.Done != "" || len(s.record.intents) != 1 {
		t.Errorf("got %v %q, %d open", res.Err, res.Done, len(s.record.intents))
	}
}

func TestABadTargetDoesNotStopItsBatch(t *testing.T) {
	s := newScene(t)
	s.edge.fail["bad"] = failure(entity.Permanent, "fw1")
	results := s.carry(blocking("1", "a"), blocking("2", "bad"), blocking("3", "c"))
	for i, failed := range []bool{false, true, false} {
		if results[i].Failed() != failed || results[i].Item.Target.ID != fmt.Sprint(i+1) {
			t.Errorf("%d: %+v", i, results[i])
		}
	}
	same(t, "devices", []string{"a", "c"}, s.devices())
}

func TestAnUnknownBlockerFailsAlone(t *testing.T) {
	s := newScene(t)
	it := blocking("1", "a")
	it.Blocker = "nobody"
	results := s.carry(it, blocking("2", "b"))
	if !results[0].Failed() || !strings.Contains(results[0].Err.Error(), "nobody") || results[1].Failed() {
		t.Errorf("got %v, %v", results[0].Err, results[1].Err)
	}
}

// One blocker that hangs does not delay the others.
func TestBlockersWorkSideBySide(t *testing.T) {
	s := newScene(t)
	finished := make(chan struct{})
	s.edge.hold = func(context.Context) { <-finished }
	s.dc.hold = func(context.Context) { close(finished) } // edge ends only after dc was reached
	other := blocking("1", "a")
	other.Blocker = "dc"
	for _, res := range s.carry(blocking("1", "a"), other) {
		if res.Failed() {
			t.Error(res.Err)
		}
	}
}

func TestABatchCarriesAThousand(t *testing.T) {
	s := newScene(t)
	var items []plan.Item
	for i := range 2100 {
		items = append(items, blocking(fmt.Sprint(i), fmt.Sprint("e", i)))
	}
	for i, res := range s.carry(items...) {
		if res.Failed() || res.Item.Target.ID != fmt.Sprint(i) || res.Holding.Receipt.Elements[0] != fmt.Sprint("e", i) {
			t.Fatalf("result %d is %+v", i, res)
		}
	}
	blocks := slices.DeleteFunc(s.diary.lines, func(l string) bool { return !strings.HasPrefix(l, "edge: block") })
	same(t, "calls", []string{"edge: block 1000", "edge: block 1000", "edge: block 100"}, blocks)
}

var errStop = errors.New("interrupted")

func TestWhatAStopLeavesUndoneSaysSo(t *testing.T) {
	s := newScene(t)
	ctx, stop := context.WithCancelCause(t.Context())
	s.edge.hold = func(context.Context) { stop(errStop) }
	var items []plan.Item
	for i := range 1001 {
		items = append(items, blocking(fmt.Sprint(i), fmt.Sprint("e", i)))
	}
	release, move := held(entity.ActionRelease, "r", "z"), groom()
	s.hold(release)
	s.hold(move)
	results := s.dispatcher().Carry(ctx, append(items, release, move), time.Time{})
	for i, res := range results {
		started := i < 1000 // the first batch ends in an orderly way, and is settled
		if started != (res.Done == entity.ActionBlock) || started == res.Left() || !started && !errors.Is(res.Err, errStop) {
			t.Fatalf("result %d: %q, %v", i, res.Done, res.Err)
		}
	}
	if !s.edge.holds["z"] || !s.edge.holds["old"] || len(s.record.intents) > 0 {
		t.Errorf("devices %v, open %v", s.devices(), s.record.intents)
	}
}

// Passes of different sources take turns on a blocker.
func TestABlockerHasOneQueue(t *testing.T) {
	s := newScene(t)
	d := s.dispatcher()
	inside, ctx := make(chan struct{}), t.Context()
	leave := make(chan struct{})
	s.edge.hold = func(context.Context) {
		close(inside)
		<-leave
	}
	first := make(chan []dispatch.Result)
	go func() { first <- d.Carry(ctx, []plan.Item{blocking("1", "a")}, time.Time{}) }()
	<-inside
	waiting, stop := context.WithCancelCause(ctx)
	stop(errStop)
	res := d.Carry(waiting, []plan.Item{blocking("2", "b")}, time.Time{})[0]
	if !errors.Is(res.Err, errStop) || s.edge.asked != 1 {
		t.Errorf("got %v after %d calls", res.Err, s.edge.asked)
	}
	s.edge.hold = nil
	close(leave)
	if res := (<-first)[0]; res.Failed() {
		t.Error(res.Err)
	}
}

func TestWhatMustNotBeRepeatedAndMayBeDoneSaysSo(t *testing.T) {
	s := newScene(t)
	s.edge.info.NoRepeat = true
	s.edge.fail[""] = failure(entity.Unknown, "")
	if h := s.one(blocking("1", "a")).Holding; h.State != entity.Partial || !strings.Contains(h.Problem, "must not be repeated") {
		t.Errorf("held %+v", h)
	}
}

func TestABlockThatLeavesNothingTellsTheHistoryWhy(t *testing.T) {
	s := newScene(t)
	s.edge.fail[""] = failure(entity.Capacity, "fw1")
	if h := s.one(blocking("1", "a")).Holding; h != nil {
		t.Fatalf("%v is held", h)
	}
	if len(s.record.problems) != 1 || !strings.Contains(s.record.problems[0], "fw1") {
		t.Errorf("the history would tell %q", s.record.problems)
	}
}
