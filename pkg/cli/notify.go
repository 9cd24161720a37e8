package cli

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/notify"
)

// defaultNotifyTime is how long messages may take where what is read of the configuration does not say.
const defaultNotifyTime = 10 * time.Second

// inform tells the channels what of the history they were not told, for as long as notify.timeout allows. What it cannot
// tell is told later, and changes nothing of how a command ends. Who is told to end begins nothing more.
func (s *system) inform(ctx context.Context) {
	if s.dry || s.journal == nil || ctx.Err() != nil {
		return
	}
	c := s.newCourier()
	defer s.closeChannels(c)
	defer context.AfterFunc(ctx, c.Finish)()
	most := cmp.Or(s.cfg.Notify.Timeout, defaultNotifyTime)
	ctx, cancel := context.WithTimeoutCause(s.unhurried(ctx), most, fmt.Errorf("notify.timeout (%s) is over: %w", most, context.DeadlineExceeded))
	defer cancel()
	c.Deliver(ctx)
}

// unhurried is the context of what may end in its own time when a run is told to end.
func (s *system) unhurried(ctx context.Context) context.Context {
	if s.ending == nil {
		return ctx
	}
	return s.ending.linger(ctx)
}

// mailroom is as much of a system as channels need, for commands that need no more than the journal.
func (a *App) mailroom(ctx context.Context, cfg *config.Config, j *journal.Journal) *system {
	s := &system{app: a, cfg: cfg, log: a.log(), secrets: a.secretStore(), journal: j}
	s.settleChannels(ctx)
	return s
}

// newCourier is one for the channels of the configuration. It opens none before there is something to tell.
func (s *system) newCourier() *notify.Courier {
	return notify.NewCourier(s.journal, s.journal.Owner(), s.app.Now, s.log, s.outlets()...)
}

// settleChannels has channels that were not in use begin with what this command does.
func (s *system) settleChannels(ctx context.Context) {
	if s.dry || s.journal == nil {
		return
	}
	if err := s.newCourier().Settle(ctx); err != nil {
		s.log.Warn("journal does not remember which channels there are", "error", err)
	}
}

func (s *system) closeChannels(c *notify.Courier) {
	if err := c.Close(); err != nil {
		s.log.Info("channel not closed", "error", err)
	}
}

// origin is who sends.
func (s *system) origin() notify.Origin {
	o := notify.Origin{Version: Version}
	if s.journal != nil {
		o.Owner = s.journal.Owner()
	}
	if name, err := os.Hostname(); err == nil {
		o.Host = name
	}
	o.Admin = pageAddress(s.cfg.Admin)
	return o
}

// pageAddress is where somebody who reads a message finds the page; empty: nowhere. An address that means all of the
// machine's is nothing to open: a name by which the page may be asked is, or localhost, to which SSH or kubectl forwards.
func pageAddress(a config.Admin) string {
	host, port, err := net.SplitHostPort(a.Listen)
	if err != nil || !a.Page {
		return ""
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = append(slices.Clone(a.Hosts), "localhost")[0]
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// forgetEvents has the channels know of what leaves the history before it could be told.
func (s *system) forgetEvents(ctx context.Context, before time.Time) {
	if err := s.newCourier().Forget(ctx, before); err != nil {
		s.log.Warn("what leaves the history is not counted for channels", "error", err)
	}
}
