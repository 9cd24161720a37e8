package cli

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/notify/audit"
	"github.com/var-project/var/pkg/notify/syslog"
)

// Names of channels; those of webhooks are config.WebhookChannel.
const (
	channelMail   = "mail"
	channelSyslog = "syslog"
	channelAudit  = "audit"
)

// lateChannel is made when there is something to tell: only then are secrets and files looked for. One that cannot be made
// is down, as one is that nobody can reach.
type lateChannel struct {
	build func(context.Context) (notify.Channel, error)
	built notify.Channel
}

// Send makes the channel where it is not there yet, and hands the batch on.
func (l *lateChannel) Send(ctx context.Context, b notify.Batch) (taken int, err error) {
	if l.built == nil {
		if l.built, err = l.build(ctx); err != nil {
			l.built = nil
			return 0, err
		}
	}
	return l.built.Send(ctx, b)
}

// Close closes what was made.
func (l *lateChannel) Close() error {
	if l.built == nil {
		return nil
	}
	return l.built.Close()
}

// sendTime is how long one message may take at most, or all of those that a batch is sent in.
const sendTime = 2 * time.Minute

// outlets are the channels that are in use, in the order of the configuration.
func (s *system) outlets() []notify.Outlet {
	all := outletsOf(s.cfg.Notify)
	for i := range all {
		all[i].Timeout = sendTime
		all[i].Channel = s.app.meter.tells(all[i].Name, &lateChannel{build: func(ctx context.Context) (notify.Channel, error) { return s.channel(ctx, all[i].Name) }})
	}
	return all
}

// outletsOf say how the channels that are in use are used.
func outletsOf(n config.Notify) []notify.Outlet {
	var all []notify.Outlet
	if m := n.Mail; m != nil && m.Enabled {
		all = append(all, notify.Outlet{Name: channelMail, Filter: filterOf(m.Filter), Rate: m.Rate})
	}
	if l := n.Syslog; l != nil && l.Enabled {
		all = append(all, notify.Outlet{Name: channelSyslog, Filter: filterOf(l.Filter), Rate: l.Rate, Single: true})
	}
	for _, name := range slices.Sorted(maps.Keys(n.Webhook)) {
		if w := n.Webhook[name]; w.Enabled {
			all = append(all, notify.Outlet{Name: config.WebhookChannel(name), Filter: filterOf(w.Filter), Rate: w.Rate})
		}
	}
	if a := n.Audit; a != nil {
		all = append(all, notify.Outlet{Name: channelAudit, Filter: filterOf(a.Filter), Rate: a.Rate, Repeats: true})
	}
	return all
}

func filterOf(f config.Filter) notify.Filter {
	return notify.Filter{
		Topics: words[notify.Topic](f.Topics), Severity: notify.Severity(f.Severity), Kinds: f.EntityKinds(),
		Sources: f.Sources, Blockers: f.Blockers,
	}
}

// words are texts as values of another type.
func words[T ~string](texts []string) []T {
	all := make([]T, len(texts))
	for i, text := range texts {
		all[i] = T(text)
	}
	return all
}

// channel opens a channel that is in use.
func (s *system) channel(ctx context.Context, name string) (notify.Channel, error) {
	n := s.cfg.Notify
	switch name {
	case channelMail:
		return s.mailChannel(ctx, *n.Mail, s.origin())
	case channelSyslog:
		return syslogChannel(*n.Syslog, s.origin())
	case channelAudit:
		return audit.New(audit.Config{File: n.Audit.File, MaxBytes: int64(n.Audit.MaxMegabytes) << 20, Keep: n.Audit.Keep}, s.origin())
	}
	return s.webhookChannel(ctx, name)
}

func syslogChannel(c config.Syslog, o notify.Origin) (*syslog.Channel, error) {
	safe, err := tlsOf(c.TLS)
	if err != nil {
		return nil, err
	}
	return syslog.New(syslog.Config{
		Server: c.Server, Port: c.Port, Protocol: c.Protocol, Framing: c.Framing, Header: c.Header, Format: c.Format, Facility: c.Facility, TLS: safe,
	}, o)
}
