package cli

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secretstore"
	"github.com/var-project/var/pkg/setup"
)

// trial tries out what is, or is about to be, in the configuration. It leaves nothing behind: no login is kept, no secret
// stored, no state opened, and brains and devices are only asked.
type trial struct {
	app     *App
	log     *slog.Logger
	secrets *secretstore.Store
	// asked says that a person is being asked, who can type what is wrong again.
	asked bool
}

var _ setup.Trial = (*trial)(nil)

// newTrial makes a trial whose plugins and brains log to a logger of its own.
func (a *App) newTrial(log *slog.Logger) *trial {
	return &trial{app: a, log: log, secrets: a.secretStore()}
}

// Bounds of what a person waits for: one brain or blocker, and the counts of all brains.
const (
	trialTime = time.Minute
	countTime = 5 * time.Minute
)

// within ends what takes too long, and says so.
func within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, fmt.Errorf("no complete answer within %s", d))
}

// system is what one trial works with. What is given goes before what is stored.
func (t *trial) system(cfg *config.Config, given setup.Secrets) *system {
	return &system{app: t.app, cfg: cfg, log: t.log, secrets: t.secrets.With(given), only: entity.Kinds(), dry: true}
}

// atOnce is how many plugins are started side by side.
const atOnce = 4

// Plugins describes every plugin that is found, by name.
func (t *trial) Plugins(ctx context.Context) []setup.Plugin {
	host := t.app.pluginHostWith(t.log)
	defer host.Close()
	found := host.Find()
	all := make([]setup.Plugin, len(found))
	slots := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i, f := range found {
		all[i] = setup.Plugin{Name: f.Name, Err: f.Err}
		if f.Err != nil {
			continue
		}
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			d, err := host.Describe(ctx, f.Name, "")
			all[i] = setup.Plugin{
				Name: f.Name, Version: d.Version, Help: d.Help, Label: d.Label, Kinds: d.Kinds, Settings: d.Settings, Err: err,
			}
		})
	}
	wg.Wait()
	return all
}
