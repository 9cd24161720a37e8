// Package selection puts the configured rules to a console and answers with what it
// found: who matches which rule, who must be spared, who is held and gone. The
// number of its requests depends on rules and pages, never on targets.
package selection

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Console is the reading half of a brain. Walks fold each object once and answer a query
// exactly; an error means that the reading was not complete.
type Console interface {
	// Urgency reports that the brain rates hosts and accounts by urgency.
	Urgency() bool
	Hosts(ctx context.Context, q entity.Query, fold func(entity.Target) error) error
	Accounts(ctx context.Context, q entity.Query, fold func(entity.Target) error) error
	Detections(ctx context.Context, q entity.Query, fold func(entity.Finding) error) error
	// Few is Hosts or Accounts where everything of that kind stands on one page; where it does not, nothing is folded
	// and all is false.
	Few(ctx context.Context, k entity.Kind, q entity.Query, fold func(entity.Target) error) (all bool, err error)
	// Entities folds the entities of these kinds, hosts and accounts, that have at least this urgency.
	Entities(ctx context.Context, kinds []entity.Kind, minUrgency int, fold func(k entity.Kind, id string, urgency int) error) error
	// Group reads a whole membership, or fails; a group that does not exist is an error.
	Group(ctx context.Context, k entity.Kind, name string) (entity.Members, error)
	// Target reads one entity; an error of class Absent says that the brain does not know it.
	Target(ctx context.Context, ref entity.Ref) (entity.Target, error)
}

// Rules are the reasons for hosts, and for accounts. What is empty or nil is off.
type Rules struct {
	BlockTag, UnblockTag     string
	BlockGroup, NoBlockGroup string
	Score                    *entity.Floor
	// Urgency wins over Score on brains that have it, and is ignored on others.
	Urgency    *int
	Types      []string
	TypesScore *entity.Floor
}

// DetectionRules are the reasons for detections.
type DetectionRules struct {
	BlockTag, UnblockTag string
	Types                []string
	HostScore            *entity.Floor
	HostUrgency          *int
}

// Policy is everything that is looked for, in the kinds that are read.
type Policy struct {
	Kinds      []entity.Kind
	Hosts      Rules
	Accounts   Rules
	Detections DetectionRules
	// SpareKeyAssets spares hosts that the brain calls key assets.
	SpareKeyAssets bool
	// UnseenBefore: hosts that were last seen before are not blocked, their address may be another's by now; zero: off.
	UnseenBefore time.Time
	// Markers are the tags that show that an entity is blocked, by kind.
	Markers map[entity.Kind]string
}

func (p Policy) reads(k entity.Kind) bool { return slices.Contains(p.Kinds, k) }

// tags are those by which entities of a kind are found.
func (p Policy) tags(k entity.Kind) []string {
	block, unblock := p.Hosts.BlockTag, p.Hosts.UnblockTag
	switch k {
	case entity.KindAccount:
		block, unblock = p.Accounts.BlockTag, p.Accounts.UnblockTag
	case entity.KindDetection:
		block, unblock = p.Detections.BlockTag, p.Detections.UnblockTag
	}
	return slices.DeleteFunc([]string{block, unblock, p.Markers[k]}, func(t string) bool { return t == "" })
}

// byUrgency reports that urgency is what counts on this brain.
func byUrgency(c Console, urgency *int) bool { return urgency != nil && c.Urgency() }

func carried(tag string, tags []string) string {
	if tag != "" && slices.Contains(tags, tag) {
		return tag
	}
	return ""
}

func scoreText(s entity.Score) string {
	return fmt.Sprintf("threat %d, certainty %d", s.Threat, s.Certainty)
}

func urgencyText(urgency int) string { return fmt.Sprint(urgency) }
