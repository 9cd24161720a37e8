// Package reconcile makes the pass over one source: look, decide, act, record.
package reconcile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Journal is the crash-safe record as a pass needs it.
type Journal interface {
	dispatch.Journal
	Holdings(ctx context.Context) ([]entity.Holding, error)
	Adopt(ctx context.Context, held []entity.Holding) error
	Leftovers(ctx context.Context, source string) ([]entity.Leftover, error)
	Recorded(ctx context.Context, intents []int64, notes []entity.Note) error
	Notes(ctx context.Context, source string) ([]entity.Note, error)
	NotesWritten(ctx context.Context, ids []int64) error
}

// Recorder is the writing half of a brain.
type Recorder interface {
	// EditTags adds and removes single tags; an error for each edit, in order.
	EditTags(ctx context.Context, edits []entity.TagEdit) []error
	Notes(ctx context.Context, ref entity.Ref) ([]string, error)
	AddNote(ctx context.Context, ref entity.Ref, text string) error
}

// Source is where targets come from: a brain, or the static list.
type Source struct {
	Name    string
	Observe func(ctx context.Context, held []entity.Ref) plan.Observation
	// Record is nil where there is nothing to write tags and notes to.
	Record Recorder
}

// Reconciler makes passes. One serves all sources.
type Reconciler struct {
	Journal    Journal
	Dispatcher *dispatch.Dispatcher
	Enforcers  []dispatch.Enforcer
	Policy     plan.Policy
	// Labels are those of all configured blockers, also of disabled ones.
	Labels []string
	Now    func() time.Time
	Log    *slog.Logger
	// Progress is told how many items of a source are at hand before they are carried out; nil: nobody asks.
	Progress func(source string, items int)
}

// Report is what a pass over one source found and did.
type Report struct {
	Source  string
	Plan    plan.Plan
	Results []dispatch.Result
	// Strays are receipt labels in the brain's tags that no blocker has, with how many entities bear them.
	Strays map[string]int
	// Err joins what went wrong outside of single items: the journal, tags, notes.
	Err error
	// Notes are how many notes are still to be written.
	Notes int
	// Fatal says that the pass could not be made at all.
	Fatal error
}

// look is what a pass knows before it acts.
type look struct {
	obs  plan.Observation
	held []entity.Holding
	plan plan.Plan
	// tags are all tags of the entities that were seen, ours included.
	tags   map[entity.Ref][]string
	strays map[string]int
	adopt  []entity.Holding
	// open are receipts that nobody can explain; problems tell of them.
	open     map[receipt]bool
	problems []error
	// left is what an earlier run left behind.
	left []entity.Leftover
	// lastNote is the newest note that an earlier run left in the queue, and may have written.
	lastNote int64
}

// Preview plans a pass and changes nothing anywhere.
func (r *Reconciler) Preview(ctx context.Context, src Source) Report {
	l, err := r.look(ctx, src)
	if err != nil {
		return Report{Source: src.Name, Fatal: err}
	}
	return Report{Source: src.Name, Plan: l.plan, Strays: l.strays, Err: errors.Join(l.problems...)}
}

// Pass brings what is held and what the source wants together.
func (r *Reconciler) Pass(ctx context.Context, src Source) Report {
	report := Report{Source: src.Name}
	l, err := r.look(ctx, src)
	if err != nil {
		report.Fatal = err
		return report
	}
	if err := r.recover(ctx, l.left); err != nil {
		report.Fatal = fmt.Errorf("settle what the last run left behind: %w", err)
		return report
	}
	if len(l.adopt) > 0 {
		if err := r.Journal.Adopt(ctx, l.adopt); err != nil {
			report.Fatal = err
			return report
		}
	}
	report.Plan, report.Strays = l.plan, l.strays
	if l.lastNote, err = r.lastNote(ctx, src.Name); err != nil {
		report.Fatal = err
		return report
	}
	report.Results = r.act(ctx, l.plan)
	report.Notes, err = r.record(ctx, src, l, report.Results)
	report.Err = errors.Join(errors.Join(l.problems...), err)
	return report
}

// look observes and decides.
func (r *Reconciler) look(ctx context.Context, src Source) (look, error) {
	held, err := r.Journal.Holdings(ctx)
	if err != nil {
		return look{}, err
	}
	left, err := r.Journal.Leftovers(ctx, src.Name)
	if err != nil {
		return look{}, err
	}
	l := look{
		tags: map[entity.Ref][]string{}, strays: map[string]int{}, open: map[receipt]bool{},
		left: left, held: interrupted(held, left),
	}
	l.obs = src.Observe(ctx, refsOf(src.Name, l.held))
	r.adopt(ctx, &l)
	r.addElements(ctx, &l)
	l.plan = plan.Compute(l.obs, l.held, r.Policy, r.Now())
	for kind, why := range l.obs.Frozen {
		r.Log.Info("kind frozen", "source", src.Name, "kind", string(kind), "error", why)
	}
	return l, nil
}

func (r *Reconciler) lastNote(ctx context.Context, source string) (int64, error) {
	queue, err := r.Journal.Notes(ctx, source)
	if err != nil || len(queue) == 0 {
		return 0, err
	}
	return queue[len(queue)-1].ID, nil
}

// act carries out what the plan changes.
func (r *Reconciler) act(ctx context.Context, p plan.Plan) []dispatch.Result {
	var items []plan.Item
	for _, it := range p.Items {
		if it.Changes() {
			items = append(items, it)
		}
	}
	if r.Progress != nil {
		r.Progress(p.Source, len(items))
	}
	return r.Dispatcher.Carry(ctx, items)
}

func refsOf(source string, held []entity.Holding) []entity.Ref {
	var refs []entity.Ref
	for _, h := range held {
		if h.Target.Source == source {
			refs = append(refs, h.Target.Ref)
		}
	}
	return refs
}

// Failed reports that something of the pass has to be tried again or looked at.
func (r Report) Failed() bool {
	if r.Fatal != nil || r.Err != nil || len(r.Plan.Frozen) > 0 || len(r.Strays) > 0 || r.Notes > 0 {
		return true
	}
	for _, it := range r.Plan.Items {
		if it.Stranded() {
			return true
		}
	}
	for _, res := range r.Results {
		if res.Failed() {
			return true
		}
	}
	return false
}
