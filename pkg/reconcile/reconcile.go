// Package reconcile makes the pass over one source: look, decide, act, record.
package reconcile

import (
	"context"
	"errors"
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
	// Intents are the leftovers of every source.
	Intents(ctx context.Context) ([]entity.Leftover, error)
	Recorded(ctx context.Context, intents []int64, notes []entity.Note) error
	Notes(ctx context.Context, source string) ([]entity.Note, error)
	NotesWritten(ctx context.Context, ids []int64) error
	Orders(ctx context.Context) ([]entity.Order, error)
	DropOrder(ctx context.Context, ref entity.Ref) error
	Placed(ctx context.Context, blocker string, class entity.Class, elements []string) (map[string]bool, error)
	Tell(ctx context.Context, events ...entity.Event) error
	// Announce remembers a fact and tells events of it, both or neither, where it is another one than was remembered.
	Announce(ctx context.Context, key, value string, events ...entity.Event) (news bool, err error)
	Memory
}

// Memory keeps small facts from one pass to the next.
type Memory interface {
	Recall(ctx context.Context, key string) (value string, ok bool, err error)
	Remember(ctx context.Context, key, value string) error
	Forget(ctx context.Context, key string) error
}

// Recorder is the writing half of a brain.
type Recorder interface {
	// EditTags adds and removes single tags; an error for each edit, in order.
	EditTags(ctx context.Context, edits []entity.TagEdit) []error
	Notes(ctx context.Context, ref entity.Ref) ([]string, error)
	AddNote(ctx context.Context, ref entity.Ref, text string) error
}

// Source is where targets come from: a brain, the static list, or a person.
type Source struct {
	Name    string
	Observe func(ctx context.Context, held []entity.Ref) plan.Observation
	// Record is nil where there is nothing to write tags and notes to.
	Record Recorder
	// Selection is a digest of the settings that decide who matches, by kind; nil: nobody watches them change.
	Selection map[entity.Kind]string
}

// Reconciler makes passes. One serves all sources.
type Reconciler struct {
	Journal    Journal
	Dispatcher *dispatch.Dispatcher
	Enforcers  []dispatch.Enforcer
	Policy     plan.Policy
	// Labels are those of all configured blockers, also of disabled ones.
	Labels []string
	// Sources are the names of all configured sources, also of those that this run leaves out.
	Sources []string
	// Owner marks what this installation puts on devices; Version is the program's.
	Owner, Version string
	// Protect gives the never-block set of now; nil: there is none.
	Protect func() plan.Protector
	// Stops tells what persons stopped; nil: nothing.
	Stops func(context.Context) (plan.Stops, error)
	// Closed tells of the window when a pass decides; nil: it never closes.
	Closed func() plan.Closed
	// Leases of sources are held for a whole pass; nil: no other process is there. LeaseWait is how long
	// another one is waited for.
	Leases    dispatch.Leases
	LeaseWait time.Duration
	// Linger gives the context in which what was done is recorded when that of a pass ends; nil: it ends with it.
	Linger func(context.Context) context.Context
	Now    func() time.Time
	Log    *slog.Logger
	// Progress is told how many items of a source are at hand before they are carried out; nil: nobody asks.
	Progress func(source string, items int)
}

// Options are what one pass does otherwise than any other.
type Options struct {
	// Force is who lifts the gates, and why; nil: nobody.
	Force *entity.By
	// Only says which of the items that change something are carried out; nil: all.
	Only func(plan.Item) bool
	// Lists are shared by the passes that are made at the same time; nil: nothing is compared with devices.
	Lists *Lists
	// Deadline is when nothing more is begun: no batch, no tags, no note. Zero: never. What is under way is not cut.
	Deadline time.Time
}

// Report is what a pass over one source found and did.
type Report struct {
	Source  string
	Plan    plan.Plan
	Results []dispatch.Result
	// Strays are receipt labels in the brain's tags that no blocker has, with how many entities bear them.
	Strays map[string]int
	// Announce are the gates that hold back something else than in the pass before.
	Announce []plan.Gate
	// Orphans are elements on devices that nobody holds; see Reconciler.Sweep.
	Orphans []plan.Orphan
	// Err joins what went wrong outside of single items: the journal, tags, notes.
	Err error
	// Notes are how many notes are still to be written, Tags of how many entities tags were not begun in time.
	Notes int
	Tags  int
	// Leased says who makes a pass over this source right now; nothing was done.
	Leased error
	// Fatal says that the pass could not be made at all.
	Fatal error
	// Seen counts, of each kind that was read completely, the targets for which a rule spoke, or which are held or
	// named by a person.
	Seen map[entity.Kind]int
	// Took is how long the phases took, as far as they were reached.
	Took map[Phase]time.Duration
}

// Failed reports that something of the pass has to be tried again or looked at.
func (r Report) Failed() bool {
	if r.Fatal != nil || r.Err != nil || len(r.Plan.Frozen) > 0 || len(r.Strays) > 0 || r.Notes > 0 || r.Tags > 0 {
		return true
	}
	for i := range r.Plan.Items {
		if r.Plan.Items[i].Stranded() {
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

// Left counts what was not begun before the deadline and is left for the next pass: items, and entities whose tags
// are to be written. Notes are counted apart: they may wait for other reasons too.
func (r Report) Left() int {
	n := r.Tags
	for i := range r.Results {
		if r.Results[i].Left() {
			n++
		}
	}
	return n
}

// WhyLeft is why something was left for the next pass.
func (r Report) WhyLeft() error {
	for i := range r.Results {
		if errors.Is(r.Results[i].Err, dispatch.ErrStopped) {
			return dispatch.ErrStopped
		}
	}
	return dispatch.ErrDeadline
}

// HeldBack reports that a gate or a person kept something from being done. What waits for the window does not count.
func (r Report) HeldBack() bool {
	for i := range r.Plan.Items {
		if it := &r.Plan.Items[i]; it.Gated != "" && !r.Plan.Waits(*it) {
			return true
		}
	}
	for _, res := range r.Results {
		if res.HeldBack != "" {
			return true
		}
	}
	return false
}
