package cli

import (
	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// countedRule is a rule by its key in the file: "hosts.score".
type countedRule struct {
	kind entity.Kind
	rule plan.Rule
	key  string
}

// countedRules are the rules that apply at a brain, one that rates by urgency or one that does not.
func countedRules(c *config.Config, urgency bool) []countedRule {
	var all []countedRule
	add := func(k entity.Kind, rule plan.Rule, key string, on bool) {
		if on {
			all = append(all, countedRule{k, rule, string(k) + "s." + key})
		}
	}
	common := func(k entity.Kind, on bool, block, unblock string, r config.Rules) {
		byUrgency := r.Urgency != nil && urgency
		add(k, plan.RuleTag, "block_tag", on && block != "")
		add(k, plan.RuleReleaseTag, "unblock_tag", on && unblock != "")
		add(k, plan.RuleGroup, "block_group", on && r.BlockGroup != "")
		add(k, plan.RuleNoBlockGroup, "no_block_group", on && r.NoBlockGroup != "")
		add(k, plan.RuleScore, "score", on && r.Score != nil && !byUrgency)
		add(k, plan.RuleUrgency, "urgency", on && byUrgency)
		add(k, plan.RuleDetectionType, "detection_types", on && len(r.DetectionTypes) > 0)
	}
	h, a, d := c.Hosts, c.Accounts, c.Detections
	common(entity.KindHost, h.Enabled, h.BlockTag, h.UnblockTag, h.Rules)
	add(entity.KindHost, plan.RuleKeyAsset, "spare_key_assets", h.Enabled && h.SpareKeyAssets)
	add(entity.KindHost, plan.RuleUnseen, "spare_unseen", h.Enabled && h.SpareUnseen > 0)
	common(entity.KindAccount, a.Enabled, a.BlockTag, a.UnblockTag, a.Rules)
	byUrgency := d.HostUrgency != nil && urgency
	add(entity.KindDetection, plan.RuleTag, "block_tag", d.Enabled && d.BlockTag != "")
	add(entity.KindDetection, plan.RuleReleaseTag, "unblock_tag", d.Enabled && d.UnblockTag != "")
	add(entity.KindDetection, plan.RuleDetectionType, "types", d.Enabled && len(d.Types) > 0)
	add(entity.KindDetection, plan.RuleHostScore, "host_score", d.Enabled && d.HostScore != nil && !byUrgency)
	add(entity.KindDetection, plan.RuleHostUrgency, "host_urgency", d.Enabled && byUrgency)
	return all
}
