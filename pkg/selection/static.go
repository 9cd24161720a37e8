package selection

import (
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// Static observes the static destination list: each line is wanted, what is held and has no line
// is not. An error means that the list could not be read, which is not an empty list.
func Static(lines []string, err error, held []entity.Ref) plan.Observation {
	obs := plan.Observation{Source: entity.SourceStatic, Read: []entity.Kind{entity.KindStatic}}
	if err != nil {
		obs.Frozen = map[entity.Kind]string{entity.KindStatic: err.Error()}
		return obs
	}
	listed := map[string]bool{}
	for _, line := range lines {
		if !listed[line] {
			listed[line] = true
			obs.Seen = append(obs.Seen, plan.Seen{Target: StaticTarget(line), Matches: []plan.Reason{{Rule: plan.RuleStatic}}})
		}
	}
	for _, ref := range held {
		if ref.Kind == entity.KindStatic && !listed[ref.ID] {
			listed[ref.ID] = true
			obs.Seen = append(obs.Seen, plan.Seen{Target: StaticTarget(ref.ID)})
		}
	}
	return obs
}

// StaticTarget is the target that a canonical destination stands for.
func StaticTarget(destination string) entity.Target {
	return entity.Target{
		Ref:  entity.Ref{Source: entity.SourceStatic, Kind: entity.KindStatic, ID: destination},
		Name: destination, Static: &entity.Static{Destination: destination},
	}
}
