package metrics

import "github.com/prometheus/client_golang/prometheus"

// Definition is what is said of a metric.
type Definition struct {
	Name string
	// Type is "counter", "gauge" or "histogram".
	Type   string
	Help   string
	Labels []string
	forget func(label, value string)
}

// Definitions are all metrics of ours, in the order in which they are shown. Those of the Go runtime and of the process,
// go_* and process_*, come besides.
func (m *Metrics) Definitions() []Definition { return m.made }

// removable is a metric of which single series can go.
type removable interface {
	prometheus.Collector
	DeletePartialMatch(prometheus.Labels) int
}

// add registers a metric under its definition.
func add[V removable](m *Metrics, v V, d Definition) V {
	m.registry.MustRegister(v)
	d.forget = func(label, value string) { v.DeletePartialMatch(prometheus.Labels{label: value}) }
	m.made = append(m.made, d)
	return v
}

func (m *Metrics) gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	return add(m, v, Definition{Name: name, Type: "gauge", Help: help, Labels: labels})
}

func (m *Metrics) counter(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	return add(m, v, Definition{Name: name, Type: "counter", Help: help, Labels: labels})
}

// seconds is a histogram of how long something takes, from what is at once to what takes an hour.
func (m *Metrics) seconds(name, help string, labels ...string) *prometheus.HistogramVec {
	buckets := []float64{0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600}
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	return add(m, v, Definition{Name: name, Type: "histogram", Help: help, Labels: labels})
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
