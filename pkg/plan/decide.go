package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/entity"
)

type heldKey struct {
	ref     entity.Ref
	blocker string
}

// decider answers for one target and blocker at a time from indexed inputs.
type decider struct {
	obs      Observation
	pol      Policy
	now      time.Time
	seen     map[entity.Ref]*Seen
	gone     map[entity.Ref]bool
	held     map[heldKey]*entity.Holding
	holders  map[entity.Ref][]string
	blockers map[string]entity.Blocker
	names    []string
}

func newDecider(obs Observation, held []entity.Holding, pol Policy, now time.Time) *decider {
	d := &decider{
		obs: obs, pol: pol, now: now,
		seen:     make(map[entity.Ref]*Seen, len(obs.Seen)),
		gone:     make(map[entity.Ref]bool, len(obs.Gone)),
		held:     make(map[heldKey]*entity.Holding, len(held)),
		holders:  map[entity.Ref][]string{},
		blockers: make(map[string]entity.Blocker, len(pol.Blockers)),
	}
	for i := range obs.Seen {
		d.seen[obs.Seen[i].Target.Ref] = &obs.Seen[i]
	}
	for _, ref := range obs.Gone {
		d.gone[ref] = true
	}
	for i := range held {
		d.hold(&held[i])
	}
	for _, b := range pol.Blockers {
		d.blockers[b.Name] = b
		d.names = append(d.names, b.Name)
	}
	slices.Sort(d.names)
	return d
}

func (d *decider) hold(h *entity.Holding) {
	ref := h.Target.Ref
	if ref.Source != d.obs.Source {
		return
	}
	d.held[heldKey{ref, h.Blocker}] = h
	d.holders[ref] = append(d.holders[ref], h.Blocker)
}

// refs are all targets that are seen or held, in order.
func (d *decider) refs() []entity.Ref {
	refs := make([]entity.Ref, 0, len(d.seen)+len(d.holders))
	for ref := range d.seen {
		refs = append(refs, ref)
	}
	for ref := range d.holders {
		if d.seen[ref] == nil {
			refs = append(refs, ref)
		}
	}
	slices.SortFunc(refs, entity.Ref.Compare)
	return refs
}

// blockersOf are the configured blockers, and those that hold the target without being configured.
func (d *decider) blockersOf(ref entity.Ref) []string {
	names := d.names
	for _, name := range d.holders[ref] {
		if _, ok := d.blockers[name]; !ok {
			names = entity.Union(names, []string{name})
		}
	}
	return names
}

// strips are the block tags of what carries a release tag too.
func (d *decider) strips() []Strip {
	var strips []Strip
	for _, ref := range d.refs() {
		s := d.seen[ref]
		if s == nil || s.Release == "" || d.unread(ref.Kind) != nil {
			continue
		}
		if tag := d.pol.BlockTags[ref.Kind]; tag != "" && slices.Contains(s.Target.Tags, tag) {
			strips = append(strips, Strip{Ref: ref, Tag: tag, Release: s.Release})
		}
	}
	return strips
}

// unread says why nothing may be concluded about a kind; nil when it was read completely.
func (d *decider) unread(k entity.Kind) *Reason {
	if why, frozen := d.obs.Frozen[k]; frozen {
		return &Reason{RuleFrozen, why}
	}
	if !slices.Contains(d.obs.Read, k) {
		return &Reason{Rule: RuleUnread}
	}
	return nil
}

// decide gives the item for one target on one blocker; false when there is nothing to say.
func (d *decider) decide(ref entity.Ref, name string) (Item, bool) {
	h := d.held[heldKey{ref, name}]
	b, configured := d.blockers[name]
	switch {
	case slices.Contains(d.pol.Disabled, name):
		return d.keep(h, Reason{RuleDisabled, name})
	case !configured:
		return d.keep(h, Reason{RuleStranded, name})
	case d.unread(ref.Kind) != nil:
		return d.keep(h, *d.unread(ref.Kind))
	case d.seen[ref] != nil:
		return d.decideSeen(d.seen[ref], h, b)
	case h != nil && d.gone[ref]:
		return d.end(h, b, h.Target, Reason{Rule: RuleGone})
	}
	return d.keep(h, Reason{Rule: RuleUnread})
}

func (d *decider) decideSeen(s *Seen, h *entity.Holding, b entity.Blocker) (Item, bool) {
	switch {
	case s.NoBlock != "":
		return d.spare(s, h, b, Reason{RuleNoBlockGroup, s.NoBlock})
	case s.Release != "":
		return d.spare(s, h, b, Reason{RuleReleaseTag, s.Release})
	case len(s.Matches) == 0:
		return d.end(h, b, s.Target, Reason{Rule: RuleNoRule})
	case !routed(s.Target.Tags, b):
		return d.end(h, b, s.Target, Reason{Rule: RuleRouted, Detail: strings.Join(routes(s.Target.Tags), ", ")})
	case !b.Can(s.Target.Kind):
		return d.cannot(s, h, b)
	case h == nil:
		return d.item(entity.ActionBlock, s.Target, b, h, s.Matches...), true
	}
	return d.again(s, h, b), true
}

// keep leaves what is held as it is; nothing is said of what is not held.
func (d *decider) keep(h *entity.Holding, why Reason) (Item, bool) {
	if h == nil {
		return Item{}, false
	}
	return Item{
		Action: entity.ActionKeep, Target: h.Target, Blocker: h.Blocker, Label: h.Label,
		Reasons: []Reason{why}, Held: h.Receipt, State: h.State, Asserted: h.Asserted,
	}, true
}

// cannot releases what a blocker is not to hold, and shows what no blocker at all can block:
// it would otherwise look as if it were.
func (d *decider) cannot(s *Seen, h *entity.Holding, b entity.Blocker) (Item, bool) {
	k := s.Target.Kind
	able := func(o entity.Blocker) bool { return o.Can(k) && routed(s.Target.Tags, o) }
	if h != nil || slices.ContainsFunc(d.pol.Blockers, able) {
		return d.end(h, b, s.Target, Reason{Rule: RuleKind})
	}
	why := Reason{RuleUnsupported, fmt.Sprintf("no blocker takes this %s", k)}
	return d.item(entity.ActionSpare, s.Target, b, nil, append([]Reason{why}, s.Matches...)...), true
}

// spare releases what is held although rules may match, and shows what would have been blocked.
func (d *decider) spare(s *Seen, h *entity.Holding, b entity.Blocker, why Reason) (Item, bool) {
	switch {
	case h != nil:
		return d.release(h, b, s.Target, why), true
	case len(s.Matches) > 0 && b.Can(s.Target.Kind) && routed(s.Target.Tags, b):
		return d.item(entity.ActionSpare, s.Target, b, nil, append([]Reason{why}, s.Matches...)...), true
	}
	return Item{}, false
}

// end releases for want of a reason; with explicit unblock that is no reason.
func (d *decider) end(h *entity.Holding, b entity.Blocker, t entity.Target, why Reason) (Item, bool) {
	switch {
	case h == nil:
		return Item{}, false
	case d.pol.ExplicitUnblock && h.State != entity.Releasing:
		return d.keep(h, Reason{RuleExplicit, why.String()})
	}
	return d.release(h, b, t, why), true
}

func (d *decider) release(h *entity.Holding, b entity.Blocker, t entity.Target, why Reason) Item {
	switch gone := lost(h, b); {
	case b.NoUndo && !h.Receipt.Empty():
		kept, _ := d.keep(h, Reason{RuleNoUndo, why.String()})
		return kept
	case h.State == entity.Releasing && len(h.Missing) > 0 && len(Without(h.Missing, gone)) == 0:
		kept, _ := d.keep(h, lostReason(gone))
		return kept
	}
	return d.item(entity.ActionRelease, t, b, h, why)
}

// again decides about what is wanted and held.
func (d *decider) again(s *Seen, h *entity.Holding, b entity.Blocker) Item {
	act, why := d.repeat(s, h, b)
	return d.item(act, s.Target, b, h, append(why, s.Matches...)...)
}

func (d *decider) repeat(s *Seen, h *entity.Holding, b entity.Blocker) (entity.Action, []Reason) {
	now := s.Elements[b.Name]
	switch {
	case h.State == entity.Refused && sameAddresses(s.Target, h.Target):
		return entity.ActionKeep, []Reason{{RuleUnsupported, h.Problem}}
	case h.State == entity.Refused:
		return entity.ActionBlock, nil
	case b.NoRepeat && h.State != entity.Releasing:
		return entity.ActionKeep, nil
	case d.grooms(b, now) && len(Without(h.Receipt.Elements, now)) > 0:
		return entity.ActionGroom, []Reason{moved(h.Receipt.Elements, now)}
	case h.State != entity.Complete:
		return entity.ActionBlock, unfinished(h)
	case len(added(h, b)) > 0:
		return entity.ActionBlock, []Reason{{RulePartial, strings.Join(added(h, b), ", ")}}
	case d.grooms(b, now) && len(Without(now, h.Receipt.Elements)) > 0:
		return entity.ActionGroom, []Reason{moved(h.Receipt.Elements, now)}
	case d.due(h):
		return entity.ActionRenew, []Reason{{RuleExpires, h.Receipt.Until.UTC().Format(time.RFC3339)}}
	}
	return entity.ActionKeep, nil
}

// grooms reports that what is held is to follow the elements of now.
func (d *decider) grooms(b entity.Blocker, now []string) bool {
	return d.pol.Groom && !b.NoUndo && !b.NoRepeat && len(now) > 0
}

// unfinished says why what is held is blocked once more. A first block that nobody saw the end of
// is made as if it had never begun.
func unfinished(h *entity.Holding) []Reason {
	switch {
	case h.State == entity.Releasing:
		return []Reason{{Rule: RuleInterrupted}}
	case h.Asserted.IsZero():
		return nil
	case h.State == entity.Pending:
		return []Reason{{RulePending, strings.Join(h.Missing, ", ")}}
	}
	return []Reason{{RulePartial, strings.Join(h.Missing, ", ")}}
}

// due reports that half the life of a holding that a device would let expire is over.
func (d *decider) due(h *entity.Holding) bool {
	if h.Receipt.Until.IsZero() {
		return false
	}
	half := h.Receipt.Until.Sub(h.Asserted) / 2
	return !d.now.Before(h.Asserted.Add(half))
}

// moved names what is left behind and what is there now, however far an earlier move got.
func moved(held, now []string) Reason {
	from, to := strings.Join(Without(held, now), " "), strings.Join(now, " ")
	if from == "" {
		return Reason{RuleMoved, "now " + to}
	}
	return Reason{RuleMoved, from + " to " + to}
}

func (d *decider) item(act entity.Action, t entity.Target, b entity.Blocker, h *entity.Holding, why ...Reason) Item {
	i := Item{Action: act, Target: t, Blocker: b.Name, Label: b.Label, Reasons: why}
	if s := d.seen[t.Ref]; s != nil {
		i.Elements = entity.Union(s.Elements[b.Name])
	}
	if h != nil {
		i.Held, i.State, i.Asserted, i.Lost = h.Receipt, h.State, h.Asserted, lost(h, b)
		i.Label = cmp.Or(i.Label, h.Label) // a blocker that could not be started may not know its own
	}
	if len(i.Lost) > 0 {
		i.Reasons = append(i.Reasons, lostReason(i.Lost))
	}
	switch act {
	case entity.ActionRelease:
		i.Target = copyForRelease(t, h)
	case entity.ActionGroom:
		i.Was = copyForRelease(t, h)
	}
	return i
}

// copyForRelease is the target as it was when blocked, which is what Unblock wants, where
// anything is known of that; an adopted holding has no better copy than today's.
func copyForRelease(t entity.Target, h *entity.Holding) entity.Target {
	if h.Target.Name == "" && h.Target.Host == nil && h.Target.Account == nil && h.Target.Detection == nil && h.Target.Static == nil {
		return t
	}
	return h.Target
}
