package metrics

import "github.com/prometheus/client_golang/prometheus"

// aboutChannels is how notifications fare.
type aboutChannels struct {
	sent           *prometheus.CounterVec
	pending, works *prometheus.GaugeVec
}

func (m *Metrics) makeChannels() aboutChannels {
	return aboutChannels{
		sent:    m.counter("var_notifications_total", "Attempts to send to a channel, by outcome: sent, failed.", "channel", "outcome"),
		pending: m.gauge("var_outbox_pending", "Events that wait to be told to the channel.", "channel"),
		works:   m.gauge("var_notify_channel_up", "1 when the channel took what it was last sent by any process, 0 when it did not.", "channel"),
	}
}

func (m *Metrics) beginChannels(n Names) {
	for _, channel := range n.Channels {
		m.sent.WithLabelValues(channel, "sent")
		m.sent.WithLabelValues(channel, "failed")
		m.pending.WithLabelValues(channel)
	}
}

// Notified counts an attempt to send to a channel; err is why it did not take everything.
func (m *Metrics) Notified(channel string, err error) {
	outcome := "sent"
	if err != nil {
		outcome = "failed"
	}
	m.sent.WithLabelValues(channel, outcome).Inc()
}

// Waiting says how many events wait for a channel, and whether it took what it was last sent.
func (m *Metrics) Waiting(channel string, events int, up bool) {
	m.change(func() {
		m.pending.WithLabelValues(channel).Set(float64(events))
		m.works.WithLabelValues(channel).Set(truth(up))
	})
}
