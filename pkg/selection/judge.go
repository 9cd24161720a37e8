package selection

import (
	"maps"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// freezeDependants: whether a detection may be blocked depends on its host.
func (o *observer) freezeDependants() {
	why, is := o.frozen[entity.KindHost]
	if _, already := o.frozen[entity.KindDetection]; is && !already && o.pol.reads(entity.KindDetection) {
		o.frozen[entity.KindDetection] = "hosts: " + why
	}
}

// judge says of each entity which rules match, in a stable order.
func (o *observer) judge() []plan.Seen {
	refs := slices.SortedFunc(maps.Keys(o.found), entity.Ref.Compare)
	seen, held := make([]plan.Seen, 0, len(refs)), o.heldRefs()
	for _, ref := range refs {
		judge := o.judgeEntity
		if ref.Kind == entity.KindDetection {
			judge = o.judgeDetection
		}
		if s := judge(o.found[ref]); len(s.Matches) > 0 || held[ref] || o.tagged(s.Target) {
			seen = append(seen, s)
		}
	}
	return seen
}

func (o *observer) heldRefs() map[entity.Ref]bool {
	held := make(map[entity.Ref]bool, len(o.held))
	for _, ref := range o.held {
		held[ref] = true
	}
	return held
}

// tagged reports that a target bears one of the tags that are looked for.
func (o *observer) tagged(t entity.Target) bool {
	return slices.ContainsFunc(o.pol.tags(t.Kind), func(tag string) bool { return slices.Contains(t.Tags, tag) })
}

// judgeEntity judges a host or an account.
func (o *observer) judgeEntity(t entity.Target) plan.Seen {
	r := o.rules(t.Kind)
	s := plan.Seen{Target: t, Release: carried(r.UnblockTag, t.Tags), KeyAsset: o.keyAsset(t), Unseen: o.unseen(t)}
	if o.spared[t.Kind].Has(t.ID, uid(t)) {
		s.NoBlock = r.NoBlockGroup
	}
	s.Matches = r.matchTag(t.Tags)
	if o.blocked[t.Kind].Has(t.ID, uid(t)) {
		s.Matches = append(s.Matches, plan.Reason{Rule: plan.RuleGroup, Detail: r.BlockGroup})
	}
	s.Matches = append(s.Matches, o.matchScore(t, r)...)
	if types := o.types[t.Ref]; len(types) > 0 {
		s.Matches = append(s.Matches, plan.Reason{Rule: plan.RuleDetectionType, Detail: strings.Join(types, ", ")})
	}
	return s
}

// matchScore goes by urgency where that counts, else by threat and certainty.
func (o *observer) matchScore(t entity.Target, r Rules) []plan.Reason {
	if byUrgency(o.c, r.Urgency) {
		if u, ok := o.urgency[t.Kind][t.ID]; ok && u >= *r.Urgency {
			return []plan.Reason{urgencyReason(plan.RuleUrgency, u)}
		}
		return nil
	}
	if r.Score != nil && r.Score.Met(t.Score) {
		return []plan.Reason{scoreReason(plan.RuleScore, t.Score)}
	}
	return nil
}

func (o *observer) judgeDetection(t entity.Target) plan.Seen {
	d, f := o.pol.Detections, o.findings[t.Ref]
	s := plan.Seen{Target: t, Release: carried(d.UnblockTag, t.Tags), NoBlock: o.sparedOrigin(t, f)}
	if carried(d.BlockTag, t.Tags) != "" {
		s.Matches = append(s.Matches, plan.Reason{Rule: plan.RuleTag, Detail: d.BlockTag})
	}
	if !live(t) {
		return s
	}
	if slices.Contains(d.Types, t.Detection.Type) {
		s.Matches = append(s.Matches, plan.Reason{Rule: plan.RuleDetectionType, Detail: t.Detection.Type})
	}
	s.Matches = append(s.Matches, o.matchHost(f)...)
	return s
}

// live reports that rules about active detections apply.
func live(t entity.Target) bool {
	return t.Detection != nil && t.Detection.State == "active" && !t.Detection.Triaged
}

func (o *observer) matchHost(f entity.Finding) []plan.Reason {
	d := o.pol.Detections
	if f.SourceHost == nil || informational(f) {
		return nil
	}
	if byUrgency(o.c, d.HostUrgency) {
		if u, ok := o.urgency[entity.KindHost][f.SourceHost.ID]; ok && u >= *d.HostUrgency {
			return []plan.Reason{urgencyReason(plan.RuleHostUrgency, u)}
		}
		return nil
	}
	if d.HostScore != nil && d.HostScore.Met(f.SourceHost.Score) {
		return []plan.Reason{scoreReason(plan.RuleHostScore, f.SourceHost.Score)}
	}
	return nil
}

// sparedOrigin is the no-block group that a detection's host or account is in.
func (o *observer) sparedOrigin(t entity.Target, f entity.Finding) string {
	hosts, accounts := o.pol.Hosts.NoBlockGroup, o.pol.Accounts.NoBlockGroup
	hostID, account := "", entity.Origin{}
	if t.Detection != nil {
		hostID, account.ID = t.Detection.HostID, t.Detection.AccountID
	}
	if f.SourceHost != nil {
		hostID = f.SourceHost.ID
	}
	if f.SourceAccount != nil {
		account = *f.SourceAccount
	}
	switch {
	case hosts != "" && (o.spared[entity.KindHost].Has(hostID, "") || inGroup(f.SourceHost, hosts)):
		return hosts
	case accounts != "" && o.spared[entity.KindAccount].Has(account.ID, account.Name):
		return accounts
	}
	return ""
}

func inGroup(origin *entity.Origin, group string) bool {
	return origin != nil && slices.Contains(origin.Groups, group)
}
