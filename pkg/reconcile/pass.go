package reconcile

import (
	"context"
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Preview plans a pass and changes nothing anywhere.
func (r *Reconciler) Preview(ctx context.Context, src Source, o Options) Report {
	l, err := r.look(ctx, src, o)
	if err != nil {
		return Report{Source: src.Name, Fatal: err}
	}
	l.lists.expect(l.plan.Items)
	return Report{Source: src.Name, Plan: l.plan, Strays: l.strays, Err: errors.Join(l.problems...)}
}

// Pass brings what is held and what the source wants together.
func (r *Reconciler) Pass(ctx context.Context, src Source, o Options) Report {
	leave, report := r.enter(ctx, src)
	if leave == nil {
		return report
	}
	defer leave()
	lap := r.laps(&report)
	l, err := r.look(ctx, src, o)
	lap(PhaseLook)
	if ctx.Err() != nil {
		err = dispatch.Stopped(ctx) // whatever was not read then says nothing
	}
	if err == nil {
		err = r.settle(ctx, src, l)
	}
	if err == nil {
		err = r.tellForce(ctx, src.Name, l.plan, o)
	}
	if err != nil {
		report.Fatal = err
		return report
	}
	report.Plan, report.Strays, report.Seen = l.plan, l.strays, seen(l.obs)
	report.Results = r.act(ctx, l.plan, o)
	lap(PhaseAct)
	report.Notes, err = r.record(r.lingering(ctx), src, l, report.Results)
	report.Tags = l.lateTags
	lap(PhaseRecord)
	announce, told := r.conclude(ctx, src, l, report.Results, o)
	report.Announce = announce
	report.Err = errors.Join(errors.Join(l.problems...), err, told)
	return report
}

// lingering is the context of what is recorded.
func (r *Reconciler) lingering(ctx context.Context) context.Context {
	if r.Linger == nil {
		return ctx
	}
	return r.Linger(ctx)
}

// enter takes the lease of a source. Without it the report says why there is no pass.
func (r *Reconciler) enter(ctx context.Context, src Source) (leave func(), report Report) {
	report = Report{Source: src.Name}
	if r.Leases == nil {
		return func() {}, report
	}
	leave, err := r.Leases.Acquire(ctx, "source:"+src.Name, r.LeaseWait)
	var leased *entity.LeasedError
	switch {
	case errors.As(err, &leased):
		report.Leased = err
	case err != nil:
		report.Fatal = err
	}
	return leave, report
}

// settle brings the journal up to what was seen, before anything is done.
func (r *Reconciler) settle(ctx context.Context, src Source, l *look) (err error) {
	if err := r.recover(ctx, l.left); err != nil {
		return fmt.Errorf("settle what the last run left behind: %w", err)
	}
	if len(l.adopt) > 0 {
		if err := r.Journal.Adopt(ctx, l.adopt); err != nil {
			return err
		}
	}
	l.lastNote, err = r.lastNote(ctx, src.Name)
	return err
}

func (r *Reconciler) lastNote(ctx context.Context, source string) (int64, error) {
	queue, err := r.Journal.Notes(ctx, source)
	if err != nil || len(queue) == 0 {
		return 0, err
	}
	return queue[len(queue)-1].ID, nil
}

// act carries out what the plan changes.
func (r *Reconciler) act(ctx context.Context, p plan.Plan, o Options) []dispatch.Result {
	var items []plan.Item
	for i := range p.Items {
		if it := &p.Items[i]; it.Changes() && (o.Only == nil || o.Only(*it)) {
			items = append(items, *it)
		}
	}
	if r.Progress != nil {
		r.Progress(p.Source, len(items))
	}
	return r.Dispatcher.Carry(ctx, items, o.Deadline)
}
