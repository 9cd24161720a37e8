// Package dispatch carries a plan out: per blocker, in batches, bounded, with
// retries by class of error, and a result for each target.
package dispatch

import (
	"context"

	"github.com/var-project/var/pkg/entity"
)

// Enforcer is one blocker as the core sees it: a plugin process, or one inside
// this process. Wrappers embed it. Answers are in the order of the input, one
// for each, whatever happened.
type Enforcer interface {
	// Info describes the blocker; it does not change while the Enforcer lives.
	Info() entity.Blocker
	Block(ctx context.Context, targets []entity.Target) []entity.Outcome
	Unblock(ctx context.Context, releases []entity.Release) []error
	// Elements says what Block would put in place; an empty answer means "unknown now".
	Elements(ctx context.Context, targets []entity.Target) ([][]string, error)
	// List reports what each device holds; a blocker that cannot list answers with class Unsupported.
	List(ctx context.Context) ([]entity.Inventory, error)
}
