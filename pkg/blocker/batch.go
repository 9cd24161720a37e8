package blocker

import (
	"context"

	"github.com/var-project/var/pkg/entity"
)

// Batch makes a Blocker of a Batcher. Every other power of b stays visible to Serve.
func Batch(b Batcher) Blocker { return batched{b} }

type batched struct{ Batcher }

// Block blocks a batch of one.
func (b batched) Block(ctx context.Context, t entity.Target) (Receipt, error) {
	o := at(b.BlockAll(ctx, []entity.Target{t}), 0, Outcome{Err: errUnanswered})
	return o.Receipt, o.Err
}

// Unblock unblocks a batch of one.
func (b batched) Unblock(ctx context.Context, t entity.Target, r Receipt) error {
	return at(b.UnblockAll(ctx, []Release{{Target: t, Receipt: r}}), 0, errUnanswered)
}

// inner is what the author wrote: the Batcher that Batch wrapped, or the Blocker itself.
func inner(b Blocker) any {
	if wrapped, ok := b.(batched); ok {
		return wrapped.Batcher
	}
	return b
}
