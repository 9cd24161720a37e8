package main_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// multitudes are how many holdings are withdrawn at once: usually, and with VAR_TEST_ALL. Members of groups are written
// one by one.
var multitudes = map[string]struct {
	blockers  []means
	some, all int
}{
	"FortiGate feed and PAN-OS":   {[]means{feed, panos{}}, 2_000, 50_000},
	"FortiGate groups and PAN-OS": {[]means{addressGroups, panos{}}, 1_000, 10_000},
}

// step is how many holdings a pass at most begins with.
const step = 5_000

// Panic takes off all that var holds, and nothing else: a second installation and an administrator have members in
// the same groups. How long it takes is only told.
func TestPanicTakesOffAMultitudeAndNothingForeign(t *testing.T) {
	t.Parallel()
	for name, row := range multitudes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			blockers, want := row.blockers, row.some
			if os.Getenv("VAR_TEST_ALL") != "" {
				want = row.all
			}
			s := newStage(t, families[0], blockers...)
			s.adjust = func(config string) string {
				config = strings.Replace(config, "[blocker.dc.settings]\n", "[blocker.dc.settings]\ncapacity = 100000\n", 1)
				return config + "[gate]\nmax_blocks = 0\n"
			}
			second := s.secondOwner(t, blockers)
			s.configure(t, `owner = "first"`)
			before, tags := s.devices(t), s.brain(t).tags()
			for n := 0; n < want; {
				n = min(n+step, want)
				s.write(t, "destinations.txt", destinations(n/len(blockers)))
				s.pass(t, 0)
			}
			held, _ := s.status(t)
			began := time.Now()
			e := s.run(t, "panic", "--yes", "--reason", "drill")
			t.Logf("%d holdings on %d devices were withdrawn in %s", len(held), len(s.ends()), time.Since(began).Round(10*time.Millisecond))
			if e.code != 0 || len(held) != want {
				t.Errorf("of %d holdings, want %d: %.3000s", len(held), want, e)
			}
			if diff := cmp.Diff(before, s.devices(t)); diff != "" {
				t.Errorf("the devices are not as they were before var came (-before +after):\n%.3000s", diff)
			}
			if held, _ := s.status(t); len(held) > 0 {
				t.Errorf("%d are still held", len(held))
			}
			if diff := cmp.Diff(tags, s.brain(t).tags()); diff != "" {
				t.Errorf("tags (-before +after):\n%s", diff)
			}
			if second != nil {
				second.pass(t, 0)
			}
		})
	}
}

// destinations are so many lines of a static list.
func destinations(n int) string {
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, "%d.%d.%d.%d\n", 45+i>>16, i>>8&255, i&255, 7)
	}
	return lines.String()
}

// secondOwner has another installation block a destination and a host by its own lights, where devices can tell whose
// is what.
func (s *stage) secondOwner(t *testing.T, blockers []means) *stage {
	t.Helper()
	if !slices.Contains(blockers, means(addressGroups)) {
		return nil
	}
	other := *s
	other.dir = t.TempDir()
	if err := os.CopyFS(other.dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	other.blockers = []means{addressGroups}
	other.write(t, "destinations.txt", "185.199.112.7\n45.0.0.7\n")
	other.configure(t, `owner = "second"`)
	other.pass(t, 0)
	return &other
}

// devices are all ends but the brain, down to the last object, without our groups in which nothing is left.
func (s *stage) devices(t *testing.T) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, end := range s.ends() {
		var state any
		s.admin.state(t, end, &state)
		dismantle(state)
		all[end] = timeless(state)
	}
	return all
}
