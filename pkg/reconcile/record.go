package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/registry"
)

// record writes what was done to the brain: the tags say what is held now, each change has
// one note. It answers with how many notes are still to be written.
func (r *Reconciler) record(ctx context.Context, src Source, l *look, results []dispatch.Result) (int, error) {
	done := slices.Concat(untold(l.left), tell(results))
	if src.Record == nil {
		return 0, r.recorded(ctx, ids(done), nil)
	}
	if err := r.queueStrips(ctx, src.Name, l); err != nil {
		return 0, err
	}
	tagErr, err := r.writeTags(ctx, src, l)
	if err != nil {
		return 0, err
	}
	done = slices.DeleteFunc(done, func(t told) bool {
		ref := t.intent.Target.Ref
		return t.released() && (l.untagged[ref] || !l.obs.Whole(ref.Kind))
	})
	if err := r.recorded(ctx, ids(done), notes(dropGone(done, l.obs.Gone))); err != nil {
		return 0, errors.Join(tagErr, err)
	}
	left, noteErr := r.writeNotes(ctx, src, l)
	return left, errors.Join(tagErr, noteErr)
}

// recorded ends intents and queues notes, where there are any.
func (r *Reconciler) recorded(ctx context.Context, intents []int64, queue []entity.Note) error {
	if len(intents)+len(queue) == 0 {
		return nil
	}
	return r.Journal.Recorded(ctx, intents, queue)
}

// dropGone leaves out what the brain does not know any more: there is nothing to write a note to.
func dropGone(done []told, gone []entity.Ref) []told {
	unknown := make(map[entity.Ref]bool, len(gone))
	for _, ref := range gone {
		unknown[ref] = true
	}
	return slices.DeleteFunc(slices.Clone(done), func(t told) bool { return unknown[t.intent.Target.Ref] })
}

// writeTags makes the tags of every entity that was seen say what is held, and takes block tags off
// that carry a release tag. Where it failed for a release, the record stays open, lest the tags be
// taken for receipts by the next pass.
func (r *Reconciler) writeTags(ctx context.Context, src Source, l *look) (problems, err error) {
	held, err := r.Journal.Holdings(ctx)
	if err != nil {
		return nil, err
	}
	edits := r.edits(l, held)
	if len(edits) == 0 {
		return nil, nil
	}
	l.untagged = map[entity.Ref]bool{}
	if r.late(l) {
		l.leaveTags(edits)
		return nil, nil
	}
	if err := r.rememberTags(ctx, l); err != nil {
		return nil, err
	}
	for i, err := range src.Record.EditTags(ctx, edits) {
		if err != nil && entity.ClassOf(err) != entity.Absent {
			l.untagged[edits[i].Ref] = true
			problems = errors.Join(problems, fmt.Errorf("tags of %s: %w", edits[i].Ref, err))
		}
	}
	return problems, nil
}

// leaveTags leaves tags for the next pass.
func (l *look) leaveTags(edits []entity.TagEdit) {
	for _, e := range edits {
		l.untagged[e.Ref] = true
	}
	l.lateTags = len(edits)
}

// edits are the changes of tags that bring what is held now and what was seen together.
func (r *Reconciler) edits(l *look, held holdings) []entity.TagEdit {
	mine, strips, released, ordered := r.mine(l), stripsOf(l), l.released(), r.orderEdits(l)
	heldOf, heldBefore := held.walk(), l.held.walk()
	var edits []entity.TagEdit
	for i := range l.obs.Seen {
		ref := l.obs.Seen[i].Target.Ref
		if !l.obs.Whole(ref.Kind) || registry.Marker(ref.Kind) == "" {
			continue
		}
		now, was := heldOf(ref), heldBefore(ref)
		_, differ := l.tags[ref]
		if _, more := ordered[ref]; !differ && !more && strips[ref] == "" && sameElements(was, now) {
			continue
		}
		tags := l.tagsAt(i)
		edit := registry.Edit(ref, tags, now, mine(ref))
		if len(now) == 0 && (released[ref] || l.marked(ref)) {
			edit.Remove = append(edit.Remove, orphan(ref.Kind, tags)...)
		}
		if tag := strips[ref]; tag != "" {
			edit.Remove = append(edit.Remove, tag)
		}
		edit.Add, edit.Remove = append(edit.Add, ordered[ref].Add...), append(edit.Remove, ordered[ref].Remove...)
		if len(edit.Add)+len(edit.Remove) > 0 {
			edits = append(edits, edit)
		}
	}
	return edits
}

// sameElements reports that the tags for one set of holdings are those for another.
func sameElements(a, b []entity.Holding) bool {
	return slices.EqualFunc(a, b, func(x, y entity.Holding) bool {
		return x.Label == y.Label && slices.Equal(x.Receipt.Elements, y.Receipt.Elements) && (x.State == entity.Refused) == (y.State == entity.Refused)
	})
}

// mine says which receipts of an entity this run speaks for: those under the labels of its blockers, of now
// and of when it was blocked. What a disabled blocker left there stays, and what nobody can explain.
func (r *Reconciler) mine(l *look) func(entity.Ref) func(label, element string) bool {
	running, labels := map[string]bool{}, []string(nil)
	for _, e := range r.Enforcers {
		running[e.Info().Name] = true
		labels = append(labels, e.Info().Label)
	}
	return func(ref entity.Ref) func(label, element string) bool {
		former := func(label string) bool {
			return slices.ContainsFunc(l.held.of(ref), func(h entity.Holding) bool { return h.Label == label && running[h.Blocker] })
		}
		return func(label, element string) bool {
			return !l.open[receipt{ref, label, element}] && (slices.Contains(labels, label) || former(label))
		}
	}
}

// released are the targets that an earlier run released. It may have died when it had taken the receipts off.
func (l *look) released() map[entity.Ref]bool {
	ours := map[entity.Ref]bool{}
	for _, left := range l.left {
		if left.Settled && left.Done == entity.ActionRelease {
			ours[left.Intent.Target.Ref] = true
		}
	}
	return ours
}

// marked reports that the marker of a target is ours, also where no receipt stands beside it: an earlier run may
// have died before it had written one.
func (l *look) marked(ref entity.Ref) bool {
	return slices.ContainsFunc(l.held.of(ref), func(h entity.Holding) bool { return h.State != entity.Refused })
}

// orphan is the marker of an entity that has no receipt.
func orphan(k entity.Kind, tags []string) []string {
	record := registry.Decode(k, tags)
	if record.Marked && len(record.Receipts) == 0 {
		return []string{registry.Marker(k)}
	}
	return nil
}
