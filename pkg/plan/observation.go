// Package plan decides: what a source wants blocked, against what is held, gives
// what to do, for each target and blocker, with its reasons. It is pure: values in,
// values out.
package plan

import (
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// Rule names a reason for an item of a plan.
type Rule string

// The rules that block.
const (
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
	RuleNoBlockGroup Rule = "no-block group"
	RuleReleaseTag   Rule = "release tag"
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
	RuleMoved       Rule = "moved"
	RuleFrozen      Rule = "frozen"
	RuleUnread      Rule = "not read"
	RuleExplicit    Rule = "explicit unblock"
	RuleDisabled    Rule = "blocker not in use"
	RuleStranded    Rule = "blocker not configured"
	RuleLostDevice  Rule = "device not configured"
	RuleLostSource  Rule = "source not configured"
	RuleNoUndo      Rule = "cannot be undone"
	RuleUnsupported Rule = "unsupported"
)

// Reason is a rule with what made it match: the tag, the group, the score.
type Reason struct {
	Rule   Rule   `json:"rule"`
	Detail string `json:"detail,omitempty"`
}

// String is "tag vectra_host_block".
func (r Reason) String() string {
	return strings.TrimSpace(string(r.Rule) + " " + r.Detail)
}

// Seen is what one source says of one target.
type Seen struct {
	Target entity.Target
	// Matches are the block rules that match, in the order of configuration.
	Matches []Reason
	// NoBlock is the no-block group that the target is in, Release the release tag that it
	// carries; empty when none.
	NoBlock string
	Release string
	// Elements is what each blocker would put in place, by blocker; a missing or empty entry is "unknown now".
	Elements map[string][]string
}

// Observation is what one reading of one source found.
type Observation struct {
	Source string
	// Read are the kinds that the reading covered. Of other kinds nothing is known.
	Read []entity.Kind
	// Frozen are kinds whose reading was not complete, with why.
	Frozen map[entity.Kind]string
	// Seen are the targets that match a rule, are held, or bear our tags; each once.
	Seen []Seen
	// Gone are held targets that the source says it does not know.
	Gone []entity.Ref
}

// Whole reports that a kind was read, and read completely.
func (o Observation) Whole(k entity.Kind) bool {
	_, frozen := o.Frozen[k]
	return !frozen && slices.Contains(o.Read, k)
}

// Policy is how decisions are made.
type Policy struct {
	Blockers []entity.Blocker
	// Disabled names blockers that are configured and switched off: what they hold is kept.
	Disabled []string
	// ExplicitUnblock: a block ends only by the release tag or a no-block group.
	ExplicitUnblock bool
	// Groom: a held target whose elements changed is moved to the new ones.
	Groom bool
	// BlockTags are the configured block tags by kind: taken off together with a release tag.
	BlockTags map[entity.Kind]string
}
