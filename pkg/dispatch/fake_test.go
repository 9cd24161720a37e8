package dispatch_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

var epoch = time.Date(2026, 11, 21, 19, 18, 30, 0, time.UTC)

var quiet = slog.New(slog.DiscardHandler)

// diary is the order in which things happened, of all parts of a test.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) write(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

// device is a blocker in memory: what it holds, and what it answers for an element.
type device struct {
	info  entity.Blocker
	diary *diary
	// fail is the error for an element, or for "" every one; after is how many calls fail before it ends.
	fail  map[string]error
	after int
	// hold, when set, is waited for in Block.
	hold func(ctx context.Context)
	// until is when its blocks expire; pending, that it only queues them.
	until   time.Time
	pending bool
	// yields is what a block puts in place instead of what the target says; knows is what Elements tells of targets.
	yields []string
	knows  map[string][]string

	mu    sync.Mutex
	holds map[string]bool
	asked int
	// raw are the raw objects that came with targets, by id.
	raw map[string]string
}

func newDevice(name string, d *diary) *device {
	return &device{
		info:  entity.Blocker{Name: name, Label: name + " label", Devices: []string{"fw1", "fw2"}},
		diary: d, fail: map[string]error{}, holds: map[string]bool{}, raw: map[string]string{},
	}
}

// read notes what a target brings with it.
func (d *device) read(t entity.Target) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.raw[t.ID] = string(t.Raw())
}

func (d *device) Info() entity.Blocker { return d.info }

func (d *device) Block(ctx context.Context, targets []entity.Target) []entity.Outcome {
	d.begin("block", len(targets))
	if d.hold != nil {
		d.hold(ctx)
	}
	out := make([]entity.Outcome, len(targets))
	for i, t := range targets {
		d.read(t)
		out[i].Pending = d.pending
		for _, e := range append(elementsOf(t), d.yields...) {
			if err := d.problem(e); err != nil {
				out[i].Err = errors.Join(out[i].Err, err)
				continue
			}
			d.mu.Lock()
			d.holds[e] = true
			d.mu.Unlock()
			out[i].Receipt.Elements = append(out[i].Receipt.Elements, e)
			out[i].Receipt.Until = d.until
		}
	}
	return out
}

func (d *device) Unblock(ctx context.Context, releases []entity.Release) []error {
	d.begin("unblock", len(releases))
	if d.hold != nil {
		d.hold(ctx)
	}
	errs := make([]error, len(releases))
	for i, r := range releases {
		d.read(r.Target)
		gone := r.Receipt.Elements
		if r.Receipt.Empty() {
			gone = d.knows[r.Target.ID]
		}
		for _, e := range gone {
			if err := d.problem(e); err != nil {
				errs[i] = errors.Join(errs[i], err)
				continue
			}
			d.mu.Lock()
			delete(d.holds, e)
			d.mu.Unlock()
		}
	}
	return errs
}

func (d *device) begin(what string, n int) {
	d.diary.write("%s: %s %d", d.info.Name, what, n)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked++
}

func (d *device) problem(element string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.after > 0 && d.asked > d.after {
		return nil
	}
	if err := d.fail[element]; err != nil {
		return err
	}
	return d.fail[""]
}

func (d *device) Elements(_ context.Context, targets []entity.Target) ([][]string, error) {
	answers := make([][]string, len(targets))
	for i, t := range targets {
		answers[i] = d.knows[t.ID]
	}
	return answers, nil
}

func (d *device) List(context.Context) ([]entity.Inventory, error) { return nil, nil }

func elementsOf(t entity.Target) []string { return t.Destinations() }

// record is a journal in memory.
type record struct {
	diary *diary
	fail  map[string]error
	stop  error

	mu      sync.Mutex
	held    map[string]entity.Holding
	intents map[int64]entity.Intent
	// problems are what settlements said that left nothing held.
	problems []string
	next     int64
}

func newRecord(d *diary) *record {
	return &record{diary: d, fail: map[string]error{}, held: map[string]entity.Holding{}, intents: map[int64]entity.Intent{}}
}

func key(ref entity.Ref, blocker string) string { return ref.String() + " on " + blocker }

func (r *record) Begin(ctx context.Context, intents []entity.Intent) error {
	if err := errors.Join(r.fail["begin"], ctx.Err(), r.stopped(intents)); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range intents {
		r.next++
		intents[i].ID = r.next
		r.intents[r.next] = intents[i]
	}
	r.diary.write("%s: intend %d", intents[0].Blocker, len(intents))
	return nil
}

// stopped refuses a batch as the journal does.
func (r *record) stopped(intents []entity.Intent) error {
	for _, in := range intents {
		switch {
		case in.Action == entity.ActionRelease:
		case errors.Is(r.stop, entity.ErrPanic), errors.Is(r.stop, entity.ErrPaused) && in.Action == entity.ActionBlock && in.Receipt.Empty():
			return fmt.Errorf("%w by anna", r.stop)
		}
	}
	return nil
}

func (r *record) Settle(ctx context.Context, ends []entity.Settlement) error {
	if err := errors.Join(r.fail["settle"], ctx.Err()); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range ends {
		k := key(s.Intent.Target.Ref, s.Intent.Blocker)
		delete(r.intents, s.Intent.ID)
		if s.Holding == nil {
			r.problems = append(r.problems, s.Problem)
			delete(r.held, k)
		} else {
			r.held[k] = *s.Holding
		}
	}
	r.diary.write("%s: settle %d", ends[0].Intent.Blocker, len(ends))
	return nil
}

func (r *record) Holders(_ context.Context, blocker string, class entity.Class, elements []string) (map[string][]entity.Ref, error) {
	if err := r.fail["holders"]; err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	who := map[string][]entity.Ref{}
	for _, h := range r.held {
		for _, e := range h.Receipt.Elements {
			if h.Blocker == blocker && h.Class() == class && slices.Contains(elements, e) {
				who[e] = append(who[e], h.Target.Ref)
			}
		}
	}
	return who, nil
}

func (r *record) Raws(_ context.Context, blocker string, refs []entity.Ref) (map[entity.Ref]json.RawMessage, error) {
	if err := r.fail["raws"]; err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	raws := map[entity.Ref]json.RawMessage{}
	for _, ref := range refs {
		h := r.held[key(ref, blocker)]
		if raw := h.Target.Raw(); raw != nil {
			raws[ref] = raw
		}
	}
	return raws, nil
}

// scene is a dispatcher with two blockers and a journal.
type scene struct {
	t        *testing.T
	diary    *diary
	edge, dc *device
	record   *record
	retry    *dispatch.RetryPolicy
	options  dispatch.Options
	until    time.Time
	// now is the time, which goes on when somebody says so.
	now atomic.Int64
}

func (s *scene) clock() time.Time { return epoch.Add(time.Duration(s.now.Load())) }

func newScene(t *testing.T) *scene {
	d := &diary{}
	return &scene{t: t, diary: d, edge: newDevice("edge", d), dc: newDevice("dc", d), record: newRecord(d)}
}

func (s *scene) dispatcher() *dispatch.Dispatcher {
	var all []dispatch.Enforcer
	for _, d := range []*device{s.edge, s.dc} {
		if s.retry != nil {
			all = append(all, dispatch.Retry(d, *s.retry))
		} else {
			all = append(all, d)
		}
	}
	return dispatch.New(all, s.record, s.clock, quiet, s.options)
}

func (s *scene) carry(items ...plan.Item) []dispatch.Result {
	return s.dispatcher().Carry(s.t.Context(), items, s.until)
}

// one carries out a single item.
func (s *scene) one(it plan.Item) dispatch.Result { return s.carry(it)[0] }

// hold puts a holding into the journal and its elements onto edge.
func (s *scene) hold(it plan.Item) {
	s.record.held[key(it.Target.Ref, it.Blocker)] = entity.Holding{
		Target: *it.Target, Blocker: it.Blocker, Receipt: it.Receipt(), State: it.State(),
	}
	for _, e := range it.Receipt().Elements {
		s.edge.holds[e] = true
	}
}

func (s *scene) devices() []string {
	var all []string
	for e := range s.edge.holds {
		all = append(all, e)
	}
	slices.Sort(all)
	return all
}

func target(id string, elements ...string) entity.Target {
	return entity.Target{
		Ref:       entity.Ref{Source: "hq", Kind: entity.KindDetection, ID: id},
		Detection: &entity.Detection{Destinations: elements},
	}
}

var reasons = []plan.Reason{{Rule: plan.RuleTag, Detail: "block"}}

func blocking(id string, elements ...string) plan.Item {
	t := target(id, elements...)
	return plan.Item{Action: entity.ActionBlock, Target: &t, Blocker: "edge", Label: "edge label", Elements: elements, Reasons: reasons}
}

// held is an item about what is held already.
func held(action entity.Action, id string, elements ...string) plan.Item {
	it := blocking(id, elements...)
	it.Action = action
	it.Held = &entity.Holding{
		Target: *it.Target, Blocker: it.Blocker, Label: it.Label, Receipt: entity.Receipt{Elements: elements},
		State: entity.Complete, Asserted: epoch.Add(-time.Hour),
	}
	return it
}

func failure(class entity.ErrorClass, device string) error {
	return &entity.Error{Class: class, Device: device, Err: errors.New("said " + string(class))}
}
