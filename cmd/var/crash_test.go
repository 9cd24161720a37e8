package main_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"
)

// plot is one round of the crash test: a story with trouble in one run of var, or in two of them: in the one that
// it is about, and in the one that was to put things right.
type plot struct {
	story    story
	troubles []trouble
}

func (p plot) String() string {
	names := make([]string, len(p.troubles))
	for i, tr := range p.troubles {
		names[i] = tr.String()
	}
	return p.story.name + "/" + strings.Join(names, ", then ")
}

// figures are what the crash test tells at its end.
type figures struct{ marks, rounds, kills, drops, unreached, differences atomic.Int64 }

func (f *figures) String() string {
	return fmt.Sprintf("%d fail points, %d rounds, %d kills, %d dropped connections, %d not reached, %d differences",
		f.marks.Load(), f.rounds.Load(), f.kills.Load(), f.drops.Load(), f.unreached.Load(), f.differences.Load())
}

// TestCrash kills var and its plugins at the instants that matter, and wants devices, brain and journal to
// become what they become when nobody is killed.
func TestCrash(t *testing.T) {
	playAll(t, 60, func(told *figures, s story, tr track) []plot {
		told.marks.Add(int64(len(tr.marks)))
		return kills(s, tr.marks)
	})
}

// TestCrashOfConnections has the network fail after each request was carried out, before the answer came.
func TestCrashOfConnections(t *testing.T) {
	playAll(t, 20, func(_ *figures, s story, tr track) (all []plot) {
		for _, end := range slices.Sorted(maps.Keys(tr.requests)) {
			for n := range tr.requests[end].sum() {
				all = append(all, plot{s, []trouble{dropped{end, n + 1}}})
			}
		}
		return all
	})
}

// playAll plays what is made of all stories, or of those that have VAR_CRASH_STORY in their name, or as many as are
// usual, spread over all.
func playAll(t *testing.T, usual int, make func(*figures, story, track) []plot) {
	t.Helper()
	bin := fragile(t)
	some := slices.DeleteFunc(slices.Clone(stories), func(s story) bool {
		return !strings.Contains(s.name, os.Getenv("VAR_CRASH_STORY"))
	})
	inTurns(t, some, func(t *testing.T, s story) { s.walk(t, bin) })
	var told figures
	var plots []plot
	for _, s := range some {
		plots = append(plots, make(&told, s, tracks.of[s.name])...)
	}
	inTurns(t, sampled(plots, usual), func(t *testing.T, p plot) {
		told.rounds.Add(1)
		if diff := p.play(t, bin, tracks.of[p.story.name].end, &told); diff != "" {
			told.differences.Add(1)
			t.Errorf("the world is another one (-undisturbed +disturbed):\n%s", diff)
		}
	})
	t.Logf("%s; all of them with make crash", &told)
}

// Every so many marks the run that is to put things right is killed too, or the plugin dies again and again.
const (
	everyRecovery = 3
	everyHaunting = 7
)

// kills are those at each mark.
func kills(s story, marks []mark) []plot {
	mine := slices.DeleteFunc(slices.Clone(marks), func(m mark) bool { return m.program != "var" })
	var all []plot
	for i, m := range marks {
		all = append(all, plot{s, []trouble{m}})
		if i%everyRecovery == 0 {
			all = append(all, plot{s, []trouble{m, mine[(i*7+i/everyRecovery)%len(mine)]}})
		}
		if i%everyHaunting == 0 && m.program != "var" {
			all = append(all, plot{s, []trouble{haunted{m}}})
		}
	}
	return all
}

// sampled spreads the plots that are played over all stories: usual many unless VAR_CRASH_ROUNDS says how many,
// or VAR_TEST_ALL that all.
func sampled(all []plot, usual int) []plot {
	rounds, err := strconv.Atoi(os.Getenv("VAR_CRASH_ROUNDS"))
	if err != nil {
		rounds = usual
	}
	if os.Getenv("VAR_TEST_ALL") != "" || len(all) <= rounds {
		return all
	}
	some := make([]plot, rounds)
	for i := range some {
		some[i] = all[i*len(all)/rounds]
	}
	return some
}

// atOnce is how many worlds there are at one time: most of their time they wait.
const atOnce = 4

func inTurns[P fmt.Stringer](t *testing.T, all []P, play func(*testing.T, P)) {
	t.Helper()
	var g errgroup.Group
	g.SetLimit(atOnce)
	for _, p := range all {
		g.Go(func() error {
			t.Run(p.String(), func(t *testing.T) { play(t, p) })
			return nil
		})
	}
	_ = g.Wait() // what failed has told the test
}
