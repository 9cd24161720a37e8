package cli

import (
	"context"

	"github.com/var-project/var/pkg/notify"
)

// channelNames are the channels in use.
func (s *system) channelNames() []string {
	var names []string
	for _, o := range outletsOf(s.cfg.Notify) {
		names = append(names, o.Name)
	}
	return names
}

// channels say how each channel in use does, by the journal: any process may have sent.
func (s *system) channels(ctx context.Context) ([]notify.Standing, error) {
	var all []notify.Standing
	for _, o := range outletsOf(s.cfg.Notify) {
		standing, err := notify.Look(ctx, s.journal, o)
		if err != nil {
			return all, err
		}
		all = append(all, standing)
	}
	return all, nil
}

// measureChannels shows what waits for channels.
func (s *system) measureChannels(ctx context.Context) error {
	all, err := s.channels(ctx)
	for _, c := range all {
		s.app.meter.Waiting(c.Name, c.Waiting, c.Down.IsZero())
	}
	return err
}

// tells has what is sent to a channel counted.
func (m *meter) tells(name string, c notify.Channel) notify.Channel {
	if m == nil {
		return c
	}
	return &countedChannel{c, name, m}
}

type countedChannel struct {
	notify.Channel
	name  string
	meter *meter
}

// Send counts besides sending.
func (c *countedChannel) Send(ctx context.Context, b notify.Batch) (taken int, err error) {
	taken, err = c.Channel.Send(ctx, b)
	c.meter.Notified(c.name, err)
	return taken, err
}
