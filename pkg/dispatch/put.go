package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// put blocks a batch: never-block, intents, devices, settlements.
func (d *Dispatcher) put(ctx context.Context, e Enforcer, results []Result, part []int) {
	raws, err := d.rawsOf(ctx, e, results, part)
	if err != nil {
		fail(results, part, err)
		return
	}
	part, intents := d.begin(ctx, results, d.admit(results, part))
	if len(part) == 0 {
		return
	}
	targets := make([]entity.Target, len(part))
	for n, i := range part {
		targets[n] = raws.onto(*results[i].Item.Target, results[i].Item)
	}
	began := d.now()
	outcomes := e.Block(ctx, targets)
	d.expel(ctx, e, targets, outcomes)
	settlements := make([]entity.Settlement, len(part))
	for n, i := range part {
		settlements[n] = blocked(e.Info(), results[i].Item, intents[n], outcomes[n], d.now())
		d.note(ctx, &results[i], settlements[n], outcomes[n].Err, began)
	}
	d.settle(ctx, results, part, settlements)
}

// begin writes the intents of a batch, and answers with those that the journal took. What a person stopped
// is held back: everything, or only first blocks.
func (d *Dispatcher) begin(ctx context.Context, results []Result, part []int) ([]int, []entity.Intent) {
	if len(part) == 0 {
		return nil, nil
	}
	intents := make([]entity.Intent, len(part))
	for n, i := range part {
		intents[n] = d.intent(results[i].Item, results[i].Item.Elements)
	}
	err := d.journal.Begin(ctx, intents)
	switch {
	case err == nil:
		return part, intents
	case errors.Is(err, entity.ErrPaused) && len(only(results, part, first)) > 0:
		holdBack(results, only(results, part, first), err)
		return d.begin(ctx, results, only(results, part, further))
	case entity.Stopped(err):
		holdBack(results, part, err)
	default:
		fail(results, part, err)
	}
	return nil, nil
}

// first are blocks of what is not held yet, which a pause stops.
func first(r Result) bool { return r.Item.Action == entity.ActionBlock && r.Item.Receipt().Empty() }

func further(r Result) bool { return !first(r) }

func holdBack(results []Result, indexes []int, err error) {
	for _, i := range indexes {
		results[i].HeldBack = err.Error()
	}
}

// intent says what is about to happen to one item.
func (d *Dispatcher) intent(it plan.Item, elements []string) entity.Intent {
	in := entity.Intent{
		Action: it.Action, Target: *it.Target, Blocker: it.Blocker, Label: it.Label,
		Elements: elements, Receipt: it.Receipt(), Reasons: texts(it.Reasons), At: d.now(),
	}
	if it.Held != nil {
		in.Devices = it.Held.Devices
	}
	return in
}

func texts(reasons []plan.Reason) []string {
	out := make([]string, len(reasons))
	for i, r := range reasons {
		out[i] = r.String()
	}
	return out
}

// wanted are the rules that a holding lives by. Without one, what was held for a reason keeps it.
func wanted(reasons []plan.Reason) []string {
	return texts(slices.DeleteFunc(slices.Clone(reasons), func(r plan.Reason) bool { return !r.Rule.Blocks() }))
}

// note keeps what a settlement says in the result, and tells the log of it.
func (d *Dispatcher) note(ctx context.Context, r *Result, s entity.Settlement, err error, began time.Time) {
	r.Holding, r.Done, r.Err, r.Intent = s.Holding, s.Done, err, s.Intent
	if !d.log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	attrs := []slog.Attr{
		slog.String("source", r.Item.Target.Source), slog.String("blocker", r.Item.Blocker),
		slog.String("target", subject(r.Item)), slog.String("action", string(r.Item.Action)),
		slog.String("outcome", s.Outcome()), slog.Float64("duration_ms", float64(d.now().Sub(began).Microseconds())/1000),
	}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	d.log.LogAttrs(ctx, slog.LevelInfo, "action carried out", attrs...)
}

// subject is the target of an item, or the elements that it takes off because nobody holds them.
func subject(it plan.Item) string {
	if IsOrphan(*it.Target) {
		return strings.Join(it.Receipt().Elements, " ")
	}
	return it.Target.Ref.String()
}

// settle writes what became of a batch, also when the pass is being ended: what a device did must not be forgotten.
func (d *Dispatcher) settle(ctx context.Context, results []Result, part []int, settlements []entity.Settlement) {
	if err := d.journal.Settle(context.WithoutCancel(ctx), settlements); err != nil {
		for _, i := range part {
			results[i].Err = err
			results[i].Done = ""
		}
	}
}

// blocked works out what is held after an attempt to block.
//
//	outcome                          held afterwards
//	no error                         complete, or pending
//	only what cannot be done         complete as far as it goes; refused when nothing was done
//	the device does not know it      in part, as far as it goes; nothing when nothing was done
//	unknown                          in part: what was expected may be there
//	error with a receipt             in part
//	error without                    nothing, in part when something was before
func blocked(b entity.Blocker, it plan.Item, in entity.Intent, out entity.Outcome, now time.Time) entity.Settlement {
	receipt := in.Receipt.Merge(out.Receipt)
	if entity.ClassOf(out.Err) == entity.Unknown {
		receipt.Elements = entity.Union(receipt.Elements, in.Elements)
	}
	h := &entity.Holding{
		Target: *it.Target, Blocker: it.Blocker, Label: it.Label, Place: b.Place, Receipt: receipt, State: reached(out, receipt),
		Since: in.At, Reasons: wanted(it.Reasons), Devices: confirmed(b, out.Err), Missing: entity.Union(missing(out.Err), plan.Lost(it.Held, b)), Problem: problem(out.Err), Unable: unable(in, out),
	}
	s := entity.Settlement{Intent: in, Holding: h, Problem: h.Problem}
	switch {
	case h.State == "" && unheld(it):
		s.Holding = nil
		return s
	case h.State == "":
		h.State = entity.Partial
		return s
	case h.State == entity.Refused:
		h.Devices = nil
		return s
	case silent(out), untraced(b, out, receipt):
		return s
	}
	h.Asserted = now
	if h.State == entity.Complete && !out.Receipt.Empty() {
		h.Receipt.Until = out.Receipt.Until
	}
	if changes(it, receipt) {
		s.Done, s.Partial = it.Action, out.Err != nil && !entity.OnlySoft(out.Err)
	}
	if b.NoRepeat && entity.ClassOf(out.Err) == entity.Unknown {
		h.Problem = "unknown whether it was done, and it must not be repeated: " + h.Problem
	}
	return s
}

// silent is a failure that confirmed nothing: what is held is what was held before.
func silent(out entity.Outcome) bool {
	return out.Err != nil && out.Receipt.Empty() && !entity.OnlySoft(out.Err) && entity.ClassOf(out.Err) != entity.Unknown
}

// untraced is a block of which nobody knows whether it was made, nor what it would put in place: there is nothing to
// tell of it yet, and the next attempt is made as if it were the first.
func untraced(b entity.Blocker, out entity.Outcome, receipt entity.Receipt) bool {
	return entity.ClassOf(out.Err) == entity.Unknown && receipt.Empty() && !b.NoRepeat
}

// reached is the state that an outcome leads to; empty when nothing is held.
func reached(out entity.Outcome, receipt entity.Receipt) entity.State {
	class := entity.ClassOf(out.Err)
	switch {
	case out.Pending && (out.Err == nil || entity.OnlySoft(out.Err)):
		return entity.Pending
	case out.Err == nil:
		return entity.Complete
	case class == entity.Unsupported && !receipt.Empty():
		return entity.Complete
	case class == entity.Unsupported:
		return entity.Refused
	case class == entity.Unknown || !receipt.Empty():
		return entity.Partial
	}
	return ""
}

// changes reports that a note is due: a first block, one that went further, or a move. A renewal and
// a repeat that changed nothing are not worth one; a move is told when the old elements are off. A block
// that a run began and did not see the end of was told by nobody.
func changes(it plan.Item, receipt entity.Receipt) bool {
	first := unheld(it) || it.Held.State != entity.Releasing && it.Held.Asserted.IsZero()
	return it.Action == entity.ActionBlock && (first || !slices.Equal(receipt.Elements, entity.Union(it.Held.Receipt.Elements)))
}

// unheld reports that nothing of an item was in place before.
func unheld(it plan.Item) bool { return it.Held == nil || it.Held.State == entity.Refused }

// missing are the devices that failed; those that cannot do it, or do not know the target, did not.
func missing(err error) []string {
	return devices(err, func(e *entity.Error) bool { return e.Class != entity.Unsupported && e.Class != entity.Absent })
}

func devices(err error, want func(*entity.Error) bool) []string {
	var names []string
	for _, e := range entity.Errors(err) {
		if e.Device != "" && want(e) {
			names = append(names, e.Device)
		}
	}
	return entity.Union(names)
}

// confirmed are the devices that have it; a failure that names none says nothing of any. What one
// device cannot do of a target does not unsay the rest that it did.
func confirmed(b entity.Blocker, err error) []string {
	if err != nil && !entity.OnlySoft(err) && len(missing(err)) == 0 {
		return nil
	}
	return plan.Without(b.Devices, devices(err, func(e *entity.Error) bool { return e.Class != entity.Unsupported }))
}

// unable is what devices said that they cannot do at all, and what is held from before and does not come with the
// target as it is known: an element of its former address, when that is not on a device any more.
func unable(in entity.Intent, out entity.Outcome) []entity.Unable {
	var all []entity.Unable
	for _, e := range entity.Errors(out.Err) {
		if e.Class == entity.Unsupported {
			all = append(all, entity.Unable{Device: e.Device, Element: e.Element})
		}
	}
	if !out.Receipt.Empty() && (out.Err == nil || entity.OnlySoft(out.Err)) {
		for _, e := range plan.Without(in.Receipt.Elements, out.Receipt.Elements) {
			all = append(all, entity.Unable{Element: e})
		}
	}
	return all
}

func problem(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
