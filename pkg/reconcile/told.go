package reconcile

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/registry"
)

// told is a change that a note is due for.
type told struct {
	intent  entity.Intent
	action  entity.Action
	partial bool
}

// released reports that elements were taken away, which tags may still name.
func (t told) released() bool {
	return t.action == entity.ActionRelease || t.action == entity.ActionGroom
}

func tell(results []dispatch.Result) []told {
	var done []told
	for _, res := range results {
		if res.Done != "" {
			done = append(done, told{intent: res.Intent, action: res.Done, partial: res.Partial()})
		}
	}
	return done
}

func ids(done []told) []int64 {
	out := make([]int64, len(done))
	for i, t := range done {
		out[i] = t.intent.ID
	}
	return out
}

// notes makes one note for each target and action: its time is that of the first intent. A move is told when
// the old elements are off; until then each pass tries again, and none is worth a note.
func notes(done []told) []entity.Note {
	type key struct {
		ref    entity.Ref
		action entity.Action
	}
	var order []key
	byKey := map[key][]told{}
	for _, t := range done {
		if t.action == entity.ActionGroom && t.partial {
			continue
		}
		k := key{t.intent.Target.Ref, t.action}
		if byKey[k] == nil {
			order = append(order, k)
		}
		byKey[k] = append(byKey[k], t)
	}
	out := make([]entity.Note, len(order))
	for i, k := range order {
		out[i] = entity.Note{Ref: k.ref, Text: noteText(byKey[k])}
	}
	return out
}

// noteText is the same whichever of the blockers was told of first. What was done again after a run that died is
// told once, as it ended.
func noteText(done []told) string {
	slices.SortStableFunc(done, func(a, b told) int {
		return cmp.Or(cmp.Compare(a.intent.Blocker, b.intent.Blocker), a.intent.At.Compare(b.intent.At))
	})
	at := done[0].intent.At
	var changes []registry.Change
	for i, t := range done {
		if t.intent.At.Before(at) {
			at = t.intent.At
		}
		if i+1 < len(done) && done[i+1].intent.Blocker == t.intent.Blocker {
			continue
		}
		changes = append(changes, registry.Change{Action: t.action, Blocker: t.intent.Blocker, Reasons: t.intent.Reasons, Partial: t.partial})
	}
	return registry.NoteText(at, changes)
}

// parallelNotes is how many notes are under way at once; the console bounds its requests itself.
const parallelNotes = 32

// each does all at once, bounded, errors in order.
func each[T any](ctx context.Context, all []T, do func(T) error) []error {
	errs := make([]error, len(all))
	var g errgroup.Group
	g.SetLimit(parallelNotes)
	for i, one := range all {
		g.Go(func() error {
			if errs[i] = ctx.Err(); errs[i] == nil {
				errs[i] = do(one)
			}
			return nil
		})
	}
	_ = g.Wait()
	return errs
}
