package plan

import "strings"

// Rule names a reason for an item of a plan.
type Rule string

// The rules that block.
const (
	RulePerson        Rule = "person"
	RuleTag           Rule = "tag"
	RuleGroup         Rule = "group"
	RuleScore         Rule = "score"
	RuleUrgency       Rule = "urgency"
	RuleDetectionType Rule = "detection type"
	RuleHostScore     Rule = "host score"
	RuleHostUrgency   Rule = "host urgency"
	RuleStatic        Rule = "static list"
)

// The rules that release or spare.
const (
	RuleNeverBlock   Rule = "never block"
	RuleNoBlockGroup Rule = "no-block group"
	RuleKeyAsset     Rule = "key asset"
	RuleReleaseTag   Rule = "release tag"
	RuleSpared       Rule = "spared"
	RuleUnseen       Rule = "not seen since"
	RuleOrderEnded   Rule = "order ended"
	RuleNoRule       Rule = "no rule matches"
	RuleGone         Rule = "gone"
	RuleRouted       Rule = "routed elsewhere"
	RuleKind         Rule = "kind not configured"
)

// The rules that keep, repeat or move what is held.
const (
	RulePartial     Rule = "in part"
	RulePending     Rule = "pending"
	RuleInterrupted Rule = "release interrupted"
	RuleExpires     Rule = "expires"
	RuleMissing     Rule = "missing on device"
	RuleRestarted   Rule = "device restarted"
	RuleMoved       Rule = "moved"
	RuleFrozen      Rule = "frozen"
	RuleUnread      Rule = "not read"
	RuleExplicit    Rule = "explicit unblock"
	RuleDisabled    Rule = "blocker not in use"
	RuleStranded    Rule = "blocker not configured"
	RulePlace       Rule = "blocker changed"
	RuleLostDevice  Rule = "device not configured"
	RuleLostSource  Rule = "source not configured"
	RuleNoUndo      Rule = "cannot be undone"
	RuleUnsupported Rule = "unsupported"
)

// Blocks reports that a rule is a reason to block, rather than to do anything else about what is held.
func (r Rule) Blocks() bool {
	switch r {
	case RulePerson, RuleTag, RuleGroup, RuleScore, RuleUrgency, RuleDetectionType, RuleHostScore, RuleHostUrgency, RuleStatic:
		return true
	}
	return false
}

// Reason is a rule with what made it match: the tag, the group, the score.
type Reason struct {
	Rule   Rule   `json:"rule"`
	Detail string `json:"detail,omitempty"`
}

// String is "tag vectra_host_block".
func (r Reason) String() string {
	return strings.TrimSpace(string(r.Rule) + " " + r.Detail)
}
