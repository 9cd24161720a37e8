package plan_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// multitude is a brain with many hosts and three blockers of two devices each: the inputs of one plan.
type multitude struct {
	obs  plan.Observation
	held []entity.Holding
	pol  plan.Policy
}

func (e *multitude) compute() plan.Plan { return plan.Compute(e.obs, e.held, e.pol, epoch) }

// multitudes are passes in which the same happens to every host.
var multitudes = map[string]func(n int) *multitude{
	"new":      func(n int) *multitude { return newMultitude().wanting(n) },
	"kept":     func(n int) *multitude { return newMultitude().wanting(n).holding(n, address4) },
	"listed":   func(n int) *multitude { return newMultitude().wanting(n).holding(n, address4).listing(n) },
	"moved":    func(n int) *multitude { return newMultitude().wanting(n).holding(n, address6) },
	"repaired": func(n int) *multitude { return newMultitude().wanting(n).holding(n, address4).listing(0) },
	"released": func(n int) *multitude { return newMultitude().reading().holding(n, address4).spotting(n) },
	"gone":     func(n int) *multitude { return newMultitude().reading().holding(n, address4).losing(n) },
	"shared": func(n int) *multitude {
		return newMultitude().reading().holding(n, func(int) string { return "192.0.2.1" }).losing(n)
	},
}

func newMultitude() *multitude {
	e := &multitude{pol: plan.Policy{Groom: true, Gates: map[entity.Kind]plan.Limits{entity.KindHost: {MaxReleasesPercent: 50, Floor: 5}}, Force: true}}
	for _, name := range []string{"branch", "dc", "edge"} {
		e.pol.Blockers = append(e.pol.Blockers, entity.Blocker{
			Name: name, Plugin: "fortigate", Label: "Fortinet Client", Kinds: everyKind, Devices: []string{name + "-1", name + "-2"}, Place: places,
		})
	}
	return e
}

func (e *multitude) reading() *multitude {
	e.obs.Source, e.obs.Read = brain, everyKind
	return e
}

// wanting has the brain want n hosts blocked, of which every blocker knows the address.
func (e *multitude) wanting(n int) *multitude {
	e.reading().spotting(n)
	for i := range e.obs.Seen {
		s := &e.obs.Seen[i]
		address := []string{address4(i)}
		s.Matches, s.Elements = tagged, map[string][]string{"branch": address, "dc": address, "edge": address}
	}
	return e
}

// spotting has the brain show n hosts.
func (e *multitude) spotting(n int) *multitude {
	e.obs.Seen = make([]plan.Seen, n)
	for i := range e.obs.Seen {
		e.obs.Seen[i].Target = hostNumber(i)
	}
	return e
}

// losing has the brain not know n hosts any more.
func (e *multitude) losing(n int) *multitude {
	for i := range n {
		e.obs.Gone = append(e.obs.Gone, hostNumber(i).Ref)
	}
	return e
}

// holding has every blocker hold n hosts.
func (e *multitude) holding(n int, element func(int) string) *multitude {
	e.held = make([]entity.Holding, 0, n*len(e.pol.Blockers))
	for i := range n {
		target, elements := hostNumber(i), []string{element(i)}
		for _, b := range e.pol.Blockers {
			e.held = append(e.held, entity.Holding{
				Target: target, Blocker: b.Name, Label: b.Label, Place: b.Place, State: entity.Complete, Devices: b.Devices,
				Receipt: entity.Receipt{Elements: elements}, Since: epoch.Add(-time.Hour), Asserted: epoch.Add(-time.Hour),
			})
		}
	}
	return e
}

// listing has every device list n addresses.
func (e *multitude) listing(n int) *multitude {
	entries := make([]entity.Entry, n)
	for i := range entries {
		entries[i] = entity.Entry{Element: address4(i), Class: entity.ClassSource}
	}
	e.obs.Devices = map[string][]entity.Inventory{}
	for _, b := range e.pol.Blockers {
		for _, device := range b.Devices {
			e.obs.Devices[b.Name] = append(e.obs.Devices[b.Name], entity.Inventory{Device: device, Entries: entries})
		}
	}
	return e
}

func hostNumber(i int) entity.Target {
	return entity.Target{
		Ref:  entity.Ref{Source: brain, Kind: entity.KindHost, ID: fmt.Sprint(i)},
		Name: fmt.Sprint("pc-", i), Host: &entity.Host{IP: address4(i)},
	}
}

func address4(i int) string { return fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255) }

func address6(i int) string { return fmt.Sprintf("2001:db8::%x", i) }

func BenchmarkCompute(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(multitudes)) {
		for _, n := range []int{10_000, 100_000, 1_000_000} {
			b.Run(fmt.Sprintf("%s/n=%d", name, n), func(b *testing.B) {
				e := multitudes[name](n)
				b.ReportAllocs()
				for b.Loop() {
					if p := e.compute(); len(p.Items) != 3*n {
						b.Fatalf("%d items", len(p.Items))
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/target")
			})
		}
	}
}
