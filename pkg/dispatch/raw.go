package dispatch

import (
	"context"
	"encoding/json"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// rawObjects are the brain's own objects of targets by their refs.
type rawObjects map[entity.Ref]json.RawMessage

// rawsOf asks the journal for what planning does without: the raw objects of a batch of what is held.
func (d *Dispatcher) rawsOf(ctx context.Context, e Enforcer, results []Result, part []int) (rawObjects, error) {
	var refs []entity.Ref
	for _, i := range part {
		if it := results[i].Item; it.Held != nil && it.Target.Raw() == nil && !IsOrphan(*it.Target) {
			refs = append(refs, it.Target.Ref)
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	return d.journal.Raws(ctx, e.Info().Name, refs)
}

// onto gives a target of an item its raw object, unless that tells of another address.
func (r rawObjects) onto(t entity.Target, it plan.Item) entity.Target {
	raw := r[t.Ref]
	if raw == nil || !t.SameAddress(&it.Held.Target) {
		return t
	}
	return t.WithRaw(raw)
}
