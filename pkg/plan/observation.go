// Package plan decides: what a source wants blocked, against what is held, gives
// what to do, for each target and blocker, with its reasons. It is pure: values in,
// values out.
package plan

import (
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// Seen is what one source says of one target.
type Seen struct {
	Target entity.Target
	// Matches are the block rules that match, in the order of configuration.
	Matches []Reason
	// NoBlock is the no-block group that the target is in, Release the release tag that it
	// carries; empty when none.
	NoBlock string
	Release string
	// KeyAsset says why the target is a key asset that is to be spared, Unseen since when nobody saw it at the
	// address that would be blocked; empty when not so, or when these rules are off.
	KeyAsset string
	Unseen   string
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
	// Seen are the targets that match a rule, are held, are ordered about, or bear our tags; each once.
	Seen []Seen
	// Gone are held targets, and those of orders, that the source says it does not know.
	Gone []entity.Ref
	// Orders are what persons decided about targets of this source, ended orders too.
	Orders []entity.Order
	// Devices are the lists of blockers, by blocker; what is not there was not asked for in this pass.
	Devices map[string][]entity.Inventory
}

// Whole reports that a kind was read, and read completely.
func (o Observation) Whole(k entity.Kind) bool {
	_, frozen := o.Frozen[k]
	return !frozen && slices.Contains(o.Read, k)
}
