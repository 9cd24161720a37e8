package main

const (
	planTests      = "./pkg/plan"
	selectionTests = "./pkg/selection"
	registryTests  = "./pkg/registry"
	dispatchTests  = "./pkg/dispatch ./pkg/reconcile"
	vectraTests    = "./pkg/vectra"
	fortigateTests = "./plugins/fortigate/..."
	paloaltoTests  = "./plugins/paloalto/..."
	externalTests  = "./plugins/external-command/..."
)

// mutants are the broken lines, each a mistake that somebody made before or could make.
func mutants() []mutant {
	var all []mutant
	for _, part := range [][]mutant{
		planMutants, trustMutants, protectMutants, selectionMutants, registryMutants, dispatchMutants, reconcileMutants, vectraMutants,
		destinationMutants, fortigateMutants, paloaltoMutants, externalMutants, journalMutants, configMutants,
	} {
		all = append(all, part...)
	}
	return all
}

var planMutants = []mutant{
	{"pkg/plan/decide.go", `case seen.NoBlock != "":`, `case seen.NoBlock != "" && h == nil:`, planTests, "the no-block group does not release what is held"},
	{"pkg/plan/decide.go", `case seen.Release != "":`, `case seen.Release == "never":`, planTests, "the release tag is ignored"},
	{"pkg/plan/decider.go", `return &Reason{RuleFrozen, why}`, `_ = why`, planTests, "a frozen kind is treated as read"},
	{"pkg/plan/decide.go", `case h != nil && s.gone:`, `case h != nil:`, planTests, "what nobody saw is taken for gone"},
	{"pkg/plan/drift.go", `!d.now.Before(asserted.Add(until.Sub(asserted)/2))`, `d.now.After(until) && !asserted.IsZero()`, planTests, "renewal only after the end"},
	{"pkg/plan/ending.go", `case d.pol.ExplicitUnblock && h.State != entity.Releasing:`, `case d.pol.ExplicitUnblock && h == nil:`, planTests, "explicit unblock is ignored"},
	{"pkg/plan/decider.go", `if h := &held[i]; h.Target.Source == source {`, `if h := &held[i]; h.Target.Source != "" {`, planTests, "another source's holdings are taken for ours"},
	{"pkg/plan/holders.go", `if len(hs[share]) == 0 {`, `if len(hs[share]) >= 0 {`, planTests, "a shared element leaves with its first holder"},
	{"pkg/plan/holders.go", `share := Share{blocker, ref.Kind.Class(), e}
		delete`, `share := Share{blocker, "", e}
		delete`, planTests, "classes are mixed when holders are counted"},
	{"pkg/plan/route.go", `return strings.EqualFold(own, name)`, `return own == name`, planTests, "routing tags mind the case"},
	{"pkg/plan/plan.go", `entity.ActionRelease: 4,`, `entity.ActionRelease: 0,`, planTests, "releases come among blocks"},
	{"pkg/plan/plan.go", `to[i], to[j] = to[j], to[i]`, `to[i] = to[j]`, planTests, "items are moved to where another belongs"},
	{"pkg/plan/subject.go", `s.gone = len(w.gone) > 0 && w.gone[0] == s.ref`, `s.gone = len(w.gone) > 0`, planTests, "whoever comes before one that is gone is taken for gone"},
	{"pkg/plan/subject.go", `held[0].Blocker < b.Name {`, `held[0].Blocker < "" {`, planTests, "what a blocker holds that is not configured hides the rest"},
	{"pkg/plan/stakes.go", `counts[e] = n + 1`, `counts[e] = min(n+1, 1)`, planTests, "a shared element leaves with its first holder of the plan"},
	{"pkg/plan/stakes.go", `return lot{blocker, k.Class()}`, `return lot{blocker, ""}`, planTests, "classes are mixed when it is counted what leaves"},
	{"pkg/plan/stakes.go", `elements = Without(elements, it.dropped())`, `_ = it.dropped()`, planTests, "an element is said to stay for who lets go of it"},
	{"pkg/plan/leave.go", `if i.Action != entity.ActionRelease {`, `if i.Action == "never" {`, planTests, "an element leaves although a block of the same plan wants it"},
	{"pkg/plan/decide.go", `append(slices.Clip(i.Reasons), lostReason(gone))`, `append(slices.Grow(i.Reasons, 0), lostReason(gone))`, planTests, "one item's reason is written over another's"},
	{"pkg/plan/listed.go", `l.expires = l.expires || !e.Until.IsZero()`, `l.expires = false`, planTests, "what a device lets go by itself is not seen"},
	{"pkg/plan/count.go", `if t.n == 0 || t.last != ref {`, `if t.n >= 0 {`, planTests, "a target on two blockers counts twice"},
}

var trustMutants = []mutant{
	{"pkg/plan/decide.go", `case covered != "" && (h != nil || s.unread == nil):`, `case covered != "" && s.unread == nil:`, planTests, "never-block waits for a frozen kind"},
	{"pkg/plan/decide.go", `Covers(h.Target, h.Receipt.Elements); is {`, `Covers(h.Target, nil); is {`, planTests, "never-block does not look at what is held"},
	{"pkg/plan/decide.go", `Covers(s.Target, s.Elements[blocker]); is {`, `Covers(s.Target, nil); is {`, planTests, "never-block does not look at what would be put in place"},
	{"pkg/plan/decide.go", `case seen.KeyAsset != "":`, `case seen.KeyAsset != "" && h == nil:`, planTests, "a key asset that is held stays so"},
	{"pkg/plan/decide.go", `case s.spared != nil:
		return d.spare(`, `case h != nil && s.spared != nil:
		return d.spare(`, planTests, "what a person released is blocked again"},
	{"pkg/plan/decide.go", `case len(s.matches) == 0 && d.orderEnded(s):`, `case h == nil && len(s.matches) == 0:`, planTests, "a person's block outlives its order"},
	{"pkg/plan/decide.go", `case h == nil && d.unseen(s):`, `case d.unseen(s):`, planTests, "what is held goes since nobody saw it for long"},
	{"pkg/plan/blocker.go", `case h != nil && h.State != entity.Refused && b.elsewhere(h) != nil:`, `case h == nil && b.Name == "":`, planTests, "what lies in a former group is taken for released"},
	{"pkg/plan/person.go", `o != nil && o.Verb == verb && !o.Ended(d.now)`, `o != nil && o.Verb == verb`, planTests, "an order never ends"},
	{"pkg/plan/person.go", `if d.isGone(o.Target.Ref) && !d.isSeen(o.Target.Ref) && `, `if !d.isSeen(o.Target.Ref) && `, planTests, "an order blocks what nobody was asked about"},
	{"pkg/plan/listed.go", `l.entries.find(class, e) == nil && !h.Lacks(l.device, e)`, `l.entries.find(class, e) == nil`, planTests, "what a device cannot take is repaired for ever"},
	{"pkg/plan/wanted.go", `return sameAddresses(t, h.Target) && b.elsewhere(h) == nil`, `return sameAddresses(t, h.Target)`, planTests, "what was refused for a former place is never asked again"},
	{"pkg/plan/gating.go", `case d.pol.Stops.Panic != "" && it.puts():`, `case d.pol.Stops.Panic != "" && it.Action == entity.ActionBlock:`, planTests, "renewals go on in a panic"},
	{"pkg/plan/gating.go", `if d.pol.Force {`, `if d.pol.Force || len(gates) == 1 {`, planTests, "a gate alone holds nothing back"},
	{"pkg/plan/gating.go", `if n := c.blocks.n; l.MaxBlocks > 0 && n > l.MaxBlocks {`, `if n := c.blocks.n; l.MaxBlocks > 0 && n > l.MaxBlocks+1 {`, planTests, "one block too many passes"},
	{"pkg/plan/gating.go", `held > l.Floor`, `held >= l.Floor`, planTests, "a share counts although few are held"},
	{"pkg/plan/gating.go", `p.Strips = nil`, `_ = p.Strips`, planTests, "a pass that is only a plan takes tags off"},
	{"pkg/plan/gating.go", `if it.Changes() && (whole`, `if (whole`, planTests, "what is only shown is said to be held back"},
	{"pkg/plan/count.go", `i.cites(RuleNoRule, RuleGone, RuleRouted, RuleKind)`, `i.cites(RuleNoRule, RuleRouted, RuleKind)`, planTests, "what is gone passes every gate"},
	{"pkg/plan/count.go", `i.State() == entity.Releasing || i.State() == entity.Refused`, `i.State() == entity.Refused`, planTests, "a release that has begun is counted again"},
	{"pkg/plan/count.go", `&& !i.cites(RulePerson)`, ``, planTests, "a person's blocks are counted"},
	{"pkg/plan/leave.go", `if items[i].Changes() {`, `if items[i].Changes() || items[i].Gated != "" {`, planTests, "elements leave although the release is held back"},
	{"pkg/plan/listed.go", `if inv.Err != nil || !slices.Contains(devices, inv.Device) {`, `if !slices.Contains(devices, inv.Device) {`, planTests, "a device that cannot be read is taken for empty"},
	{"pkg/plan/drift.go", `!ok || h.State != entity.Complete ||`, `!ok ||`, planTests, "a release is repaired"},
	{"pkg/plan/drift.go", `case l.booted.After(h.Asserted) && !h.Receipt.Empty():`, `case false:`, planTests, "a restart of a device goes unnoticed"},
	{"pkg/plan/orphan.go", `case foreign:`, `case foreign && !placed:`, planTests, "an admin's entry is taken off"},
	{"pkg/plan/orphan.go", `case marked && c.AllRead:`, `case marked && c.Owner != "":`, planTests, "an orphan is taken although a source may hold it"},
	{"pkg/plan/orphan.go", `taken[lot{blocker, e.Class}]`, `taken[lot{"edge", e.Class}]`, planTests, "another blocker's holder keeps an orphan"},
	{"pkg/plan/gate.go", `if g.Kind != kind || g.Direction != direction {`, `if g.Kind != kind && g.Direction != direction {`, planTests, "the digest of one gate tells of another"},
	{"pkg/dispatch/put.go", `for _, e := range plan.Without(in.Receipt.Elements, out.Receipt.Elements) {`, `for _, e := range plan.Without(nil, out.Receipt.Elements) {`, "./pkg/dispatch", "what a repair does not bring back is repaired for ever"},
	{"pkg/registry/note.go", `reasons = append(reasons[:manyReasons], fmt`, `reasons = append(reasons, fmt`, registryTests, "a note tells of every single element"},
	{"pkg/selection/caution.go", `if !o.pol.SpareKeyAssets || t.Host == nil`, `if t.Host == nil`, selectionTests, "key assets are spared unasked"},
	{"pkg/selection/caution.go", `t.Host.LastSeen.IsZero() || `, ``, selectionTests, "what no brain tells the time of is not blocked"},
	{"pkg/selection/caution.go", `s.Unseen = o.unseen(&t)`, `_ = t`, selectionTests, "the older time of a list counts"},
	{"pkg/selection/hand.go", `!o.Ended(now) || holds[ref]`, `!o.Ended(now)`, selectionTests, "what is held for an order that ended is taken for gone"},
	{"pkg/selection/hand.go", `if holds[ref] && ref.Source == entity.SourceHand {`, `if false {`, selectionTests, "what is held without an order stays for ever"},
}

var selectionMutants = []mutant{
	{"pkg/selection/judge.go", `if carried(r.BlockTag, t.Tags) != "" {`, `if r.BlockTag != "" {`, selectionTests, "the exactness check of tags is skipped"},
	{"pkg/selection/judge.go", `ok && u >= *r.Urgency`, `ok && u > *r.Urgency`, selectionTests, "> for ≥ in urgency"},
	{"pkg/entity/query.go", `threat, certainty := s.Threat >= f.Threat, s.Certainty >= f.Certainty`, `threat, certainty := s.Threat > f.Threat, s.Certainty > f.Certainty`, "./pkg/entity ./pkg/selection", "> for ≥ in scores"},
	{"pkg/entity/query.go", `if f.Or {`, `if !f.Or {`, "./pkg/entity ./pkg/selection", "and is or"},
	{"pkg/selection/judge.go", `if o.spared[t.Kind].Has(t.ID, uid(t)) {`, `if o.spared[t.Kind].Has("", uid(t)) {`, selectionTests, "hosts of the no-block group are not spared"},
	{"pkg/selection/entities.go", `o.readGroup(ctx, k, r.NoBlockGroup, o.spared, k, entity.KindDetection)`, `o.readGroup(ctx, k, r.NoBlockGroup, o.spared)`, selectionTests, "an unreadable no-block group freezes nothing"},
	{"pkg/selection/judge.go", `if from.host == nil || informational(s.Target.Detection) {`, `if from.host == nil {`, selectionTests, "INFO detections count"},
	{"pkg/selection/entities.go", `return o.held[t.Kind].has(t.ID) && slices.Contains(`, `return slices.Contains(`, selectionTests, "what is blocked anew is sent without raw JSON"},
	{"pkg/selection/entities.go", `if err != nil || all {`, `if err != nil || !all {`, selectionTests, "a page is taken for all"},
	{"pkg/selection/join.go", `case entity.ClassOf(err) == entity.Absent:`, `case err != nil:`, selectionTests, "an entity that cannot be read is taken for gone"},
	{"pkg/selection/judge.go", `return t.Detection != nil && t.Detection.State == "active" && !t.Detection.Triaged`, `return t.Detection != nil && t.Detection.State == "active"`, selectionTests, "triaged detections block"},
}

var registryMutants = []mutant{
	{"pkg/registry/codec.go", `label, element, ok = strings.Cut(body, ":")`, `i := strings.LastIndex(body, ":")
	if i < 0 {
		return "", "", false
	}
	label, element, ok = body[:i], body[i+1:], true`, registryTests, "elements with colons are cut"},
	{"pkg/registry/codec.go", `return ok || tag != "" && tag == Marker(k)`, `return ok || tag != "" && strings.Contains(tag, Marker(k))`, registryTests, "a tag merely like the marker counts"},
	{"pkg/registry/edit.go", `case ok && mine(label, element) && !slices.Contains(want, tag):`, `case ok && (mine(label, element) || true) && !slices.Contains(want, tag):`, registryTests, "receipts of unknown labels are taken off"},
	{"pkg/registry/edit.go", `if staying == 0 && len(edit.Remove) > 0`, `if len(edit.Remove) > 0`, registryTests, "the marker goes before the last receipt"},
}

var dispatchMutants = []mutant{
	{"pkg/dispatch/put.go", `	case class == entity.Unknown || !receipt.Empty():
		return entity.Partial`, `	case class == entity.Unknown || !receipt.Empty():
		return entity.Complete`, dispatchTests, "in part is recorded as complete"},
	{"pkg/dispatch/put.go", `receipt.Elements = entity.Union(receipt.Elements, in.Elements)`, `_ = in`, dispatchTests, "an unknown outcome forgets what was expected"},
	{"pkg/dispatch/take.go", `done := err == nil || entity.ClassOf(err) == entity.Absent`, `done := true`, dispatchTests, "a failed release is recorded as done"},
	{"pkg/dispatch/take.go", `t.leaves.Elements = hs.Remove(it.Target.Ref, blocker, drop)`, `t.leaves.Elements = drop`, dispatchTests, "elements that others hold are taken off"},
	{"pkg/dispatch/retry.go", `if class := entity.ClassOf(e); class != entity.Transient && class != entity.Unknown {`, `if class := entity.ClassOf(e); class == "" {`, dispatchTests, "what the device refused is tried again"},
	{"pkg/dispatch/retry.go", `out.Receipt = outcomes[i].Receipt.Merge(out.Receipt)`, `_ = i`, dispatchTests, "a retry forgets the first receipt"},
}

var reconcileMutants = []mutant{
	{"pkg/reconcile/recover.go", `h.State = entity.Releasing`, `h.State = entity.Complete`, dispatchTests, "an interrupted release is forgotten"},
	{"pkg/reconcile/notes.go", `if err != nil || slices.Contains(there, n.Text) {`, `if err != nil || len(there) < 0 {`, dispatchTests, "a note is written twice"},
}

var vectraMutants = []mutant{
	{"pkg/vectra/walk.go", `if w.at.next == "" {`, `if true {`, vectraTests, "only the first page is read"},
	{"pkg/vectra/walk.go", `if w.seen.add(row.id) {`, `if w.seen.add(row.id); true {`, vectraTests, "rows that come twice are folded twice"},
	{"pkg/vectra/walk.go", `case w.at.next != "":`, `case false:`, vectraTests, "the first page of many is taken for all"},
	{"pkg/vectra/page.go", `case err != nil:
		return err
	case !listed:`, `case err != nil && false:
		return err
	case !listed:`, vectraTests, "rows of an answer that is cut off count"},
	{"pkg/vectra/gate.go", `		}
	}
	return c.pass(ctx)
}`, `		}
	}
	return nil
}`, vectraTests, "a request that waited for its turn begins though the brain asked for a pause"},
	{"pkg/vectra/tags.go", `for _, t := range slices.Concat(tags, e.Add) {`, `for _, t := range e.Add {`, vectraTests, "the merge is omitted: foreign tags are lost"},
	{"pkg/vectra/tagging.go", `if err == nil && t == nil {`, `if err != nil && t == nil {`, vectraTests, "an answer without tags is taken for none"},
	{"pkg/vectra/bearer.go", `return now.Add(life - min(100*time.Second, life/10))`, `return now.Add(life + time.Hour)`, vectraTests, "tokens are used beyond their life"},
	{"pkg/vectra/bearer.go", `if refused != "Bearer "+b.held.access {`, `if false {`, vectraTests, "everybody who was refused asks for a token"},
	{"pkg/vectra/target.go", `if s.foreign || s.silent {`, `if false {`, vectraTests, "a proxy's 404 is taken for gone"},
	{"pkg/vectra/query.go", `(!q.Active || o.state == "active") &&`, ``, vectraTests, "inactive detections pass"},
}

var destinationMutants = []mutant{
	{"pkg/entity/destination.go", `"0.0.0.0/8", "10.0.0.0/8",`, `"0.0.0.0/8",`, "./pkg/entity", "10/8 counts as public"},
	{"pkg/entity/destination.go", `if s.Overlaps(p) {`, `if s.Contains(p.Addr()) && s.Bits() <= p.Bits() {`, "./pkg/entity", "a network around a private one counts as public"},
}

var fortigateMutants = []mutant{
	{"plugins/fortigate/internal/fortios/classify.go", `broken == nil && res.StatusCode == http.StatusOK && env.OK()`, `broken == nil && env.OK() || res.StatusCode == http.StatusForbidden`, fortigateTests, "403 is treated as done"},
	{"plugins/fortigate/internal/fortios/classify.go", `res.StatusCode == http.StatusOK && env.OK()`, `res.StatusCode == http.StatusOK`, fortigateTests, "200 with status error counts as success"},
	{"plugins/fortigate/block.go", `faults.add(e, p.Err)`, `_ = p.Err`, fortigateTests, "a device's refusal is ignored"},
	{"plugins/fortigate/internal/addrgroup/put.go", `_, err := b.Post(ctx, l.memberPath(group), member{name})`, `var err error
	_, _ = group, name`, fortigateTests, "the object never becomes a member"},
	{"plugins/fortigate/internal/feed/feed.go", `case inert != "":`, `case inert == "never":`, fortigateTests, "inert feed entries count as enforced"},
}

var paloaltoMutants = []mutant{
	{"plugins/paloalto/settle.go", `if fine(v, o) {`, `if fine(v, o) || true {`, paloaltoTests, "refused entries are ignored"},
	{"plugins/paloalto/internal/panos/verdict.go", `return strings.HasSuffix(strings.ToLower(strings.TrimSpace(v.Message)), tail)`, `return strings.Contains(strings.ToLower(strings.TrimSpace(v.Message)), "ignore")`, paloaltoTests, "any remark with ignore is benign"},
	{"plugins/paloalto/capacity.go", `if count+len(asked) <= f.capacity {`, `if true {`, paloaltoTests, "the capacity ceiling is ignored"},
}

var externalMutants = []mutant{
	{"plugins/external-command/command.go", `if !ended && strings.HasPrefix(arg, "-") && !strings.HasPrefix(template, "-") {`, `if false {`, externalTests, "a value can become an option"},
	{"plugins/external-command/exit.go", `return nothing[exit.code]`, `return true`, externalTests, "a command that failed half way is taken for one that did nothing"},
}
