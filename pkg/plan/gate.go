package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/var-project/var/pkg/entity"
)

// The directions of gates.
const (
	DirectionBlock   = "block"
	DirectionRelease = "release"
)

// Gate is a limit that was exceeded. Nothing of its kind in its direction is done.
type Gate struct {
	// Kind is empty where the whole source is only planned: see Policy.Changed.
	Kind      entity.Kind
	Direction string
	// Count are the targets that would be blocked, or released for want of a reason; Limit is how many may be.
	// Held are the targets of the kind that are held now.
	Count, Limit, Held int
	// Why is the sentence for the operator; the items that are held back bear it too.
	Why string
}

// Digest tells the items that a gate holds back from any others: a gate is announced again only when it changes.
func (p Plan) Digest(kind entity.Kind, direction string) string {
	sum := sha256.New()
	for _, g := range p.Gates {
		if g.Kind != kind || g.Direction != direction {
			continue
		}
		for _, it := range p.Items {
			if it.Gated == g.Why {
				fmt.Fprintf(sum, "%s %q %q %q %q\n", it.Action, it.Target.Ref, it.Blocker, it.Elements, it.Receipt().Elements)
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}
