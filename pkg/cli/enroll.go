package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

// enroll has plugins obtain secrets that are still missing, once, and stores them: from then on they
// are found. Where they cannot be stored the plugin goes on with what it has.
func (f *fleet) enroll(ctx context.Context, cfg *config.Config, sys *system) {
	if sys.dry {
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
			sys.keepObtained(ctx, "blocker."+name+"."+key, value)
		}
	}
}

// keepObtained stores a secret, or has this process alone know it where nothing is to be stored.
func (s *system) keepObtained(ctx context.Context, name string, value secret.String) {
	if s.app.keeping.noStore {
		s.app.vault = s.secrets.With(map[string]secret.String{name: value})
		s.secrets = s.app.vault
		return
	}
	if _, err := s.secrets.Set(ctx, name, value); err != nil {
		s.log.Warn("secret obtained and not stored: store it where this run looks, or it is asked for again", "name", name, "error", err)
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
