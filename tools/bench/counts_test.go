package main

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/tools/bench/internal/play"
	"github.com/var-project/var/tools/bench/internal/scenario"
	"github.com/var-project/var/tools/bench/internal/stage"
)

const (
	// few and many are how many targets a brain has: what a pass asks must be the same line through both.
	few, many = 30, 10 * few
	// answering is long enough for requests to meet each other in flight.
	answering = 2 * time.Millisecond
	// members is how many elements go into one nested group of a FortiGate, listed how many PAN-OS lists at once.
	members = 249
	listed  = 500
	// around is how many hosts and detections a brain has that are no targets.
	around = 20
)

// TestRequests plays every sort of scenario with few and with many targets. What each end is asked, down to the last
// request, is so many whatever there is to do, and so many for each target, element, nested group and full page.
func TestRequests(t *testing.T) {
	bin := programs(t)
	for name, row := range table {
		for _, n := range []int{few, many} {
			t.Run(name+"/"+map[int]string{few: "few", many: "many"}[n], func(t *testing.T) {
				t.Parallel()
				p := play.Player{Bin: bin, Delays: []time.Duration{answering}, Rounds: 1, NoStartup: true}
				setup := row.setup(n)
				setup.Estate = min(setup.Estate, n+around)
				rounds, err := p.Play(t.Context(), setup, row.works())
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range rounds {
					t.Run(string(r.Work), func(t *testing.T) {
						checkCounts(t, row.asks[r.Work], setup, r.Asked)
						checkKindness(t, r.Asked)
					})
				}
			})
		}
	}
}

// checkCounts holds every end against its column of the table: the brains, and the devices of each means.
func checkCounts(t *testing.T, want map[role]asks, s scenario.Setup, asked map[string]stage.Asked) {
	t.Helper()
	for end, got := range asked {
		r := roleOf(end, s)
		if diff := cmp.Diff(want[r].of(r, s, got.Kinds), got.Kinds); diff != "" {
			t.Errorf("with %d %ss %s was asked (-want +got):\n%s", s.Targets, s.Kind, end, diff)
		}
	}
}

// checkKindness holds every end against what the configuration allows, and against clients that open a connection for
// each request. One whose answer comes long before net/http has noted the end of the request is given up for another.
func checkKindness(t *testing.T, asked map[string]stage.Asked) {
	t.Helper()
	for end, got := range asked {
		most := allowed(end)
		if got.InFlight > most {
			t.Errorf("%d requests were in flight at %s, %d are allowed", got.InFlight, end, most)
		}
		if got.Connections > 2*most {
			t.Errorf("%d connections were opened to %s for %d in flight", got.Connections, end, most)
		}
	}
}

// allowed is how many requests may be in flight at an end.
func allowed(end string) int {
	switch {
	case strings.HasPrefix(end, "hq"):
		return scenario.Defaults.Brain
	case strings.HasSuffix(end, "command"):
		return scenario.Defaults.Command
	}
	return scenario.Defaults.Device
}

// role is what an end is for: the brain, or a means of blocking.
type role string

const brain role = "brain"

func roleOf(end string, s scenario.Setup) role {
	if strings.HasPrefix(end, "hq") {
		return brain
	}
	blocker := int(end[1]-'0')*10 + int(end[2]-'0')
	return role(s.Blockers[blocker].Means)
}

// count is how many requests of one kind are due: fixed come whatever there is to do; of the others each for each
// target, each different element, each nested group, or each page of a list that is full. Up to more may come besides,
// where the moment decides.
type count struct{ fixed, target, element, shard, page, more int }

type asks map[string]count

// of are the counts at an end for a setup; where more may come, those that it got, within that bound. A brain knows its
// own targets, a device has the elements of all.
func (a asks) of(r role, s scenario.Setup, got map[string]int) map[string]int {
	elements := s.Elements()
	if r == brain {
		elements /= s.Brains
	}
	all := map[string]int{}
	for kind, c := range a {
		n := c.fixed + c.target*s.Targets + c.element*elements + c.shard*((elements+members-1)/members) + c.page*(elements/listed)
		if n = min(max(n, got[kind]), n+c.more); n > 0 {
			all[kind] = n
		}
	}
	return all
}

func with(a, more asks) asks {
	all := maps.Clone(a)
	maps.Copy(all, more)
	return all
}
