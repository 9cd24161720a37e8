package cli

import (
	"context"
	"fmt"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/pluginhost"
)

// checkOwner keeps an installation that lost its journal, and with it the owner that was made for it,
// from taking its own marks for somebody else's: as long as the journal is new and no owner is
// configured, a blocker whose devices bear its marks under another owner is left alone.
func (f *fleet) checkOwner(ctx context.Context, cfg *config.Config, sys *system) error {
	if !sys.journal.Fresh() || cfg.Owner != "" {
		return nil
	}
	fits := true
	for name, b := range f.running {
		owner, err := otherOwner(ctx, b, sys.journal.Owner())
		if err != nil {
			sys.log.Warn("owner not checked", "blocker", name, "error", err)
			fits = false
		}
		if owner != "" {
			fits = false
			f.refuse(name, b, fmt.Errorf("its devices bear marks of owner %q and the state is new: nothing was changed there; to go on with them put this line at the top of the configuration: owner = %q", owner, owner))
			fmt.Fprintf(sys.app.Err, "blocker %s: %v\n", name, dispatch.Why(f.broken[name]))
		}
	}
	if !fits || sys.dry || f.failed() {
		return nil
	}
	return sys.journal.OwnerFits(ctx)
}

// otherOwner is the owner other than ours whose marks a blocker's devices bear; empty when there is none.
func otherOwner(ctx context.Context, b *pluginhost.Blocker, ours string) (string, error) {
	if !b.Info().Has("list") {
		return "", nil
	}
	inventories, err := b.List(ctx)
	if err != nil {
		return "", err
	}
	for _, inv := range inventories {
		if inv.Err != nil {
			err = inv.Err
		}
		for _, e := range inv.Entries {
			if owner, marked := e.MarkedBy(); marked && owner != ours {
				return owner, nil
			}
		}
	}
	return "", err
}

// refuse takes a blocker out of use for this run.
func (f *fleet) refuse(name string, b *pluginhost.Blocker, why error) {
	f.broken[name] = dispatch.Broken(b.Info(), why)
	delete(f.running, name)
	b.Close()
}
