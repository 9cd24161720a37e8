package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/var-project/var/pkg/config"
)

// channel is one that is configured.
type channel struct {
	name    string
	enabled bool
}

// channels are all that are configured, in the order of the file.
func channels(n config.Notify) []channel {
	var all []channel
	if n.Mail != nil {
		all = append(all, channel{"mail", n.Mail.Enabled})
	}
	if n.Syslog != nil {
		all = append(all, channel{"syslog", n.Syslog.Enabled})
	}
	for _, name := range slices.Sorted(maps.Keys(n.Webhook)) {
		all = append(all, channel{config.WebhookChannel(name), n.Webhook[name].Enabled})
	}
	if n.Audit != nil {
		all = append(all, channel{"audit", true})
	}
	return all
}

func (t *trial) channelViews(ctx context.Context, cfg *config.Config, c channel) []onlineView {
	if !c.enabled {
		return []onlineView{{Channel: c.name, Check: "reach", OK: true, State: stateNotChecked, Detail: "enabled is false"}}
	}
	var views []onlineView
	for _, check := range t.Channel(ctx, c.name, cfg, nil) {
		v := viewOfCheck(check)
		v.Channel = c.name
		views = append(views, v)
	}
	return views
}
