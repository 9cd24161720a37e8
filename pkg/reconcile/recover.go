package reconcile

import (
	"context"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/registry"
)

// recover takes what a run that died may have done on a device for held in part: the plan
// then repeats it or takes it away. It leaves what is known to have happened to be told.
func (r *Reconciler) recover(ctx context.Context, left []entity.Leftover) error {
	var unsettled []entity.Settlement
	for _, l := range left {
		r.Log.Info("left behind by an earlier run", "source", l.Intent.Target.Source, "blocker", l.Intent.Blocker,
			"target", l.Intent.Target.Ref.String(), "action", string(l.Intent.Action), "settled", l.Settled)
		if !l.Settled {
			unsettled = append(unsettled, unknown(l.Intent))
		}
	}
	if len(unsettled) == 0 {
		return nil
	}
	return r.Journal.Settle(ctx, unsettled)
}

// interrupted lays over the holdings what unsettled intents may have changed.
func interrupted(held holdings, left []entity.Leftover) holdings {
	var open []entity.Holding
	for _, l := range left {
		if l.Settled {
			continue
		}
		h := *unknown(l.Intent).Holding
		if was := held.on(h.Blocker, h.Target.Ref); was != nil {
			h.Since, h.Asserted = was.Since, was.Asserted
		}
		open = append(open, h)
	}
	return held.with(open...)
}

// untold are the changes of an earlier run that no note tells of yet.
func untold(left []entity.Leftover) []told {
	var done []told
	for _, l := range left {
		if l.Settled {
			done = append(done, told{intent: l.Intent, action: l.Done, partial: l.Partial})
		}
	}
	return done
}

// releasedBefore is what an earlier run released without coming to the tags, in every form that it may have
// there: the tags that still name it are no receipts.
func releasedBefore(left []entity.Leftover) map[heldKey][]string {
	gone := map[heldKey][]string{}
	for _, l := range left {
		key := heldKey{l.Intent.Target.Ref, l.Intent.Blocker}
		switch {
		case l.Settled && l.Done == entity.ActionRelease:
			gone[key] = append(gone[key], registry.Forms(l.Intent.Receipt.Elements)...)
		case l.Settled && l.Done == entity.ActionGroom:
			gone[key] = append(gone[key], registry.Forms(l.Intent.Elements)...)
		}
	}
	return gone
}

// unknown is what is held when nobody knows what became of an intent.
func unknown(in entity.Intent) entity.Settlement {
	h := &entity.Holding{
		Target: in.Target, Blocker: in.Blocker, Label: in.Label, Receipt: in.Receipt,
		State: entity.Partial, Since: in.At, Reasons: in.Reasons, Devices: in.Devices, Problem: "interrupted: unknown whether it was done",
	}
	if in.Action == entity.ActionRelease {
		h.State = entity.Releasing
	} else {
		h.Receipt.Elements = entity.Union(in.Receipt.Elements, in.Elements)
	}
	return entity.Settlement{Intent: in, Holding: h}
}
