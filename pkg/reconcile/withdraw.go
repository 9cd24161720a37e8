package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Withdrawal is what became of taking everything off the devices of one blocker.
type Withdrawal struct {
	Blocker string
	Results []dispatch.Result
	Devices []DeviceAnswer
	// Leased says who worked on the blocker at the same time; nil: nobody.
	Leased error
	// Err says why nothing, or not all of it, could be tried.
	Err error
}

// DeviceAnswer is what one device said: how many blocks came off, how many did not, and why the first of those.
type DeviceAnswer struct {
	Device    string
	Off, Left int
	Problem   string
}

// Failed reports that something may still be on a device.
func (w Withdrawal) Failed() bool {
	return w.Err != nil || slices.ContainsFunc(w.Results, dispatch.Result.Failed)
}

// Withdraw takes off the named blockers all that is held there for any source, from the journal alone; all that
// hold something when none is named. Neither brain nor name service is asked. It is for panic: the flag that
// refuses new intents is set before. Another process is waited for no longer than the deadline, and so is each
// batch; a blocker that does not answer keeps no other from being cleared. Where a blocker can list, it is asked
// afterwards for what came too late. Tags and notes follow with the next pass.
func (r *Reconciler) Withdraw(ctx context.Context, blockers []string, by entity.By, deadline time.Duration) ([]Withdrawal, error) {
	if len(blockers) == 0 {
		held, err := r.everything(ctx)
		if err != nil {
			return nil, err
		}
		blockers = r.holding(held)
	}
	all := make([]Withdrawal, len(blockers))
	var wg sync.WaitGroup
	for i, name := range blockers {
		wg.Go(func() { all[i] = r.withdraw(ctx, name, by, deadline) })
	}
	wg.Wait()
	return all, r.forget(context.WithoutCancel(ctx), enforcementKey) // it told of what was
}

// holding are the blockers that hold something, and those that may be asked whether they do.
func (r *Reconciler) holding(held holdings) []string {
	var names []string
	for i := range held {
		if name := held[i].Blocker; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, e := range r.Enforcers {
		names = append(names, e.Info().Name)
	}
	return entity.Union(names)
}

func (r *Reconciler) withdraw(ctx context.Context, name string, by entity.By, deadline time.Duration) Withdrawal {
	w := Withdrawal{Blocker: name}
	info := r.info(name)
	w.Results, w.Leased, w.Err = r.Dispatcher.Withdraw(ctx, name, deadline, func(ctx context.Context) ([]plan.Item, error) {
		return r.holdingsOf(ctx, info, by)
	})
	if silent := len(w.Results) > 0 && !slices.ContainsFunc(w.Results, done); !silent {
		late, err := r.withdrawLate(ctx, info, deadline)
		w.Results, w.Err = append(w.Results, late...), errors.Join(w.Err, err)
	}
	w.Devices = answers(info, w.Results)
	return w
}

// info describes a blocker; of one that is not configured only its name is known.
func (r *Reconciler) info(name string) entity.Blocker {
	for _, e := range r.Enforcers {
		if info := e.Info(); info.Name == name {
			return info
		}
	}
	return entity.Blocker{Name: name}
}

// holdingsOf is one item for each holding of a blocker. What an intent may have put there is held from now on, so that
// the process that wrote it, should it live, cannot settle it in another way.
func (r *Reconciler) holdingsOf(ctx context.Context, b entity.Blocker, by entity.By) ([]plan.Item, error) {
	left, err := r.Journal.Intents(ctx)
	if err != nil {
		return nil, err
	}
	mine := slices.DeleteFunc(left, func(o entity.Leftover) bool { return o.Intent.Blocker != b.Name || ofSweep(o) })
	if err := r.recover(ctx, mine); err != nil {
		return nil, err
	}
	held, err := r.Journal.Holdings(ctx)
	if err != nil {
		return nil, err
	}
	var items []plan.Item
	for i := range held {
		if held[i].Blocker == b.Name {
			items = append(items, withdrawn(&held[i], by))
		}
	}
	return items, nil
}

func withdrawn(h *entity.Holding, by entity.By) plan.Item {
	return plan.Item{
		Action: entity.ActionRelease, Target: &h.Target, Blocker: h.Blocker, Label: h.Label, Held: h, Leaves: h.Receipt.Elements,
		Reasons: []plan.Reason{{Rule: plan.RulePerson, Detail: panicText(by)}},
	}
}

func panicText(by entity.By) string {
	text := "panic by " + by.Who
	if by.Reason != "" {
		text += ": " + by.Reason
	}
	return text
}

// withdrawLate takes off what the devices still list of ours: a process that was at work may have put it there after
// the journal was read.
func (r *Reconciler) withdrawLate(ctx context.Context, b entity.Blocker, deadline time.Duration) ([]dispatch.Result, error) {
	if !b.Has("list") {
		return nil, nil
	}
	timed, cancel := context.WithTimeoutCause(ctx, deadline, fmt.Errorf("no list within %s", deadline))
	defer cancel()
	inventories, err := r.NewLists(false).of(timed, b.Name)
	if err != nil {
		return nil, fmt.Errorf("what its devices hold now is not known: %w", err)
	}
	held, err := r.everything(ctx)
	if err != nil {
		return nil, err
	}
	orphans, err := r.orphans(ctx, map[string][]entity.Inventory{b.Name: inventories}, held)
	items := takeOff(orphans)
	if err != nil || len(items) == 0 {
		return nil, err
	}
	results, _, err := r.Dispatcher.Withdraw(ctx, b.Name, deadline, func(context.Context) ([]plan.Item, error) { return items, nil })
	return results, errors.Join(err, r.recorded(context.WithoutCancel(ctx), ids(tell(results)), nil))
}

// answers sorts results by device. A failure that names none is every device's.
func answers(b entity.Blocker, results []dispatch.Result) []DeviceAnswer {
	names := b.Devices
	if len(names) == 0 {
		names = []string{b.Name}
	}
	all := make([]DeviceAnswer, len(names))
	for i, name := range names {
		all[i].Device = name
		for _, res := range results {
			all[i].count(res)
		}
	}
	return all
}

func (a *DeviceAnswer) count(res dispatch.Result) {
	if problem := problemOn(a.Device, res); problem != "" {
		a.Left++
		if a.Problem == "" {
			a.Problem = problem
		}
		return
	}
	a.Off++
}

// problemOn is why one device still has something; empty when it has not.
func problemOn(device string, res dispatch.Result) string {
	if !res.Failed() {
		return ""
	}
	named := false
	for _, e := range entity.Errors(res.Err) {
		if e.Device == device {
			return e.Error()
		}
		named = named || e.Device != ""
	}
	if named {
		return ""
	}
	return res.Err.Error()
}
