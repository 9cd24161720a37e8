package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
)

// enroll has plugins obtain secrets that are still missing, once, and stores them: from then on they
// are found. Where they cannot be stored the plugin goes on with what it has.
func (f *fleet) enroll(ctx context.Context, cfg *config.Config, sys *system) {
	if sys.dry || sys.app.keeping.noStore {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(f.running)) {
		b := f.running[name]
		if !b.Info().Has("enroll") || !f.lacks(ctx, name, cfg, sys) {
			continue
		}
		found, err := b.Enroll(ctx)
		if err != nil {
			sys.log.Warn("secrets not obtained", "blocker", name, "error", err)
		}
		for key, value := range found {
			full := "blocker." + name + "." + key
			if _, err := sys.secrets.Set(ctx, full, value); err != nil {
				sys.log.Warn("secret obtained and not stored: store it where this run looks, or it is asked for again", "secret", full, "error", err)
			}
		}
	}
}

// lacks reports that a secret which the blocker could use is not found.
func (f *fleet) lacks(ctx context.Context, name string, cfg *config.Config, sys *system) bool {
	b := cfg.Blockers[name]
	d, err := f.host.Describe(ctx, b.Plugin, b.SHA256)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(schema.Secrets(d.Settings, b.Settings), func(w schema.Wanted) bool {
		_, _, err := sys.secrets.Get(ctx, "blocker."+name+"."+w.Name, w.Former...)
		return err != nil
	})
}
