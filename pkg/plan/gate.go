package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

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
	sum, line := sha256.New(), []byte(nil)
	for _, g := range p.Gates {
		if g.Kind != kind || g.Direction != direction {
			continue
		}
		for i := range p.Items {
			if it := &p.Items[i]; it.Gated == g.Why {
				line = it.digest(line[:0])
				sum.Write(line)
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// digest is a line about one item. Its form is kept in journals.
func (i *Item) digest(line []byte) []byte {
	line = append(append(line, i.Action...), ' ')
	line = append(strconv.AppendQuote(line, i.Target.Ref.String()), ' ')
	line = append(strconv.AppendQuote(line, i.Blocker), ' ')
	line = append(quoted(line, i.Elements), ' ')
	return append(quoted(line, i.Receipt().Elements), '\n')
}

func quoted(line []byte, elements []string) []byte {
	line = append(line, '[')
	for n, e := range elements {
		if n > 0 {
			line = append(line, ' ')
		}
		line = strconv.AppendQuote(line, e)
	}
	return append(line, ']')
}
