package notify

import (
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// Filter says what a channel is told of. What is empty lets everything pass.
type Filter struct {
	Topics []Topic
	// Severity is the least.
	Severity Severity
	Kinds    []entity.Kind
	Sources  []string
	Blockers []string
}

// Passes reports that a channel wants an event. An event about no kind, source or blocker, such as a panic, concerns
// all of them.
func (f Filter) Passes(e Event) bool {
	return among(f.Topics, e.Topic) && (f.Severity == "" || e.Severity.AtLeast(f.Severity)) &&
		concerns(f.Kinds, e.Ref.Kind) && concerns(f.Sources, e.Ref.Source) && concerns(f.Blockers, e.Blocker)
}

func among[T comparable](wanted []T, one T) bool {
	return len(wanted) == 0 || slices.Contains(wanted, one)
}

func concerns[T ~string](wanted []T, one T) bool { return one == "" || among(wanted, one) }
