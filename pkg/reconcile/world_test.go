package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/registry"
)

const hq = "hq"

var epoch = time.Date(2026, 11, 21, 19, 18, 30, 0, time.UTC)

// life is one process: at its n-th step it dies, and nothing that it asks for happens any more.
type life struct {
	mu    sync.Mutex
	steps int
	cut   int // 0: it lives on
}

var errDied = &entity.Error{Class: entity.Unknown, Err: errors.New("the process died here")}

func (l *life) step() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut > 0 && l.steps >= l.cut {
		return errDied
	}
	l.steps++
	return nil
}

// around makes a call that may die before it has an effect, and after.
func (l *life) around(do func() error) error {
	if err := l.step(); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return l.step()
}

// world is a brain, devices and a journal that outlive the processes working on them.
type world struct {
	t       *testing.T
	life    *life
	now     time.Time
	brain   *brain
	devices map[string]*device
	journal *journal.Journal
	policy  plan.Policy
	labels  []string
	// sources are the configured ones; version and selection are what a run goes by.
	sources   []string
	version   string
	selection map[entity.Kind]string
	leases    dispatch.Leases
	stops     plan.Stops
	closed    plan.Closed
	// protect is the never-block set; unplanned: only the door asks it.
	protect   plan.Protector
	unplanned bool
	// late: intents come after the device.
	late bool
	// without are blockers that this run does not have; writes counts changes of the brain and the devices.
	without []string
	writes  int
	mu      sync.Mutex
}

func newWorld(t *testing.T) *world {
	t.Helper()
	j, err := journal.OpenMemory(t.Context(), "site-a")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	w := &world{
		t: t, life: &life{}, now: epoch, journal: j, sources: []string{hq}, version: "1", labels: []string{"Fortinet Client", "PAN Client"},
		policy: plan.Policy{BlockTags: map[entity.Kind]string{entity.KindHost: "block", entity.KindDetection: "block"}},
	}
	w.brain = &brain{world: w, entities: map[entity.Ref]*analysts{}, noBlock: map[string]bool{}, frozen: map[entity.Kind]string{}, refuse: map[string]error{}}
	every := []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection, entity.KindStatic}
	w.devices = map[string]*device{
		"edge": {world: w, info: entity.Blocker{Name: "edge", Plugin: "fortigate", Label: "Fortinet Client", Kinds: every, Powers: []string{"list"}, Devices: []string{"fw1", "fw2"}}},
		"dc":   {world: w, info: entity.Blocker{Name: "dc", Plugin: "paloalto", Label: "PAN Client", Kinds: every[:1], Powers: []string{"list"}, Devices: []string{"pa1"}}},
	}
	for _, d := range w.devices {
		d.holds, d.fail, d.owners = map[string]bool{}, map[string]error{}, map[string]string{}
	}
	return w
}

// run is a fresh process on this world.
func (w *world) run() *reconcile.Reconciler {
	return w.runWith(func(e dispatch.Enforcer) dispatch.Enforcer { return e })
}

// runWith is a process whose blockers are wrapped.
func (w *world) runWith(wrap func(dispatch.Enforcer) dispatch.Enforcer) *reconcile.Reconciler {
	pol := w.policy
	var enforcers []dispatch.Enforcer
	for _, name := range slices.Sorted(maps.Keys(w.devices)) {
		if !slices.Contains(w.without, name) {
			enforcers = append(enforcers, wrap(w.devices[name]))
			pol.Blockers = append(pol.Blockers, w.devices[name].info)
		}
	}
	var j reconcile.Journal = &mortal{w.journal, w.life}
	if w.late {
		j = &tardy{mortal: &mortal{w.journal, w.life}}
	}
	log := slog.New(slog.DiscardHandler)
	clock := func() time.Time { return w.now }
	return &reconcile.Reconciler{
		Journal: j, Dispatcher: dispatch.New(enforcers, j, clock, log, dispatch.Options{Leases: w.leases, Protect: w.protected}), Enforcers: enforcers,
		Policy: pol, Labels: w.labels, Sources: w.sources, Owner: "site-a", Version: w.version, Now: clock, Log: log,
		Protect: w.planned, Leases: w.leases, Stops: func(context.Context) (plan.Stops, error) { return w.stops, nil },
		Closed: func() plan.Closed { return w.closed },
	}
}

func (w *world) protected() plan.Protector { return w.protect }

func (w *world) planned() plan.Protector {
	if w.unplanned {
		return nil
	}
	return w.protect
}

func (w *world) pass() reconcile.Report {
	w.t.Helper()
	return w.passOf(w.run())
}

// good makes a pass that must not fail.
func (w *world) good() reconcile.Report {
	w.t.Helper()
	r := w.pass()
	if r.Failed() {
		w.t.Fatalf("the pass failed: %s", troubles(r))
	}
	return r
}

func troubles(r reconcile.Report) string {
	text := fmt.Sprint(r.Fatal, r.Err, r.Plan.Frozen, r.Strays, " notes left: ", r.Notes)
	for _, res := range r.Results {
		if res.Err != nil {
			text += fmt.Sprintf("\n%s %s on %s: %v", res.Item.Action, res.Item.Target.Ref, res.Item.Blocker, res.Err)
		}
	}
	return text
}

func (w *world) source() reconcile.Source {
	return reconcile.Source{Name: hq, Observe: w.brain.observe, Record: w.brain, Selection: w.selection}
}

func (w *world) wrote() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes++
}

// state is everything that outlives a pass, in words that can be compared.
type state struct {
	Tags    map[string][]string
	Notes   map[string][]string
	Devices map[string][]string
	Held    []entity.Holding
	Left    []entity.Leftover
	Queue   []entity.Note
	Orders  []entity.Order
}

func (w *world) state() state {
	w.t.Helper()
	s := state{Tags: map[string][]string{}, Notes: map[string][]string{}, Devices: map[string][]string{}}
	for ref, e := range w.brain.entities {
		s.Tags[ref.String()], s.Notes[ref.String()] = slices.Sorted(slices.Values(e.tags)), slices.Sorted(slices.Values(e.notes))
	}
	for name, d := range w.devices {
		s.Devices[name] = slices.Sorted(maps.Keys(d.holds))
	}
	var err1, err2, err3, err4 error
	s.Held, err1 = w.journal.Holdings(w.t.Context())
	s.Left, err2 = w.journal.Intents(w.t.Context())
	s.Queue, err3 = w.journal.Notes(w.t.Context(), hq)
	s.Orders, err4 = w.journal.Orders(w.t.Context())
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		w.t.Fatal(err)
	}
	return s
}

// analysts is what stands in the brain for one entity.
type analysts struct {
	target entity.Target
	tags   []string
	notes  []string
	gone   bool
}

// brain is a console in memory, both halves: who carries "block" is wanted.
type brain struct {
	*world
	entities map[entity.Ref]*analysts
	noBlock  map[string]bool
	frozen   map[entity.Kind]string
	// refuse makes a tag, or "note", fail.
	refuse map[string]error
}

func host(id string) entity.Ref { return entity.Ref{Source: hq, Kind: entity.KindHost, ID: id} }

func (b *brain) host(id, ip string, tags ...string) *analysts {
	e := &analysts{target: entity.Target{Ref: host(id), Name: "pc-" + id, Host: &entity.Host{IP: ip}}, tags: tags}
	b.entities[e.target.Ref] = e
	return e
}

func (b *brain) detection(id string, destinations []string, tags ...string) *analysts {
	ref := entity.Ref{Source: hq, Kind: entity.KindDetection, ID: id}
	e := &analysts{target: entity.Target{Ref: ref, Detection: &entity.Detection{Destinations: destinations}}, tags: tags}
	b.entities[ref] = e
	return e
}

func (b *brain) observe(_ context.Context, held []entity.Ref) plan.Observation {
	obs := plan.Observation{
		Source: hq, Read: []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection}, Frozen: maps.Clone(b.frozen),
	}
	for _, ref := range slices.SortedFunc(maps.Keys(b.entities), entity.Ref.Compare) {
		e := b.entities[ref]
		interesting := slices.ContainsFunc(e.tags, func(t string) bool {
			return t == "block" || t == "unblock" || t == registry.Marker(ref.Kind)
		})
		switch {
		case e.gone && slices.Contains(held, ref):
			obs.Gone = append(obs.Gone, ref)
		case !e.gone && (interesting || slices.Contains(held, ref)):
			obs.Seen = append(obs.Seen, b.judge(e))
		}
	}
	return obs
}

func (b *brain) judge(e *analysts) plan.Seen {
	t := e.target
	t.Tags = slices.Clone(e.tags)
	s := plan.Seen{Target: t}
	if slices.Contains(e.tags, "block") {
		s.Matches = []plan.Reason{{Rule: plan.RuleTag, Detail: "block"}}
	}
	if slices.Contains(e.tags, "unblock") {
		s.Release = "unblock"
	}
	if b.noBlock[t.ID] {
		s.NoBlock = "NoBlock"
	}
	return s
}

// EditTags writes tag by tag, so that a process can die between any two.
func (b *brain) EditTags(_ context.Context, edits []entity.TagEdit) []error {
	errs := make([]error, len(edits))
	for i, e := range edits {
		errs[i] = b.edit(e)
	}
	return errs
}

func (b *brain) known(ref entity.Ref) error {
	if e := b.entities[ref]; e == nil || e.gone {
		return &entity.Error{Class: entity.Absent, Err: errors.New("404")}
	}
	return nil
}

func (b *brain) edit(e entity.TagEdit) error {
	entry := b.entities[e.Ref]
	if err := b.known(e.Ref); err != nil {
		return err
	}
	for _, tag := range slices.Concat(e.Add, e.Remove) {
		err := b.life.around(func() error {
			if err := b.refuse[tag]; err != nil {
				return err
			}
			b.wrote()
			entry.tags = slices.DeleteFunc(entry.tags, func(t string) bool { return t == tag })
			if slices.Contains(e.Add, tag) {
				entry.tags = append(entry.tags, tag)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *brain) Notes(_ context.Context, ref entity.Ref) (notes []string, err error) {
	err = b.life.around(func() error {
		b.mu.Lock()
		defer b.mu.Unlock()
		notes = slices.Clone(b.entities[ref].notes)
		return b.known(ref)
	})
	return notes, err
}

func (b *brain) AddNote(_ context.Context, ref entity.Ref, text string) error {
	return b.life.around(func() error {
		if err := errors.Join(b.refuse["note"], b.known(ref)); err != nil {
			return err
		}
		b.wrote()
		b.mu.Lock()
		defer b.mu.Unlock()
		b.entities[ref].notes = append(b.entities[ref].notes, text)
		return nil
	})
}

// passWith makes a pass whose blockers are wrapped.
func (w *world) passWith(wrap func(dispatch.Enforcer) dispatch.Enforcer) reconcile.Report {
	w.t.Helper()
	return w.passOf(w.runWith(wrap))
}

// passOf is a pass of one source that compares, and the sweep after it.
func (w *world) passOf(r *reconcile.Reconciler) reconcile.Report {
	w.t.Helper()
	lists := r.NewLists(true)
	report := r.Pass(w.t.Context(), w.source(), reconcile.Options{Lists: lists})
	swept := r.Sweep(w.t.Context(), reconcile.Options{Lists: lists})
	report.Orphans, report.Err = swept.Orphans, errors.Join(report.Err, swept.Err)
	report.Results = append(report.Results, swept.Results...)
	if report.Fatal == nil {
		report.Fatal = swept.Fatal
	}
	return report
}
