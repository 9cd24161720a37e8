package reconcile

import (
	"context"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// look is what a pass knows before it acts.
type look struct {
	obs  plan.Observation
	held holdings
	plan plan.Plan
	// tags are those of the entities that were seen, ours included, unless ours said what is held: then they are not
	// kept but made again when somebody asks, which is seldom. See tagsOf.
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
	// untagged are the entities whose tags could not be written, lateTags how many of them there was no time for.
	untagged map[entity.Ref]bool
	lateTags int
	// deadline is when nothing more is begun.
	deadline time.Time
}

// late reports that nothing more is begun.
func (r *Reconciler) late(l *look) bool { return !l.deadline.IsZero() && !r.Now().Before(l.deadline) }

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
	l.arrange()
	if l.tagged, err = r.tagged(ctx, orders); err != nil {
		return nil, err
	}
	r.outlive(l)
	if pol.Changed, err = r.changed(ctx, src, l.obs.Read); err != nil {
		return nil, err
	}
	r.adopt(ctx, l)
	l.lists.also(l.adopt...)
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
		left: left, held: interrupted(held, left), lists: o.Lists, deadline: o.Deadline,
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
	if r.Closed != nil {
		pol.Closed = r.Closed()
	}
	if r.Stops == nil {
		return pol, nil
	}
	var err error
	pol.Stops, err = r.Stops(ctx)
	return pol, err
}

// refsOf are the targets of a source that are held, or that a person decided about: each is asked for.
func refsOf(source string, held holdings, orders []entity.Order) []entity.Ref {
	refs := make([]entity.Ref, 0, len(held)+len(orders))
	for i := range held {
		ref := held[i].Target.Ref
		if ref.Source == source && (len(refs) == 0 || refs[len(refs)-1] != ref) {
			refs = append(refs, ref)
		}
	}
	for _, o := range orders {
		if ref := o.Target.Ref; ref.Source == source && len(held.of(ref)) == 0 {
			refs = append(refs, ref)
		}
	}
	return refs
}
