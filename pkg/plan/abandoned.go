package plan

import (
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Abandoned keeps what is held for a source that is not configured any more: nobody can say whether it is wanted.
func Abandoned(source string, held []entity.Holding) Plan {
	d := newDecider(Observation{Source: source}, held, Policy{}, time.Time{})
	p := Plan{Source: source, Items: make([]Item, 0, len(d.held))}
	for _, h := range d.held {
		item, _ := d.keep(h, Reason{RuleLostSource, source})
		p.Items = append(p.Items, item)
	}
	return p
}
