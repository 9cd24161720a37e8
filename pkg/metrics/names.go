package metrics

import (
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// Names are what the configuration names: labels have no other values of these kinds for long.
type Names struct {
	Sources []string
	// Kinds are those that are read of each source.
	Kinds map[string][]entity.Kind
	// Blockers are those that are in use.
	Blockers []entity.Blocker
	Channels []string
}

// Configured says what the configuration names from now on. What it named before and does not any more is gone at once;
// what is new begins at zero, so that its first event is an increase.
func (m *Metrics) Configured(n Names) {
	m.change(func() {
		m.drop("source", m.names.Sources, n.Sources)
		m.drop("blocker", m.names.blockers(), n.blockers())
		m.drop("channel", m.names.Channels, n.Channels)
		m.names = n
		m.beginSources(n)
		m.beginBlockers(n)
		m.beginChannels(n)
	})
}

func (n Names) blockers() []string {
	names := make([]string, len(n.Blockers))
	for i := range n.Blockers {
		names[i] = n.Blockers[i].Name
	}
	return names
}

// drop forgets the series of all that were named and are not.
func (m *Metrics) drop(label string, was, is []string) {
	for _, name := range was {
		if slices.Contains(is, name) {
			continue
		}
		for _, d := range m.made {
			if slices.Contains(d.Labels, label) {
				d.forget(label, name)
			}
		}
	}
}
