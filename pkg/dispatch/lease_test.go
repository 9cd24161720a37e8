package dispatch_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

type ctxt = context.Context

func frozenClock() time.Time { return epoch }

// desk hands out leases: what somebody else has is not to be had.
type desk struct {
	mu    sync.Mutex
	taken map[string]bool
	waits []time.Duration
	out   int
}

func (d *desk) Acquire(_ ctxt, name string, wait time.Duration) (func(), error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waits = append(d.waits, wait)
	if d.taken[name] {
		return nil, &entity.LeasedError{Name: name, Holder: "pid 17", Since: epoch}
	}
	d.taken[name] = true
	d.out++
	return func() { d.giveBack(name) }, nil
}

func (d *desk) giveBack(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.out--
	delete(d.taken, name)
}

func TestABlockerThatAnotherProcessHasIsLeftForTheNextPass(t *testing.T) {
	s := newScene(t)
	desk := &desk{taken: map[string]bool{"blocker:edge": true}}
	s.options = dispatch.Options{Leases: desk, LeaseWait: time.Minute}
	elsewhere := blocking("2", "b")
	elsewhere.Blocker = "dc"
	results := s.carry(blocking("1", "a"), elsewhere)
	var leased *entity.LeasedError
	if !errors.As(results[0].Err, &leased) || entity.ClassOf(results[0].Err) != entity.Transient || !strings.Contains(results[0].Err.Error(), "pid 17") {
		t.Errorf("got %v", results[0].Err)
	}
	if results[1].Failed() || !s.dc.holds["b"] || s.edge.asked > 0 || desk.out != 0 {
		t.Errorf("the free blocker: %v, holds %v; %d leases out", results[1].Err, s.dc.holds, desk.out)
	}
	same(t, "waits", []time.Duration{time.Minute, time.Minute}, desk.waits)
	delete(desk.taken, "blocker:edge")
	if res := s.one(blocking("1", "a")); res.Failed() || desk.out != 0 {
		t.Errorf("once it is free: %v, %d leases out", res.Err, desk.out)
	}
}

// patience is more than any machine needs.
const patience = time.Hour

func withdraw(s *scene, d *dispatch.Dispatcher, items ...plan.Item) ([]dispatch.Result, error, error) {
	return d.Withdraw(s.t.Context(), "edge", patience, func(ctxt) ([]plan.Item, error) { return items, nil })
}

// Panic waits for a live holder no longer than the deadline, and goes on beside it.
func TestAWithdrawalGoesOnWithoutTheLease(t *testing.T) {
	s := newScene(t)
	desk := &desk{taken: map[string]bool{"blocker:edge": true}}
	s.options.Leases = desk
	it := held(entity.ActionRelease, "1", "a")
	s.hold(it)
	results, leased, err := withdraw(s, s.dispatcher(), it)
	if err != nil || leased == nil || len(results) != 1 || results[0].Failed() || len(s.devices()) > 0 || len(s.record.held) > 0 {
		t.Errorf("got %+v, leased %v, error %v; devices %v", results, leased, err, s.devices())
	}
	same(t, "waits", []time.Duration{patience}, desk.waits)
}

// A blocker of which nothing answers is given up after one batch; what was not tried says so and stays held.
func TestAWithdrawalGivesUpABlockerThatDoesNotAnswer(t *testing.T) {
	s := newScene(t)
	s.edge.fail[""] = failure(entity.Transient, "")
	items := elements1001(s)
	results, _, err := withdraw(s, s.dispatcher(), items...)
	if err != nil || s.edge.asked != 1 || len(s.record.held) != 1001 {
		t.Fatalf("error %v, asked %d times, %d held", err, s.edge.asked, len(s.record.held))
	}
	if last := results[1000]; !last.Failed() || !strings.Contains(last.Err.Error(), "given up") {
		t.Errorf("got %v", last.Err)
	}
}

// One dead device of two is no reason to leave the other as it is.
func TestAWithdrawalGoesOnWhileOneDeviceAnswers(t *testing.T) {
	s := newScene(t)
	s.edge.fail[""] = failure(entity.Transient, "fw2")
	results, _, _ := withdraw(s, s.dispatcher(), elements1001(s)...)
	for _, res := range results {
		if strings.Contains(res.Err.Error(), "given up") {
			t.Fatalf("got %v", res.Err)
		}
	}
}

// A thousand at once are more than a slow device does within the deadline: batches begin small, and grow while all
// goes quickly.
func TestTheBatchesOfAWithdrawalBeginSmall(t *testing.T) {
	s := newScene(t)
	items := elements1001(s)
	if _, _, err := withdraw(s, s.dispatcher(), items...); err != nil {
		t.Fatal(err)
	}
	var sizes []string
	for _, line := range s.diary.lines {
		if size, calls := strings.CutPrefix(line, "edge: unblock "); calls {
			sizes = append(sizes, size)
		}
	}
	same(t, "sizes", []string{"50", "100", "200", "400", "251"}, sizes)
}

func elements1001(s *scene) []plan.Item {
	var items []plan.Item
	for i := range 1001 {
		it := held(entity.ActionRelease, string(rune('a'+i)), string(rune('a'+i)))
		s.hold(it)
		items = append(items, it)
	}
	return items
}

// Without the deadline a device that hangs would keep a person waiting for ever.
func TestEachBatchOfAWithdrawalHasItsDeadline(t *testing.T) {
	s := newScene(t)
	it := held(entity.ActionRelease, "1", "a")
	s.hold(it)
	s.edge.hold = func(ctx ctxt) { <-ctx.Done() }
	if _, _, err := s.dispatcher().Withdraw(t.Context(), "edge", time.Millisecond, func(ctxt) ([]plan.Item, error) { return []plan.Item{it}, nil }); err != nil {
		t.Error(err)
	}
}

func TestWhatABlockerCannotTakeBackIsToldAndNotTried(t *testing.T) {
	s := newScene(t)
	s.edge.info.NoUndo = true
	it, nothing := held(entity.ActionRelease, "1", "a"), held(entity.ActionRelease, "2")
	nothing.Held.State = entity.Refused
	s.hold(it)
	results, _, _ := withdraw(s, s.dispatcher(), it, nothing)
	if !results[0].Failed() || results[1].Failed() || s.edge.asked > 0 || len(s.record.held) != 1 {
		t.Errorf("got %v, %v; held %v", results[0].Err, results[1].Err, s.record.held)
	}
}

func TestAWithdrawalFromABlockerThatIsNotThereFails(t *testing.T) {
	s := newScene(t)
	results, _, err := s.dispatcher().Withdraw(t.Context(), "gone", time.Second, func(ctxt) ([]plan.Item, error) {
		return []plan.Item{held(entity.ActionRelease, "1", "a")}, nil
	})
	if err != nil || !results[0].Failed() {
		t.Errorf("got %+v, %v", results, err)
	}
	if _, _, err := s.dispatcher().Withdraw(t.Context(), "edge", time.Second, func(ctxt) ([]plan.Item, error) { return nil, errStop }); !errors.Is(err, errStop) {
		t.Errorf("got %v", err)
	}
}
