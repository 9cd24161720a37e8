package cli

import (
	"cmp"
	"context"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/pluginhost"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/setup"
)

// trialOwner is whom a plugin that is tried out works for. It marks nothing.
const trialOwner = "trial"

// Blocker has a plugin check its settings, opens it and asks each device.
func (t *trial) Blocker(ctx context.Context, name string, b config.Blocker, given setup.Secrets) (schema.Problems, []setup.Check) {
	ctx, cancel := within(ctx, trialTime)
	defer cancel()
	host := t.app.pluginHostWith(t.log)
	defer host.Close()
	b.Parallel, b.Timeout = cmp.Or(b.Parallel, 1), cmp.Or(b.Timeout, 30*time.Second)
	c, err := host.Prepare(ctx, t.system(nil, given).pluginConfig(name, b, trialOwner))
	if err != nil {
		return nil, failedOf(name, "start", err)
	}
	wrong, err := c.Check(ctx)
	if err != nil || len(wrong) > 0 {
		c.Close()
		return wrong, failedOf(name, "settings", err)
	}
	running, err := c.Open(ctx)
	if err != nil {
		return nil, failedOf(name, "open", err)
	}
	return nil, probeOf(ctx, name, running)
}

func failedOf(name, what string, err error) []setup.Check {
	if err == nil {
		return nil
	}
	return []setup.Check{{Of: name, Name: what, Err: err}}
}

// probeOf asks each device of a blocker, all at the same time.
func probeOf(ctx context.Context, name string, b *pluginhost.Blocker) []setup.Check {
	if !b.Info().Has("probe") {
		return []setup.Check{{Of: name, Name: "probe", Detail: entity.NotChecked + "its plugin cannot tell"}}
	}
	reports, err := b.Probe(ctx)
	var checks []setup.Check
	for _, r := range reports {
		for _, c := range r.Checks {
			checks = append(checks, setup.Check{Of: cmp.Or(r.Device, name), Name: c.Name, Detail: c.Detail, Err: c.Err})
		}
	}
	return append(checks, failedOf(name, "probe", err)...)
}
