package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/view"
)

// judged tells every configured rule about a target's kind, those that match and those that do not.
func judged(c *config.Config, s plan.Seen, urgency bool) []view.Rule {
	switch s.Target.Kind {
	case entity.KindHost:
		views := entityRules(s, urgency, c.Hosts.BlockTag, c.Hosts.UnblockTag, c.Hosts.Rules)
		return append(views, hostRules(c, s)...)
	case entity.KindAccount:
		return entityRules(s, urgency, c.Accounts.BlockTag, c.Accounts.UnblockTag, c.Accounts.Rules)
	case entity.KindDetection:
		return detectionRules(c, s, urgency)
	}
	return []view.Rule{blocks(s, plan.RuleStatic, "a line of "+c.Static.Destinations, "not listed")}
}

func entityRules(s plan.Seen, urgency bool, blockTag, unblockTag string, r config.Rules) []view.Rule {
	all := noBlock(s, r.NoBlockGroup)
	all = append(all, released(s, unblockTag)...)
	all = append(all, byTag(s, blockTag)...)
	if r.BlockGroup != "" {
		all = append(all, blocks(s, plan.RuleGroup, r.BlockGroup, "not in it"))
	}
	switch {
	case r.Urgency != nil && urgency:
		all = append(all, blocks(s, plan.RuleUrgency, fmt.Sprintf("≥ %d", *r.Urgency), urgencyText(s.Target)))
	case r.Score != nil:
		all = append(all, blocks(s, plan.RuleScore, scoreWanted(*r.Score), scoreText(s.Target.Score)))
	}
	if len(r.DetectionTypes) > 0 {
		wanted := strings.Join(r.DetectionTypes, ", ")
		if r.DetectionTypesScore != nil {
			wanted += " with " + scoreWanted(*r.DetectionTypesScore)
		}
		all = append(all, blocks(s, plan.RuleDetectionType, wanted, "none active, "+scoreText(s.Target.Score)))
	}
	return all
}

func hostRules(c *config.Config, s plan.Seen) []view.Rule {
	var all []view.Rule
	if c.Hosts.SpareKeyAssets {
		all = append(all, spares(plan.RuleKeyAsset, "", s.KeyAsset, "it is none"))
	}
	if c.Hosts.SpareUnseen > 0 {
		all = append(all, spares(plan.RuleUnseen, spanText(c.Hosts.SpareUnseen), s.Unseen, "it was seen"))
	}
	return all
}

func detectionRules(c *config.Config, s plan.Seen, urgency bool) []view.Rule {
	var all []view.Rule
	for _, group := range []string{c.Hosts.NoBlockGroup, c.Accounts.NoBlockGroup} {
		all = append(all, noBlock(s, group)...)
	}
	all = append(all, released(s, c.Detections.UnblockTag)...)
	all = append(all, byTag(s, c.Detections.BlockTag)...)
	if len(c.Detections.Types) > 0 {
		all = append(all, blocks(s, plan.RuleDetectionType, strings.Join(c.Detections.Types, ", "), detectionText(s.Target)))
	}
	switch {
	case c.Detections.HostUrgency != nil && urgency:
		all = append(all, blocks(s, plan.RuleHostUrgency, fmt.Sprintf("≥ %d", *c.Detections.HostUrgency), "its host is below"))
	case c.Detections.HostScore != nil:
		all = append(all, blocks(s, plan.RuleHostScore, scoreWanted(*c.Detections.HostScore), "its host is below"))
	}
	return all
}

// blocks is a rule that blocks: what matched says with which value.
func blocks(s plan.Seen, rule plan.Rule, wanted, otherwise string) view.Rule {
	v := view.Rule{Rule: rule, Wanted: wanted, Found: otherwise}
	for _, m := range s.Matches {
		if m.Rule == rule {
			v.Found, v.Matches = m.Detail, true
		}
	}
	return v
}

func byTag(s plan.Seen, tag string) []view.Rule {
	if tag == "" {
		return nil
	}
	return []view.Rule{blocks(s, plan.RuleTag, tag, "not there")}
}

func spares(rule plan.Rule, wanted, found, otherwise string) view.Rule {
	v := view.Rule{Rule: rule, Spares: true, Wanted: wanted, Found: found, Matches: found != ""}
	if !v.Matches {
		v.Found = otherwise
	}
	return v
}

func noBlock(s plan.Seen, group string) []view.Rule {
	if group == "" {
		return nil
	}
	in := ""
	if s.NoBlock == group {
		in = "in it"
	}
	return []view.Rule{spares(plan.RuleNoBlockGroup, group, in, "not in it")}
}

func released(s plan.Seen, tag string) []view.Rule {
	if tag == "" {
		return nil
	}
	return []view.Rule{spares(plan.RuleReleaseTag, tag, s.Release, "not there")}
}

func scoreWanted(s config.Score) string {
	word := "and"
	if s.Either() {
		word = "or"
	}
	return fmt.Sprintf("threat ≥ %d %s certainty ≥ %d", s.Threat, word, s.Certainty)
}

func scoreText(s entity.Score) string {
	return fmt.Sprintf("threat %d, certainty %d", s.Threat, s.Certainty)
}

func urgencyText(t entity.Target) string {
	if t.Score.Urgency != nil {
		return fmt.Sprint(*t.Score.Urgency)
	}
	return "below"
}

func detectionText(t entity.Target) string {
	if t.Detection == nil {
		return "unknown"
	}
	parts := []string{t.Detection.Type, t.Detection.State}
	if t.Detection.Triaged {
		parts = append(parts, "triaged")
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), ", ")
}
