package main_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
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

// TestCrash kills var and its plugins at the instants that matter, and has the network fail after requests were carried
// out, before the answer came. It wants devices, brain and journal to become what they become when nothing happens.
// Only stories that have VAR_CRASH_STORY in their name are told.
func TestCrash(t *testing.T) {
	t.Parallel()
	bin := fragile(t)
	some := slices.DeleteFunc(slices.Clone(stories), func(s story) bool {
		return !strings.Contains(s.name, os.Getenv("VAR_CRASH_STORY"))
	})
	tracks := walked(t, bin, some)
	var told figures
	var deaths, losses []plot
	for _, s := range some {
		way := tracks[s.name]
		told.marks.Add(int64(len(way.marks)))
		deaths, losses = append(deaths, kills(s, way.marks)...), append(losses, drops(s, way.requests)...)
	}
	abreast(t, "disturbed", slices.Concat(sampled(deaths, 40), sampled(losses, 14)), func(t *testing.T, p plot) {
		told.rounds.Add(1)
		if diff := p.play(t, bin, tracks[p.story.name].end, &told); diff != "" {
			told.differences.Add(1)
			t.Errorf("the world is another one (-undisturbed +disturbed):\n%s", diff)
		}
	})
	t.Logf("%s; all of them with make crash", &told)
}

// walked are the tracks of stories, by name.
func walked(t *testing.T, bin string, all []story) map[string]track {
	t.Helper()
	var mu sync.Mutex
	tracks := map[string]track{}
	abreast(t, "undisturbed", all, func(t *testing.T, s story) {
		way := s.undisturbed(t, bin)
		mu.Lock()
		defer mu.Unlock()
		tracks[s.name] = way
	})
	return tracks
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

// drops are those of the answer to each request.
func drops(s story, requests map[string]tally) (all []plot) {
	for _, end := range slices.Sorted(maps.Keys(requests)) {
		for n := range requests[end].sum() {
			all = append(all, plot{s, []trouble{dropped{end, n + 1}}})
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

// abreast plays all of a group side by side, and returns when the last has ended.
func abreast[P fmt.Stringer](t *testing.T, group string, all []P, play func(*testing.T, P)) {
	t.Helper()
	t.Run(group, func(t *testing.T) {
		for _, p := range all {
			t.Run(p.String(), func(t *testing.T) {
				t.Parallel()
				play(t, p)
			})
		}
	})
}
