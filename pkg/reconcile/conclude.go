package reconcile

import (
	"context"
	"errors"
	"slices"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// conclude writes down what the next pass has to know of this one, and answers with the gates that are to be
// announced. A pass of which only some items were carried out leaves what it went by open.
func (r *Reconciler) conclude(ctx context.Context, src Source, l *look, results []dispatch.Result, o Options) ([]plan.Gate, error) {
	ctx = context.WithoutCancel(ctx)
	announce, err := r.announce(ctx, src.Name, l.plan)
	errs := []error{err, r.dropOrders(ctx, l)}
	if o.Only == nil {
		errs = append(errs, r.rememberSettings(ctx, src, l), r.rememberSerials(ctx, src.Name, l, results), r.rememberRead(ctx, src, l))
	}
	return announce, errors.Join(errs...)
}

// tellForce keeps in the history who lifts which gates, and why: before anything is done, since a run may die over it.
func (r *Reconciler) tellForce(ctx context.Context, source string, p plan.Plan, o Options) error {
	if o.Force == nil || len(p.Lifted) == 0 {
		return nil
	}
	event := r.gateEvent(entity.EventForce, source, p.Lifted...)
	event.By = *o.Force
	return r.Journal.Tell(ctx, event)
}

// gateEvent is about the source, and about the kind of the gates where that is one.
func (r *Reconciler) gateEvent(action, source string, gates ...plan.Gate) entity.Event {
	e := entity.Event{At: r.Now(), Action: action, Ref: entity.Ref{Source: source, Kind: gates[0].Kind}, Name: source}
	for _, g := range gates {
		if g.Kind != e.Ref.Kind {
			e.Ref.Kind = ""
		}
		e.Reasons = append(e.Reasons, g.Why)
	}
	return e
}

func gateKey(source string, k entity.Kind, direction string) string {
	return "gate:" + source + ":" + string(k) + ":" + direction
}

// announce gives the gates that hold back something else than before, and keeps them in the history.
func (r *Reconciler) announce(ctx context.Context, source string, p plan.Plan) (news []plan.Gate, err error) {
	for _, k := range append(entity.Kinds(), "") {
		for _, direction := range []string{plan.DirectionBlock, plan.DirectionRelease} {
			i := slices.IndexFunc(p.Gates, func(g plan.Gate) bool { return g.Kind == k && g.Direction == direction })
			if i < 0 {
				err = errors.Join(err, r.forget(ctx, gateKey(source, k, direction)))
				continue
			}
			event := r.gateEvent(entity.EventGate, source, p.Gates[i])
			is, problem := r.Journal.Announce(ctx, gateKey(source, k, direction), p.Digest(k, direction), event)
			if err = errors.Join(err, problem); is {
				news = append(news, p.Gates[i])
			}
		}
	}
	return news, err
}

// forget drops a fact where there is one.
func (r *Reconciler) forget(ctx context.Context, key string) error {
	_, known, err := r.Journal.Recall(ctx, key)
	if err != nil || !known {
		return err
	}
	return r.Journal.Forget(ctx, key)
}
