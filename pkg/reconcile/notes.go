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

func stripsOf(l *look) map[entity.Ref]string {
	strips := make(map[entity.Ref]string, len(l.plan.Strips))
	for _, s := range l.plan.Strips {
		strips[s.Ref] = s.Tag
	}
	return strips
}

// queueStrips queues the notes on block tags that are about to be taken off: before it is done, since
// afterwards nothing shows that it was. A note that an earlier run queued is enough.
func (r *Reconciler) queueStrips(ctx context.Context, source string, l *look) error {
	if len(l.plan.Strips) == 0 {
		return nil
	}
	queue, err := r.Journal.Notes(ctx, source)
	if err != nil {
		return err
	}
	var more []entity.Note
	for _, s := range l.plan.Strips {
		told := func(n entity.Note) bool { return n.Ref == s.Ref && registry.TellsStrip(n.Text, s.Tag) }
		if !slices.ContainsFunc(queue, told) {
			more = append(more, entity.Note{Ref: s.Ref, Text: registry.StripText(r.Now(), s.Tag, s.Release)})
		}
	}
	return r.recorded(ctx, nil, more)
}

// writeNotes writes the queue. A note that an earlier run may have written is looked for first.
func (r *Reconciler) writeNotes(ctx context.Context, src Source, l *look) (left int, err error) {
	queue, err := r.Journal.Notes(ctx, src.Name)
	if err != nil || len(queue) == 0 {
		return 0, err
	}
	waiting := func(n entity.Note) bool { return l.untagged[n.Ref] && r.tellsStrip(n) }
	due := slices.DeleteFunc(slices.Clone(queue), waiting)
	var written []int64
	var problems []error
	for i, err := range each(ctx, due, func(n entity.Note) error { return r.writeNote(ctx, src.Record, n, l) }) {
		if errors.Is(err, dispatch.ErrDeadline) {
			continue
		}
		if err != nil && entity.ClassOf(err) != entity.Absent && entity.ClassOf(err) != entity.Unsupported {
			problems = append(problems, fmt.Errorf("note of %s: %w", due[i].Ref, err))
			continue
		}
		written = append(written, due[i].ID)
	}
	err = r.Journal.NotesWritten(context.WithoutCancel(ctx), written)
	return len(queue) - len(written), errors.Join(errors.Join(problems...), err)
}

func (r *Reconciler) writeNote(ctx context.Context, rec Recorder, n entity.Note, l *look) error {
	switch {
	case r.late(l):
		return dispatch.ErrDeadline
	case r.untrue(n, l):
		return nil
	}
	if n.ID <= l.lastNote {
		there, err := rec.Notes(ctx, n.Ref)
		if err != nil || slices.Contains(there, n.Text) {
			return err
		}
	}
	return rec.AddNote(ctx, n.Ref, n.Text)
}

func (r *Reconciler) tellsStrip(n entity.Note) bool {
	tag := r.Policy.BlockTags[n.Ref.Kind]
	return tag != "" && registry.TellsStrip(n.Text, tag)
}

// untrue is a note of an earlier run on a block tag that it did not come to take off, and that
// may stay now.
func (r *Reconciler) untrue(n entity.Note, l *look) bool {
	_, stripped := stripsOf(l)[n.Ref]
	tags, _ := l.tagsOf(n.Ref)
	return r.tellsStrip(n) && !stripped && slices.Contains(tags, r.Policy.BlockTags[n.Ref.Kind])
}
