package cli

import (
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/registry"
	"github.com/var-project/var/pkg/selection"
)

// selectionPolicy is what the configuration looks for now, in the kinds of one run.
func selectionPolicy(c *config.Config, only []entity.Kind, now time.Time) selection.Policy {
	p := selection.Policy{
		Hosts:    rules(c.Hosts.BlockTag, c.Hosts.UnblockTag, c.Hosts.Rules),
		Accounts: rules(c.Accounts.BlockTag, c.Accounts.UnblockTag, c.Accounts.Rules),
		Detections: selection.DetectionRules{
			BlockTag: c.Detections.BlockTag, UnblockTag: c.Detections.UnblockTag,
			Types: c.Detections.Types, HostScore: floor(c.Detections.HostScore), HostUrgency: c.Detections.HostUrgency,
		},
		Markers: map[entity.Kind]string{}, SpareKeyAssets: c.Hosts.SpareKeyAssets,
	}
	if c.Hosts.SpareUnseen > 0 {
		p.UnseenBefore = now.Add(-c.Hosts.SpareUnseen)
	}
	enabled := map[entity.Kind]bool{
		entity.KindHost: c.Hosts.Enabled, entity.KindAccount: c.Accounts.Enabled, entity.KindDetection: c.Detections.Enabled,
	}
	for _, k := range only {
		if enabled[k] {
			p.Kinds = append(p.Kinds, k)
		}
		p.Markers[k] = registry.Marker(k)
	}
	return p
}

func rules(block, unblock string, r config.Rules) selection.Rules {
	return selection.Rules{
		BlockTag: block, UnblockTag: unblock, BlockGroup: r.BlockGroup, NoBlockGroup: r.NoBlockGroup,
		Score: floor(r.Score), Urgency: r.Urgency, Types: r.DetectionTypes, TypesScore: floor(r.DetectionTypesScore),
	}
}

func floor(s *config.Score) *entity.Floor {
	if s == nil {
		return nil
	}
	return &entity.Floor{Threat: s.Threat, Certainty: s.Certainty, Or: s.Either()}
}

// planPolicy is how decisions are made with these blockers.
func planPolicy(c *config.Config, blockers []entity.Blocker, disabled []string, groom bool) plan.Policy {
	return plan.Policy{
		Blockers: blockers, Disabled: disabled, ExplicitUnblock: c.Run.ExplicitUnblock, Groom: groom || c.Run.Groom,
		BlockTags: map[entity.Kind]string{
			entity.KindHost: c.Hosts.BlockTag, entity.KindAccount: c.Accounts.BlockTag, entity.KindDetection: c.Detections.BlockTag,
		},
		Gates: gates(c.Gate),
	}
}

func gates(g config.Gates) map[entity.Kind]plan.Limits {
	limits := map[entity.Kind]plan.Limits{}
	for _, k := range entity.Kinds() {
		limits[k] = plan.Limits(g.Of(k))
	}
	return limits
}
