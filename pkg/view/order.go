package view

import (
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Order is what a person decided about one target.
type Order struct {
	Source string      `json:"source"`
	Kind   entity.Kind `json:"kind"`
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Verb   entity.Verb `json:"verb"`
	Until  time.Time   `json:"until,omitzero"`
	Ended  bool        `json:"ended,omitempty"`
	By     entity.By   `json:"by"`
	Tag    string      `json:"tag,omitempty"`
}

// OrderOf shows an order as it stands now.
func OrderOf(o entity.Order, now time.Time) Order {
	return Order{
		Source: o.Target.Source, Kind: o.Target.Kind, ID: o.Target.ID, Name: o.Target.Name,
		Verb: o.Verb, Until: o.Until, Ended: o.Ended(now), By: o.By, Tag: o.Tag,
	}
}
