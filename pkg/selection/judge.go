package selection

import (
	"errors"
	"fmt"
	"slices"

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
	return o.found.sorted(func(s *plan.Seen) bool {
		if s.Target.Kind == entity.KindDetection {
			o.judgeDetection(s)
		} else {
			o.judgeEntity(s)
		}
		return len(s.Matches) > 0 || o.held[s.Target.Kind].has(s.Target.ID) || o.tagged(&s.Target)
	})
}

// tagged reports that a target bears one of the tags that are looked for.
func (o *observer) tagged(t *entity.Target) bool {
	return slices.ContainsFunc(o.pol.tags(t.Kind), func(tag string) bool { return slices.Contains(t.Tags, tag) })
}

// match adds a reason. What matches for the same reasons shares them.
func (o *observer) match(s *plan.Seen, rule plan.Rule, detail string) {
	key := reasons{n: len(s.Matches), more: plan.Reason{Rule: rule, Detail: detail}}
	if key.n > 0 {
		key.before = &s.Matches[0]
	}
	if o.reasons[key] == nil {
		o.reasons[key] = slices.Clip(slices.Concat(s.Matches, []plan.Reason{key.more}))
	}
	s.Matches = o.reasons[key]
}

// judgeEntity judges a host or an account.
func (o *observer) judgeEntity(s *plan.Seen) {
	t := &s.Target
	r := o.rules(t.Kind)
	s.Release, s.KeyAsset, s.Unseen = carried(r.UnblockTag, t.Tags), o.keyAsset(t), o.unseen(t)
	if o.spared[t.Kind].Has(t.ID, uid(t)) {
		s.NoBlock = r.NoBlockGroup
	}
	if carried(r.BlockTag, t.Tags) != "" {
		o.match(s, plan.RuleTag, r.BlockTag)
	}
	if o.blocked[t.Kind].Has(t.ID, uid(t)) {
		o.match(s, plan.RuleGroup, r.BlockGroup)
	}
	o.matchScore(s, r)
	if types := o.types[t.Kind].get(t.ID); types != nil {
		o.match(s, plan.RuleDetectionType, types.text)
	}
	if len(s.Matches) == 0 && r.Score != nil && t.Score.Unread && o.held[t.Kind].has(t.ID) {
		o.freeze(errScoreless, fmt.Sprintf("%s %s", t.Kind, t.ID), t.Kind)
	}
}

// errScoreless keeps what is held from being released for a score that nobody read: a brain may have renamed the fields.
var errScoreless = errors.New("the brain shows neither threat nor certainty, and a score may be why it is held")

// matchScore goes by urgency where that counts, else by threat and certainty.
func (o *observer) matchScore(s *plan.Seen, r Rules) {
	t := &s.Target
	if byUrgency(o.c, r.Urgency) {
		if u, ok := o.urgency[t.Kind][t.ID]; ok && u >= *r.Urgency {
			o.match(s, plan.RuleUrgency, urgencyText(u))
		}
		return
	}
	if r.Score != nil && r.Score.Met(t.Score) {
		o.match(s, plan.RuleScore, scoreText(t.Score))
	}
}

func (o *observer) judgeDetection(s *plan.Seen) {
	t, d := &s.Target, o.pol.Detections
	from := o.sources.get(t.ID)
	s.Release, s.NoBlock = carried(d.UnblockTag, t.Tags), o.sparedOrigin(t, from)
	if carried(d.BlockTag, t.Tags) != "" {
		o.match(s, plan.RuleTag, d.BlockTag)
	}
	if !live(t) {
		return
	}
	if slices.Contains(d.Types, t.Detection.Type) {
		o.match(s, plan.RuleDetectionType, t.Detection.Type)
	}
	o.matchHost(s, from)
}

// live reports that rules about active detections apply.
func live(t *entity.Target) bool {
	return t.Detection != nil && t.Detection.State == "active" && !t.Detection.Triaged
}

func (o *observer) matchHost(s *plan.Seen, from sources) {
	d := o.pol.Detections
	if from.host == nil || informational(s.Target.Detection) {
		return
	}
	if byUrgency(o.c, d.HostUrgency) {
		if u, ok := o.urgency[entity.KindHost][from.host.ID]; ok && u >= *d.HostUrgency {
			o.match(s, plan.RuleHostUrgency, urgencyText(u))
		}
		return
	}
	if d.HostScore != nil && d.HostScore.Met(from.host.Score) {
		o.match(s, plan.RuleHostScore, scoreText(from.host.Score))
	}
}

// sparedOrigin is the no-block group that a detection's host or account is in.
func (o *observer) sparedOrigin(t *entity.Target, from sources) string {
	hosts, accounts := o.pol.Hosts.NoBlockGroup, o.pol.Accounts.NoBlockGroup
	hostID, account := "", entity.Origin{}
	if t.Detection != nil {
		hostID, account.ID = t.Detection.HostID, t.Detection.AccountID
	}
	if from.host != nil {
		hostID = from.host.ID
	}
	if from.account != nil {
		account = *from.account
	}
	switch {
	case hosts != "" && (o.spared[entity.KindHost].Has(hostID, "") || inGroup(from.host, hosts)):
		return hosts
	case accounts != "" && o.spared[entity.KindAccount].Has(account.ID, account.Name):
		return accounts
	}
	return ""
}

func inGroup(origin *entity.Origin, group string) bool {
	return origin != nil && slices.Contains(origin.Groups, group)
}
