package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/registry"
)

// forgotten is what is taken off the records.
type forgotten struct {
	held []entity.Holding
	// rest is what stays held on other devices once those that are gone are forgotten.
	rest []entity.Holding
	// labels are those of the receipt tags that go; refs restricts them to some entities, nil: all.
	labels map[string]bool
	refs   map[entity.Ref]bool
}

// forget takes stranded holdings and receipt tags off the records, without touching a device.
func (s *system) forget(ctx context.Context, o releaseOptions) error {
	held, err := s.journal.Holdings(ctx)
	if err != nil {
		return err
	}
	f, err := s.ofLabel(held, o.label)
	if o.blocker != "" {
		f, err = s.ofBlocker(held, o.blocker)
	}
	if err != nil {
		return err
	}
	if len(f.held)+len(f.rest) == 0 {
		fmt.Fprintf(s.app.Err, "nothing is held under%s; only receipt tags are looked for\n", quoted(f.labels))
	}
	question := fmt.Sprintf("forget %d targets and the receipt tags labelled%s, whatever is still on their devices?",
		len(f.held)+len(f.rest), quoted(f.labels))
	if err := s.app.confirm(ctx, question, o.yes); err != nil {
		return err
	}
	if err := s.strike(ctx, f, s.app.by(o.reason)); err != nil {
		return err
	}
	return s.untag(ctx, f)
}

// strike takes it off the journal.
func (s *system) strike(ctx context.Context, f forgotten, by entity.By) error {
	if err := s.journal.Drop(ctx, f.held, by); err != nil {
		return err
	}
	for _, h := range f.held {
		fmt.Fprintf(s.app.Err, "forgotten: %s %s on %s: %s\n", h.Target.Ref, inert.Text(h.Target.Name), h.Blocker, shortList(h.Receipt.Elements))
	}
	if err := s.journal.Adopt(ctx, f.rest); err != nil {
		return err
	}
	var events []entity.Event
	for _, h := range f.rest {
		fmt.Fprintf(s.app.Err, "forgotten: %s %s on devices of %s that are gone; still held on %s\n",
			h.Target.Ref, inert.Text(h.Target.Name), h.Blocker, strings.Join(h.Devices, ", "))
		events = append(events, entity.Event{
			At: by.At, Action: entity.EventForget, Ref: h.Target.Ref, Name: h.Target.Name, Blocker: h.Blocker, By: by,
			Reasons: []string{"devices that are not configured"},
		})
	}
	return s.journal.Tell(ctx, events...)
}

func quoted(labels map[string]bool) string {
	text := ""
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		text += fmt.Sprintf(" %q", label)
	}
	return text
}

// ofBlocker is what is stranded under a blocker: everything when it is not configured, else what it cannot undo.
func (s *system) ofBlocker(held []entity.Holding, name string) (forgotten, error) {
	f := forgotten{labels: map[string]bool{}, refs: map[entity.Ref]bool{}}
	_, configured := s.cfg.Blockers[name]
	now := s.described(name)
	for _, h := range held {
		if h.Blocker != name {
			continue
		}
		rest, stranded := whatStays(h, now, configured)
		switch {
		case stranded && rest != nil:
			f.rest = append(f.rest, *rest)
		case stranded:
			f.held = append(f.held, h)
			f.labels[h.Label], f.refs[h.Target.Ref] = true, true
		}
	}
	switch {
	case len(f.held)+len(f.rest) > 0:
		return f, nil
	case configured:
		return f, fmt.Errorf("%s is configured and nothing that it holds is stranded: \"var release --blocker %s\" releases it", name, name)
	}
	return f, fmt.Errorf("nothing is held on a blocker %q; \"var status\" shows what is", name)
}

// described is a blocker as it is now; of one that is not running nothing is known.
func (s *system) described(name string) entity.Blocker {
	for _, b := range s.rec.Policy.Blockers {
		if b.Name == name {
			return b
		}
	}
	return entity.Blocker{Name: name}
}

// whatStays says whether a holding is stranded, and what is left of it on devices that are still there; nil is nothing.
func whatStays(h entity.Holding, b entity.Blocker, configured bool) (rest *entity.Holding, stranded bool) {
	if !configured || h.Elsewhere(b.Place) != "" {
		return nil, true
	}
	gone := plan.Without(entity.Union(h.Devices, h.Missing), b.Devices)
	if len(b.Devices) == 0 || len(gone) == 0 {
		return nil, false
	}
	h.Devices, h.Missing = plan.Without(h.Devices, gone), plan.Without(h.Missing, gone)
	if h.State == entity.Releasing && len(h.Missing) == 0 || len(h.Devices)+len(h.Missing) == 0 {
		return nil, true
	}
	return &h, true
}

// ofLabel is what bears a label that no blocker has.
func (s *system) ofLabel(held []entity.Holding, label string) (forgotten, error) {
	f := forgotten{labels: map[string]bool{label: true}}
	if label != "" && slices.Contains(s.fleet.labels, label) {
		return f, usage(fmt.Errorf("--label %q is the label of a blocker that is configured: nothing under it is stranded", label))
	}
	for _, h := range held {
		if _, configured := s.cfg.Blockers[h.Blocker]; h.Label == label && !configured {
			f.held = append(f.held, h)
		}
	}
	return f, nil
}

// untag takes the receipt tags off the brains that can be reached.
func (s *system) untag(ctx context.Context, f forgotten) error {
	held, err := s.journal.Holdings(ctx)
	if err != nil {
		return err
	}
	failed, count := false, 0
	for _, src := range s.sources() {
		if src.Record == nil {
			continue
		}
		n, err := s.untagOne(ctx, src, f, held)
		count += n
		if n > 0 {
			fmt.Fprintf(s.app.Err, "%s: receipt tags of %d entities taken off\n", src.Name, n)
		}
		if err != nil {
			failed = true
			fmt.Fprintf(s.app.Err, "%s: receipt tags may stay, say it again when it can be reached: %s\n", src.Name, inert.Line(err.Error()))
		}
	}
	switch {
	case failed:
		return &exit{ExitPartial, nil}
	case len(f.held)+len(f.rest)+count == 0:
		return fmt.Errorf("no record and no tag bears the label%s: nothing was forgotten", quoted(f.labels))
	}
	return nil
}

func (s *system) untagOne(ctx context.Context, src reconcile.Source, f forgotten, held []entity.Holding) (int, error) {
	leave, err := s.journal.Acquire(ctx, "source:"+src.Name, s.sourceWait)
	if err != nil {
		return 0, err
	}
	defer leave()
	obs := src.Observe(ctx, slices.Collect(maps.Keys(f.refs)))
	var errs []error
	for kind, why := range obs.Frozen {
		errs = append(errs, fmt.Errorf("%ss: %s", kind, why))
	}
	edits := f.edits(obs, held)
	n := 0
	for _, err := range src.Record.EditTags(ctx, edits) {
		if errs = append(errs, err); err == nil {
			n++
		}
	}
	return n, errors.Join(errs...)
}

// edits take off receipts of these labels, and the marker where nothing else is held; no tag is added.
func (f forgotten) edits(obs plan.Observation, held []entity.Holding) []entity.TagEdit {
	byRef := map[entity.Ref][]entity.Holding{}
	for _, h := range held {
		byRef[h.Target.Ref] = append(byRef[h.Target.Ref], h)
	}
	var edits []entity.TagEdit
	for _, seen := range obs.Seen {
		ref := seen.Target.Ref
		if f.refs != nil && !f.refs[ref] {
			continue
		}
		edit := registry.Edit(ref, seen.Target.Tags, byRef[ref], func(label, _ string) bool { return f.labels[label] })
		if edit.Add = nil; len(edit.Remove) > 0 {
			edits = append(edits, edit)
		}
	}
	return edits
}
