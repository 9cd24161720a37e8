package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/view"
)

func (a *App) whyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "why TARGET", Short: "Show why a target is blocked or not: every rule, gate, holder and device, and what was done", Args: oneArg,
		Long: "why asks the brains, decides as a pass would, and shows for TARGET which rules match and which do not, with the values;\n" +
			"who or what spares it; what the next pass does; what is held where, for whom and since when; and its history. It changes\n" +
			"nothing. A brain that is down is told, and the journal answers, with how old that is. TARGET is a name, an address, an id,\n" +
			"source/kind/id, a domain, or what a device holds.",
		Example: "  var why ws-fin-042\n  var why 10.20.30.42\n  var why c2.example.org --output json\n  var why hq/detection/2589",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.why(cmd.Context(), args[0]) },
	}
}

func (a *App) why(ctx context.Context, text string) (err error) {
	sys, err := a.open(ctx, scope{only: entity.Kinds(), dry: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sys.close()) }()
	sys.warn()
	q, err := sys.inquire(ctx, text)
	if err != nil {
		return err
	}
	v, err := q.view(ctx)
	if err != nil {
		return err
	}
	if err := a.printWhy(v); err != nil {
		return err
	}
	if len(v.Problems) > 0 {
		return &exit{ExitPartial, nil}
	}
	if len(v.Targets) == 0 && v.NeverBlock == "" && len(v.History) == 0 {
		return &exit{ExitError, nil}
	}
	return nil
}

// inquiry is what is found out about what a text means.
type inquiry struct {
	*system
	text   string
	record view.Record
	// looks are what each source says now, by source; known are entities that a brain was asked for.
	looks    map[string]*look
	known    []entity.Target
	problems []error
}

// look is one source as a pass would see it.
type look struct {
	obs    plan.Observation
	report reconcile.Report
}

func (s *system) inquire(ctx context.Context, text string) (*inquiry, error) {
	q := &inquiry{system: s, text: text, looks: map[string]*look{}}
	var err error
	if q.record, err = view.ReadRecord(ctx, s.journal, s.app.Now()); err != nil {
		return nil, err
	}
	q.known, q.problems = s.search(ctx, text, brainKinds)
	q.look(ctx)
	q.problems = causesOnce(q.problems)
	return q, nil
}

// look previews a pass over every source, in which what is asked about is asked for too.
func (q *inquiry) look(ctx context.Context) {
	lists := q.rec.NewLists(true)
	var wg sync.WaitGroup
	for _, src := range q.sources() {
		l := &look{}
		q.looks[src.Name] = l
		observe := src.Observe
		src.Observe = func(ctx context.Context, held []entity.Ref) plan.Observation {
			for _, t := range q.known {
				if t.Source == src.Name && !slices.Contains(held, t.Ref) {
					held = append(held, t.Ref)
				}
			}
			l.obs = observe(ctx, held)
			return l.obs
		}
		wg.Go(func() { l.report = q.rec.Preview(ctx, src, reconcile.Options{Lists: lists}) })
	}
	wg.Wait()
	for _, name := range slices.Sorted(maps.Keys(q.looks)) {
		l := q.looks[name]
		if l.report.Fatal != nil {
			q.problems = append(q.problems, fmt.Errorf("%s: %w", name, l.report.Fatal))
		}
		for _, kind := range slices.Sorted(maps.Keys(l.obs.Frozen)) {
			q.problems = append(q.problems, fmt.Errorf("%s: %ss could not be read: %s", name, kind, l.obs.Frozen[kind]))
		}
	}
}

// targets are all that the text means: recorded, known to a brain, or seen by a source.
func (q *inquiry) targets() []entity.Target {
	m := view.NewMeaning(q.text)
	byRef := map[entity.Ref]entity.Target{}
	for _, t := range q.record.Meant(q.text) {
		byRef[t.Ref] = t
	}
	for _, t := range q.known {
		byRef[t.Ref] = t
	}
	for _, l := range q.looks {
		for _, s := range l.obs.Seen {
			if _, is := byRef[s.Target.Ref]; is || m.Target(s.Target) {
				byRef[s.Target.Ref] = s.Target
			}
		}
	}
	return slices.SortedFunc(maps.Values(byRef), func(a, b entity.Target) int { return a.Ref.Compare(b.Ref) })
}

// seen is what its source says of a target now; nil when it could not be asked or does not say anything.
func (q *inquiry) seen(ref entity.Ref) *plan.Seen {
	l := q.looks[ref.Source]
	if l == nil || !l.obs.Whole(ref.Kind) {
		return nil
	}
	i := slices.IndexFunc(l.obs.Seen, func(s plan.Seen) bool { return s.Target.Ref == ref })
	if i < 0 {
		return nil
	}
	return &l.obs.Seen[i]
}
