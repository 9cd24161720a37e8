// Package way is what the three ways of blocking on a FortiGate have in common. A way works on
// elements; which targets want them is known one layer above.
package way

import (
	"context"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
)

// Way makes one device hold elements. Put and Take answer in the order of the input.
type Way interface {
	// Accepts says why an element cannot be blocked this way at all; nil when it can.
	Accepts(element string) error
	// Put has the device hold the elements. What it holds already is left, or renewed where it would expire.
	Put(ctx context.Context, b *fortios.Batch, class entity.Class, elements []string) []Placed
	// Take removes elements. What is gone is done.
	Take(ctx context.Context, b *fortios.Batch, class entity.Class, elements []Taking) []error
	// List is what the device holds, foreign entries too.
	List(ctx context.Context, b *fortios.Batch) ([]blocker.Entry, error)
	// Probe finds out whether a block would take effect. It changes nothing.
	Probe(ctx context.Context, b *fortios.Batch) []blocker.Check
}

// Placed is how one element fared on one device.
type Placed struct {
	// There says that something of it may be on the device now.
	There bool
	// Pending says that the device took it and does not show it yet.
	Pending bool
	// Until is when the device lets it expire; zero is never.
	Until time.Time
	Err   error
}

// Taking is an element that is to go.
type Taking struct {
	Element string
	// Adopted says that the predecessor may have put it there, under its own names.
	Adopted bool
}

// Foreign is the owner of an entry that this installation did not make; the detail tells who did.
func Foreign(detail string) string { return "foreign:" + detail }

// All is the same answer for each of n elements.
func All[T any](answer T, n int) []T {
	all := make([]T, n)
	for i := range all {
		all[i] = answer
	}
	return all
}
