package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/registry"
)

// record writes what was done to the brain: the tags say what is held now, each change has
// one note. It answers with how many notes are still to be written.
func (r *Reconciler) record(ctx context.Context, src Source, l look, results []dispatch.Result) (int, error) {
	done := slices.Concat(untold(l.left), tell(results))
	if src.Record == nil {
		return 0, r.Journal.Recorded(ctx, ids(done), nil)
	}
	failed, tagErr := r.writeTags(ctx, src, l)
	done = slices.DeleteFunc(done, func(t told) bool { return t.released() && failed[t.intent.Target.Ref] })
	queue := slices.Concat(notes(dropGone(done, l.obs.Gone)), r.stripNotes(l.plan.Strips, failed))
	if err := r.Journal.Recorded(ctx, ids(done), queue); err != nil {
		return 0, errors.Join(tagErr, err)
	}
	left, noteErr := r.writeNotes(ctx, src, l)
	return left, errors.Join(tagErr, noteErr)
}

// dropGone leaves out what the brain does not know any more: there is nothing to write a note to.
func dropGone(done []told, gone []entity.Ref) []told {
	return slices.DeleteFunc(slices.Clone(done), func(t told) bool { return slices.Contains(gone, t.intent.Target.Ref) })
}

// writeTags makes the tags of every entity that was seen say what is held, and takes block tags off
// that carry a release tag. Where it failed for a
// release, the record stays open, lest the tags be taken for receipts by the next pass.
func (r *Reconciler) writeTags(ctx context.Context, src Source, l look) (failed map[entity.Ref]bool, err error) {
	held, err := r.Journal.Holdings(ctx)
	if err != nil {
		return nil, err
	}
	byRef := map[entity.Ref][]entity.Holding{}
	for _, h := range held {
		byRef[h.Target.Ref] = append(byRef[h.Target.Ref], h)
	}
	edits := r.edits(l, byRef)
	if len(edits) == 0 {
		return nil, nil
	}
	failed = map[entity.Ref]bool{}
	var problems []error
	for i, err := range src.Record.EditTags(ctx, edits) {
		if err != nil && entity.ClassOf(err) != entity.Absent {
			failed[edits[i].Ref] = true
			problems = append(problems, fmt.Errorf("tags of %s: %w", edits[i].Ref, err))
		}
	}
	return failed, errors.Join(problems...)
}

func (r *Reconciler) edits(l look, held map[entity.Ref][]entity.Holding) []entity.TagEdit {
	strips := map[entity.Ref]string{}
	for _, s := range l.plan.Strips {
		strips[s.Ref] = s.Tag
	}
	var edits []entity.TagEdit
	for _, s := range l.obs.Seen {
		ref := s.Target.Ref
		if _, frozen := l.obs.Frozen[ref.Kind]; frozen || registry.Marker(ref.Kind) == "" {
			continue
		}
		edit := registry.Edit(ref, l.tags[ref], held[ref], r.Labels)
		if tag := strips[ref]; tag != "" {
			edit.Remove = append(edit.Remove, tag)
		}
		if len(edit.Add)+len(edit.Remove) > 0 {
			edits = append(edits, edit)
		}
	}
	return edits
}

func (r *Reconciler) stripNotes(strips []plan.Strip, failed map[entity.Ref]bool) []entity.Note {
	var out []entity.Note
	for _, s := range strips {
		if !failed[s.Ref] {
			out = append(out, entity.Note{Ref: s.Ref, Text: registry.StripText(r.Now(), s.Tag, s.Release)})
		}
	}
	return out
}

// writeNotes writes the queue. A note that an earlier run may have written is looked for first.
func (r *Reconciler) writeNotes(ctx context.Context, src Source, l look) (left int, err error) {
	queue, err := r.Journal.Notes(ctx, src.Name)
	if err != nil {
		return 0, err
	}
	var written []int64
	var problems []error
	for i, err := range each(ctx, queue, func(n entity.Note) error { return r.writeNote(ctx, src.Record, n, l) }) {
		if err != nil && entity.ClassOf(err) != entity.Absent && entity.ClassOf(err) != entity.Unsupported {
			problems = append(problems, fmt.Errorf("note of %s: %w", queue[i].Ref, err))
			continue
		}
		written = append(written, queue[i].ID)
	}
	err = r.Journal.NotesWritten(context.WithoutCancel(ctx), written)
	return len(problems), errors.Join(errors.Join(problems...), err)
}

func (r *Reconciler) writeNote(ctx context.Context, rec Recorder, n entity.Note, l look) error {
	if n.ID <= l.lastNote {
		there, err := rec.Notes(ctx, n.Ref)
		if err != nil || slices.Contains(there, n.Text) {
			return err
		}
	}
	return rec.AddNote(ctx, n.Ref, n.Text)
}
