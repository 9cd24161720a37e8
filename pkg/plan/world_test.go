package plan_test

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

var epoch = time.Date(2026, 11, 21, 19, 18, 30, 0, time.UTC)

const (
	brain   = "hq"
	another = "branch"
)

var (
	everyKind = []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection, entity.KindStatic}
	allNames  = []string{"edge", "dc", "script", "off", "lost"}
	errDown   = errors.New("connection refused")
	places    = entity.PlaceOf(map[string]string{"source": "Group", "account": "Group", "destination": "Other-Group"})
	blockTags = map[entity.Kind]string{entity.KindHost: "block", entity.KindAccount: "block", entity.KindDetection: "bad"}
)

// matching are the rules by which each kind can be wanted.
var matching = map[entity.Kind][]plan.Rule{
	entity.KindHost:      {plan.RuleTag, plan.RuleGroup, plan.RuleScore, plan.RuleUrgency, plan.RuleDetectionType},
	entity.KindAccount:   {plan.RuleTag, plan.RuleGroup, plan.RuleScore, plan.RuleUrgency, plan.RuleDetectionType},
	entity.KindDetection: {plan.RuleTag, plan.RuleDetectionType, plan.RuleHostScore, plan.RuleHostUrgency},
	entity.KindStatic:    {plan.RuleStatic},
}

func drawWorld(t *rapid.T) world {
	w := world{source: brain, now: epoch, frozen: map[entity.Kind]string{}, policy: drawPolicy(t)}
	for _, k := range everyKind {
		switch oneOf(t, "reading", "whole", "whole", "whole", "whole", "frozen", "unread") {
		case "whole":
			w.read = append(w.read, k)
		case "frozen":
			w.read = append(w.read, k)
			w.frozen[k] = "page 2 failed"
		}
		for n := range rapid.IntRange(0, 3).Draw(t, "targets") {
			w.drawTarget(t, entity.Ref{Source: brain, Kind: k, ID: fmt.Sprint(n)})
		}
	}
	w.devices = drawLists(t)
	for n := range rapid.IntRange(0, 3).Draw(t, "others") {
		ref := entity.Ref{Source: another, Kind: oneOf(t, "kind", everyKind...), ID: fmt.Sprint(n)}
		w.held = append(w.held, drawHolding(t, drawCopy(t, ref), oneOf(t, "blocker", allNames...)))
	}
	return w
}

func drawPolicy(t *rapid.T) plan.Policy {
	return plan.Policy{
		Blockers: []entity.Blocker{
			{Name: "edge", Plugin: "fortigate", Aliases: []string{"fortinet"}, Label: "Fortinet Client", Kinds: everyKind, Devices: []string{"fw1", "fw2"}, Place: places},
			{
				Name: "dc", Plugin: "paloalto", Aliases: []string{"pan"}, Label: "PAN Client",
				Kinds: everyKind[:rapid.IntRange(1, 4).Draw(t, "kinds")], NoUndo: rapid.Bool().Draw(t, "no undo"),
			},
			{
				Name: "script", Plugin: "external-command", Label: "External Call Client",
				Kinds: []entity.Kind{entity.KindHost, entity.KindAccount}, NoRepeat: rapid.Bool().Draw(t, "no repeat"),
			},
		},
		Disabled:        []string{"off"},
		ExplicitUnblock: rapid.Bool().Draw(t, "explicit"), Groom: rapid.Bool().Draw(t, "groom"),
		BlockTags: blockTags,
		Protect:   oneOf[plan.Protector](t, "never block", nil, nil, guard{}, guard{"10.0.0.2": true}, guard{"e3": true}),
		Gates:     drawGates(t),
		Force:     oneOf(t, "force", false, false, false, true),
		Changed:   oneOf(t, "changed", "", "", "", "", "version 1 → 2"),
		Stops:     oneOf(t, "stop", plan.Stops{}, plan.Stops{}, plan.Stops{}, plan.Stops{}, plan.Stops{}, plan.Stops{Panic: "alice"}, plan.Stops{Pause: "bob"}),
		Closed:    oneOf(t, "window", plan.Closed{}, plan.Closed{}, plan.Closed{}, plan.Closed{Why: "until 8"}, plan.Closed{Why: "until 8", Releases: true}),
	}
}

// guard is a never-block set: addresses and elements.
type guard map[string]bool

func (g guard) Covers(t entity.Target, elements []string) (string, bool) {
	for _, e := range append([]string{address(t)}, elements...) {
		if g[e] {
			return "protected " + e, true
		}
	}
	return "", false
}

func drawGates(t *rapid.T) map[entity.Kind]plan.Limits {
	gates := map[entity.Kind]plan.Limits{}
	for _, k := range everyKind {
		if rapid.IntRange(0, 3).Draw(t, "gate") > 0 {
			gates[k] = plan.Limits{
				MaxBlocks: rapid.IntRange(0, 1).Draw(t, "blocks"), MaxReleases: rapid.IntRange(0, 2).Draw(t, "releases"),
				MaxReleasesPercent: oneOf(t, "percent", 0, 20, 50), Floor: rapid.IntRange(0, 3).Draw(t, "floor"),
			}
		}
	}
	return gates
}

// drawLists is what the devices of edge list, where they are asked: mostly everything.
func drawLists(t *rapid.T) map[string][]entity.Inventory {
	if rapid.Bool().Draw(t, "not asked") {
		return nil
	}
	var all []entity.Inventory
	for _, device := range []string{"fw1", "fw2", "fw9"} {
		inv := entity.Inventory{Device: device}
		for _, class := range []entity.Class{entity.ClassSource, entity.ClassAccount, entity.ClassDestination} {
			for _, e := range []string{"e1", "e2", "e3"} {
				if rapid.IntRange(0, 9).Draw(t, "listed") > 0 {
					until := oneOf(t, "expires", time.Time{}, time.Time{}, time.Time{}, epoch.Add(20*time.Minute))
					inv.Entries = append(inv.Entries, entity.Entry{Element: e, Class: class, Until: until})
				}
			}
		}
		switch oneOf(t, "device", "fine", "fine", "fine", "restarted", "down") {
		case "restarted":
			inv.Booted = epoch.Add(-30 * time.Minute)
		case "down":
			inv.Err, inv.Entries = errDown, nil
		}
		all = append(all, inv)
	}
	return map[string][]entity.Inventory{"edge": all}
}

// drawTarget puts one target into the world: what the source says of it, and who holds it.
func (w *world) drawTarget(t *rapid.T, ref entity.Ref) {
	held := false
	for _, name := range allNames {
		if rapid.IntRange(0, 2).Draw(t, "held") == 0 {
			held = true
			w.held = append(w.held, drawHolding(t, drawCopy(t, ref), name))
		}
	}
	ordered := rapid.IntRange(0, 4).Draw(t, "ordered") == 0
	if ordered {
		w.orders = append(w.orders, entity.Order{
			Target: drawCopy(t, ref), Verb: oneOf(t, "verb", entity.VerbBlock, entity.VerbSpare),
			Until: oneOf(t, "order until", time.Time{}, epoch.Add(time.Hour), epoch, epoch.Add(-time.Hour)),
			By:    entity.By{Who: "alice", Reason: "phishing", At: epoch.Add(-2 * time.Hour)},
		})
	}
	switch {
	case rapid.IntRange(0, 4).Draw(t, "seen") > 0:
		w.seen = append(w.seen, drawSeen(t, ref))
	case (held || ordered) && rapid.Bool().Draw(t, "gone"):
		w.gone = append(w.gone, ref)
	}
}

func drawCopy(t *rapid.T, ref entity.Ref) entity.Target {
	at := fmt.Sprintf("10.0.0.%d", rapid.IntRange(1, 2).Draw(t, "address"))
	target := entity.Target{Ref: ref, Name: string(ref.Kind) + ref.ID}
	switch ref.Kind {
	case entity.KindHost:
		target.Host = &entity.Host{IP: at}
	case entity.KindAccount:
		target.Account = &entity.Account{UID: at}
	case entity.KindDetection:
		target.Detection = &entity.Detection{Destinations: []string{at}}
	default:
		target.Static = &entity.Static{Destination: ref.ID}
	}
	return target
}

func drawSeen(t *rapid.T, ref entity.Ref) plan.Seen {
	s := plan.Seen{Target: drawCopy(t, ref), Elements: map[string][]string{}}
	for _, rule := range matching[ref.Kind] {
		if rapid.IntRange(0, 2).Draw(t, string(rule)) == 0 {
			s.Matches = append(s.Matches, plan.Reason{Rule: rule, Detail: "why"})
		}
	}
	if ref.Kind != entity.KindStatic {
		s.NoBlock = oneOf(t, "no-block", "", "", "", "NoBlock")
		s.Release = oneOf(t, "release", "", "", "", "unblock")
		s.KeyAsset = oneOf(t, "key asset", "", "", "", "", "", "says the brain")
		s.Unseen = oneOf(t, "unseen", "", "", "", "", "", "2026-11-01")
		s.Target.Tags = drawTags(t)
	}
	for _, name := range []string{"edge", "dc", "script"} {
		if rapid.IntRange(0, 3).Draw(t, "known") > 0 {
			s.Elements[name] = drawElements(t, 1)
		}
	}
	return s
}

func drawTags(t *rapid.T) []string {
	tags := []string{"vip"}
	for _, tag := range []string{"block", "bad", "client:edge", "Client:PAN", "client:External-Command", "client:nobody"} {
		if rapid.IntRange(0, 5).Draw(t, tag) == 0 {
			tags = append(tags, tag)
		}
	}
	return tags
}

func drawElements(t *rapid.T, least int) []string {
	var some []string
	for _, e := range []string{"e1", "e2", "e3"} {
		if rapid.Bool().Draw(t, e) {
			some = append(some, e)
		}
	}
	if len(some) < least {
		return []string{"e1"}
	}
	return some
}

func drawHolding(t *rapid.T, target entity.Target, blocker string) entity.Holding {
	h := entity.Holding{
		Target: target, Blocker: blocker, Label: blocker + " label", Since: epoch.Add(-time.Hour),
		State: oneOf(t, "state", entity.Complete, entity.Complete, entity.Partial, entity.Pending, entity.Releasing, entity.Refused),
	}
	if blocker == "edge" {
		former := entity.PlaceOf(map[string]string{string(h.Class()): "Former-Group"})
		h.Place = oneOf(t, "place", "", "", places, places, places, former)
	}
	if h.State == entity.Refused {
		h.Problem = "no IPv6 here"
		return h
	}
	h.Receipt.Elements = drawElements(t, 0)
	if rapid.IntRange(0, 5).Draw(t, "unable") == 0 {
		h.Unable = []entity.Unable{{Device: "fw2", Element: oneOf(t, "cannot take", "", "e1", "e2")}}
	}
	if rapid.IntRange(0, 9).Draw(t, "bare") == 0 {
		h.Target = entity.Target{Ref: target.Ref}
	}
	h.Devices = [][]string{nil, nil, {"fw1"}, {"fw1", "fw2"}, {"fw1", "fw2", "fw9"}}[rapid.IntRange(0, 4).Draw(t, "devices")]
	if h.State == entity.Releasing {
		h.Devices, h.Missing = nil, [][]string{nil, {"fw1"}, {"fw9"}, {"fw1", "fw9"}}[rapid.IntRange(0, 3).Draw(t, "missing")]
	}
	if rapid.IntRange(0, 3).Draw(t, "asserted") > 0 {
		h.Asserted = epoch.Add(-time.Duration(rapid.IntRange(0, 60).Draw(t, "minutes")) * time.Minute)
	}
	if rapid.Bool().Draw(t, "expires") {
		h.Receipt.Until = epoch.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "left")) * time.Minute)
	}
	return h
}

func oneOf[T any](t *rapid.T, label string, from ...T) T {
	return rapid.SampledFrom(from).Draw(t, label)
}

func (w world) observation() plan.Observation {
	return plan.Observation{Source: w.source, Read: w.read, Frozen: w.frozen, Seen: w.seen, Gone: w.gone, Orders: w.orders, Devices: w.devices}
}

func (w world) compute() plan.Plan {
	p := plan.Compute(w.observation(), w.held, w.policy, w.now)
	tally(p, w)
	tally(plan.Abandoned(another, w.held), w)
	return p
}

// after is what is held, and listed, when a blocker that fails never has carried the plan out.
func (w world) after(p plan.Plan) world {
	next := w
	next.held, next.seen = slices.Clone(w.held), slices.Clone(w.seen)
	next.devices = map[string][]entity.Inventory{}
	for name, all := range w.devices {
		next.devices[name] = slices.Clone(all)
	}
	for _, it := range p.Items {
		if it.Changes() {
			next.carry(it)
			next.relist(it)
		}
	}
	for _, strip := range p.Strips {
		for i, s := range next.seen {
			if s.Target.Ref == strip.Ref {
				next.seen[i].Target.Tags = slices.DeleteFunc(slices.Clone(s.Target.Tags), func(tag string) bool { return tag == strip.Tag })
			}
		}
	}
	return next
}

func (w *world) carry(it plan.Item) {
	at := slices.IndexFunc(w.held, func(h entity.Holding) bool {
		return h.Target.Ref == it.Target.Ref && h.Blocker == it.Blocker
	})
	h := entity.Holding{
		Target: *it.Target, Blocker: it.Blocker, State: entity.Complete, Since: w.now, Asserted: w.now,
		Receipt: entity.Receipt{Elements: placed(it), Until: w.now.Add(time.Hour)},
	}
	switch {
	case it.Action == entity.ActionRelease:
		w.held = slices.Delete(w.held, at, at+1)
	case at < 0:
		w.held = append(w.held, h)
	default:
		w.held[at] = h
	}
}

// relist brings the lists of the blocker's devices up to date.
func (w *world) relist(it plan.Item) {
	for i := range w.devices[it.Blocker] {
		inv := &w.devices[it.Blocker][i]
		gone := it.Leaves
		if puts(it) {
			gone = slices.Concat(gone, placed(it))
		}
		inv.Entries = slices.DeleteFunc(slices.Clone(inv.Entries), func(e entity.Entry) bool {
			return e.Class == it.Target.Kind.Class() && slices.Contains(gone, e.Element)
		})
		if puts(it) {
			for _, e := range placed(it) {
				inv.Entries = append(inv.Entries, entity.Entry{Element: e, Class: it.Target.Kind.Class()})
			}
		}
	}
}

// placed are the elements of a target once its item is done. Where nobody knew them before, the
// blocker says them now.
func placed(it plan.Item) []string {
	elements := it.Elements
	if len(elements) == 0 {
		elements = []string{"of " + it.Target.Ref.String()}
	}
	if it.Action != entity.ActionGroom {
		elements = append(slices.Clone(it.Receipt().Elements), elements...)
	}
	slices.Sort(elements)
	return slices.Compact(elements)
}
