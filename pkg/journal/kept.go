package journal

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/var-project/var/pkg/entity"
)

// keptHolding is a holding as it stands in the journal, apart from what names it. HasRaw says that the brain's own
// object of the target stands in the table for those.
type keptHolding struct {
	Label    string          `json:"label"`
	Place    string          `json:"place,omitempty"`
	State    entity.State    `json:"state"`
	Since    time.Time       `json:"since,omitzero"`
	Asserted time.Time       `json:"asserted,omitzero"`
	Receipt  entity.Receipt  `json:"receipt"`
	Reasons  []string        `json:"reasons,omitempty"`
	Devices  []string        `json:"devices,omitempty"`
	Missing  []string        `json:"missing,omitempty"`
	Problem  string          `json:"problem,omitempty"`
	Unable   []entity.Unable `json:"unable,omitempty"`
	Target   entity.Target   `json:"target"`
	HasRaw   bool            `json:"has_raw,omitempty"`
}

// holdingKey names a holding.
type holdingKey struct {
	ref     entity.Ref
	blocker string
}

func keyOf(h *entity.Holding) holdingKey { return holdingKey{h.Target.Ref, h.Blocker} }

func (k holdingKey) columns() []string {
	return []string{k.ref.Source, string(k.ref.Kind), k.ref.ID, k.blocker}
}

// freeze is what the journal keeps of a holding.
func freeze(h entity.Holding, hasRaw bool) keptHolding {
	h.Receipt.Until = h.Receipt.Until.UTC()
	h.Receipt.Elements = entity.Union(h.Receipt.Elements)
	return keptHolding{
		Label: h.Label, Place: h.Place, State: h.State, Since: h.Since.UTC(), Asserted: h.Asserted.UTC(), Receipt: h.Receipt, Reasons: h.Reasons,
		Devices: h.Devices, Missing: h.Missing, Problem: h.Problem, Unable: h.Unable, Target: h.Target.WithRaw(nil), HasRaw: hasRaw,
	}
}

// thaw is the holding that was kept.
func (k *keptHolding) thaw(key holdingKey) entity.Holding {
	t := k.Target
	t.Ref = key.ref
	return entity.Holding{
		Target: t, Blocker: key.blocker, Label: k.Label, Place: k.Place, Receipt: k.Receipt, State: k.State, Since: k.Since,
		Asserted: k.Asserted, Reasons: k.Reasons, Devices: k.Devices, Missing: k.Missing, Problem: k.Problem, Unable: k.Unable,
	}
}

// read takes what stands in the journal.
func (k *keptHolding) read(key holdingKey, data []byte) error {
	if err := json.Unmarshal(data, k); err != nil {
		return unreadable(fmt.Sprintf("the holding of %s on %s", key.ref, key.blocker), err)
	}
	return nil
}
