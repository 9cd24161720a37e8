package reconcile

import (
	"context"
	"slices"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// look is what a pass knows before it acts.
type look struct {
	obs  plan.Observation
	held []entity.Holding
	plan plan.Plan
	// tags are all tags of the entities that were seen, ours included.
	tags   map[entity.Ref][]string
	strays map[string]int
	adopt  []entity.Holding
	// open are receipts that nobody can explain; problems tell of them.
	open     map[receipt]bool
	problems []error
	// left is what an earlier run left behind.
	left []entity.Leftover
	// lastNote is the newest note that an earlier run left in the queue, and may have written.
	lastNote int64
	// lists are what the devices hold.
	lists *Lists
	// tagged are the targets whose release tag was set for a person's order.
	tagged map[entity.Ref]bool
	// untagged are the entities whose tags could not be written.
	untagged map[entity.Ref]bool
}

// look observes and decides.
func (r *Reconciler) look(ctx context.Context, src Source, o Options) (*look, error) {
	l, orders, err := r.remembered(ctx, src, o)
	if err != nil {
		return nil, err
	}
	pol, err := r.policy(ctx, o)
	if err != nil {
		return nil, err
	}
	l.obs = src.Observe(ctx, refsOf(src.Name, l.held, orders))
	l.obs.Orders = orders
	if l.tagged, err = r.tagged(ctx, orders); err != nil {
		return nil, err
	}
	r.outlive(l)
	if pol.Changed, err = r.changed(ctx, src, l.obs.Read); err != nil {
		return nil, err
	}
	r.adopt(ctx, l)
	r.addElements(ctx, l)
	l.lists.before(l.held)
	if l.obs.Devices, err = r.compare(ctx, src.Name, l.lists); err != nil {
		return nil, err
	}
	l.plan = plan.Compute(l.obs, l.held, pol, r.Now())
	l.plan.Strips = append(l.plan.Strips, r.orderStrips(l)...)
	if err := r.findLost(ctx, l); err != nil {
		return nil, err
	}
	for kind, why := range l.obs.Frozen {
		r.Log.Info("kind frozen", "source", src.Name, "kind", string(kind), "error", why)
	}
	return l, nil
}

// remembered is what the journal says of a source.
func (r *Reconciler) remembered(ctx context.Context, src Source, o Options) (*look, []entity.Order, error) {
	held, err := r.Journal.Holdings(ctx)
	if err != nil {
		return nil, nil, err
	}
	left, err := r.Journal.Leftovers(ctx, src.Name)
	if err != nil {
		return nil, nil, err
	}
	orders, err := r.Journal.Orders(ctx)
	if err != nil {
		return nil, nil, err
	}
	l := &look{
		tags: map[entity.Ref][]string{}, strays: map[string]int{}, open: map[receipt]bool{},
		left: left, held: interrupted(held, left), lists: o.Lists,
	}
	if l.lists == nil {
		l.lists = r.NewLists(false)
	}
	return l, slices.DeleteFunc(orders, func(o entity.Order) bool { return o.Target.Source != src.Name }), nil
}

// policy is how this pass decides.
func (r *Reconciler) policy(ctx context.Context, o Options) (plan.Policy, error) {
	pol := r.Policy
	pol.Force = o.Force != nil
	if r.Protect != nil {
		pol.Protect = r.Protect()
	}
	if r.Stops == nil {
		return pol, nil
	}
	var err error
	pol.Stops, err = r.Stops(ctx)
	return pol, err
}

// refsOf are the targets of a source that are held, or that a person decided about: each is asked for.
func refsOf(source string, held []entity.Holding, orders []entity.Order) []entity.Ref {
	var refs []entity.Ref
	asked := map[entity.Ref]bool{}
	add := func(ref entity.Ref) {
		if ref.Source == source && !asked[ref] {
			asked[ref] = true
			refs = append(refs, ref)
		}
	}
	for _, h := range held {
		add(h.Target.Ref)
	}
	for _, o := range orders {
		add(o.Target.Ref)
	}
	return refs
}
