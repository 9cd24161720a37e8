package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/view"
)

func (a *App) applyCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use: "apply FILE", Short: "Carry out a plan of var plan -o, as far as the world is still the same", Args: oneArg,
		Long: "apply reads every source again and decides anew. What is decided in the same way, with the same elements, is carried\n" +
			"out, gates or not: a person has seen it. What is decided otherwise by now is refused, with why, and apply exits with 3.\n" +
			"What is in force already is done already: apply may be repeated. Never-block, a pause, a panic and the\n" +
			"window hold, the last one unless it was planned with --ignore-window.",
		Example: "  var plan -o plan.json && less plan.json && var apply plan.json --reason \"looked at with the SOC\"",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.apply(cmd.Context(), args[0], reason) },
	}
	reasonFlag(cmd, &reason)
	a.storeFlags(cmd)
	return cmd
}

func (a *App) apply(ctx context.Context, path, reason string) (err error) {
	f, err := readPlan(path)
	if err != nil {
		return err
	}
	sys, err := a.open(ctx, scope{only: entity.Kinds(), groom: f.Groom, ignoreWindow: f.IgnoreWindow, wait: blockerWait})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sys.close()) }()
	defer sys.inform(ctx)
	sys.endGently(ctx)
	if owner := sys.journal.Owner(); f.Owner != "" && f.Owner != owner {
		return usage(fmt.Errorf("%s was planned by the installation %q, this one is %q", path, f.Owner, owner))
	}
	by := a.by(reason)
	told := fmt.Sprintf("%s, planned at %s", path, view.Stamp(f.Made))
	if err := sys.journal.Tell(ctx, entity.Event{At: by.At, Action: entity.EventApply, Reasons: []string{told}, By: by}); err != nil {
		return err
	}
	approved := newApproval(f)
	reports := sys.passOver(ctx, f, reconcile.Options{Force: &by, Only: approved.allows})
	views := approved.results(f, reports)
	return errors.Join(a.printApplied(views, reports), sys.appliedVerdict(ctx, views, reports))
}

// passOver makes a pass over each source that the plan has something for, side by side.
func (s *system) passOver(ctx context.Context, f planFile, o reconcile.Options) []reconcile.Report {
	o.Deadline = s.deadline(s.app.Now())
	s.warn()
	o.Lists = s.rec.NewLists(true)
	all := s.sources()
	sources := slices.DeleteFunc(slices.Clone(all), func(src reconcile.Source) bool {
		return !slices.ContainsFunc(f.Sources, func(p plannedSource) bool { return p.Source == src.Name && len(p.Items) > 0 })
	})
	if err := s.takeOver(ctx, all); err != nil {
		reports := make([]reconcile.Report, len(sources))
		for i, src := range sources {
			reports[i] = reconcile.Report{Source: src.Name, Fatal: err}
		}
		return reports
	}
	return s.passes(ctx, sources, o, false)
}

// results say of each planned item what became of it.
func (a *approval) results(f planFile, reports []reconcile.Report) []appliedView {
	bySource := map[string]reconcile.Report{}
	for _, r := range reports {
		bySource[r.Source] = r
	}
	var views []appliedView
	for _, s := range f.Sources {
		r, made := bySource[s.Source]
		now, done := indexed(r)
		for _, p := range s.Items {
			v := viewApplied(s.Source, p)
			key := itemKey{p.Target.Ref, p.Blocker}
			switch res, carried := done[key]; {
			case !made:
				v.Result, v.Why = refused, "the source is not configured any more"
			case r.Leased != nil || r.Fatal != nil:
				v.Result, v.Why = "not tried", errorText(errors.Join(r.Leased, r.Fatal))
			case carried && a.passed[key]:
				v.Result, v.Why = resultText(res), errorText(res.Err)+res.HeldBack
			default:
				v.Result, v.Why = settled(p, now[key], r.Plan.Frozen[p.Target.Kind])
			}
			views = append(views, v)
		}
	}
	return views
}

func indexed(r reconcile.Report) (now map[itemKey]*plan.Item, done map[itemKey]dispatch.Result) {
	now, done = map[itemKey]*plan.Item{}, map[itemKey]dispatch.Result{}
	for i, it := range r.Plan.Items {
		now[keyOf(it)] = &r.Plan.Items[i]
	}
	for _, res := range r.Results {
		done[keyOf(res.Item)] = res
	}
	return now, done
}

func viewApplied(source string, p plannedItem) appliedView {
	v := appliedView{
		Source: source, Action: p.Action, Kind: p.Target.Kind, ID: p.Target.ID, Name: p.Target.Name, Blocker: p.Blocker, Elements: p.Elements,
	}
	if p.Action == entity.ActionRelease {
		v.Elements = p.Held
	}
	return v
}

func (a *App) printApplied(views []appliedView, reports []reconcile.Report) error {
	if a.json() {
		return a.printJSON(map[string]any{"schema": 1, "items": views})
	}
	counts := map[string]int{}
	var rows [][]string
	for _, v := range views {
		counts[v.Result]++
		rows = append(rows, []string{
			v.Source, string(v.Action), string(v.Kind), orDash(v.Name), orDash(shortList(v.Elements)), v.Blocker, v.Result, orDash(inert.Line(v.Why)),
		})
	}
	if len(rows) > 0 {
		if err := a.printTable([]string{"SOURCE", "ACTION", "KIND", "NAME", "ELEMENTS", "BLOCKER", "RESULT", "WHY"}, rows); err != nil {
			return err
		}
	}
	for _, r := range reports {
		r.Plan.Items = nil // what was not planned is none of this
		a.printTroubles(r)
	}
	text := counted(counts, "done", already, refused, "not tried", heldBack, "failed", "in part", "pending", "absent", "unsupported")
	if text == "" {
		text = "the plan has nothing to do"
	}
	_, err := fmt.Fprintln(a.Err, "apply: "+text)
	return err
}

// appliedVerdict is the exit code: 3 where something was refused, besides what passes end with.
func (s *system) appliedVerdict(ctx context.Context, views []appliedView, reports []reconcile.Report) error {
	code := codeOf(s.verdictOn(ctx, reports))
	if code == ExitHeld { // what else a gate would hold back was not planned
		code = ExitDone
	}
	for _, v := range views {
		if v.Result == refused || v.Result == heldBack {
			code = worst(code, ExitHeld)
		}
	}
	if code == ExitDone {
		return nil
	}
	return &exit{code, nil}
}
