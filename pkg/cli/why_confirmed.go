package cli

import (
	"context"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/reconcile"
)

// compared adds what the last comparison says, where that was after the devices confirmed the block.
func (w *heldWhy) compared(ctx context.Context, memory reconcile.Memory, h entity.Holding) error {
	w.Confirmed = h.Asserted
	all, err := reconcile.RecallEnforcement(ctx, memory, []entity.Holding{h})
	for _, e := range all {
		if e.Blocker != h.Blocker || e.Held == 0 || !e.At.After(h.Asserted) {
			continue
		}
		if e.Enforced < e.Held || e.Problem != "" {
			w.Compared = append(w.Compared, deviceStatus(e))
		}
		w.Confirmed = e.At
	}
	if len(w.Compared) > 0 {
		w.Confirmed = h.Asserted
	}
	return err
}
