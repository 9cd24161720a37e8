package view

import (
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Holding is what one blocker holds for one target.
type Holding struct {
	Source   string       `json:"source"`
	Kind     entity.Kind  `json:"kind"`
	ID       string       `json:"id"`
	Name     string       `json:"name"`
	Blocker  string       `json:"blocker"`
	Label    string       `json:"label"`
	Elements []string     `json:"elements"`
	State    entity.State `json:"state"`
	Since    time.Time    `json:"since,omitzero"`
	Asserted time.Time    `json:"asserted,omitzero"`
	Until    time.Time    `json:"until,omitzero"`
	Reasons  []string     `json:"reasons"`
	// Missing are the devices that did not confirm; Devices those that did, where they are known.
	Devices []string `json:"devices,omitempty"`
	Missing []string `json:"missing,omitempty"`
	Problem string   `json:"problem,omitempty"`
}

// HoldingOf shows what is held.
func HoldingOf(h entity.Holding) Holding {
	return Holding{
		Source: h.Target.Source, Kind: h.Target.Kind, ID: h.Target.ID, Name: h.Target.Name, Blocker: h.Blocker, Label: h.Label,
		Elements: h.Receipt.Elements, State: h.State, Since: h.Since, Asserted: h.Asserted, Until: h.Receipt.Until,
		Reasons: h.Reasons, Devices: h.Devices, Missing: h.Missing, Problem: h.Problem,
	}
}
