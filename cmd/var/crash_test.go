package main_test

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// plot is one round of the crash test: a story in which a program dies at a mark, and perhaps var once more in
// the run that was to put things right.
type plot struct {
	story story
	mark  mark
	// again is where the next run of var dies; nowhere when it is empty.
	again mark
}

func (p plot) String() string {
	name := p.story.name + "/" + p.mark.String()
	if p.again != (mark{}) {
		name += ", then " + p.again.String()
	}
	return name
}

// figures are what the crash test tells at its end.
type figures struct{ marks, rounds, kills, unreached, differences atomic.Int64 }

func (f *figures) String() string {
	return fmt.Sprintf("%d fail points, %d rounds, %d kills, %d not reached, %d differences",
		f.marks.Load(), f.rounds.Load(), f.kills.Load(), f.unreached.Load(), f.differences.Load())
}

// TestCrash kills var and its plugins at the instants that matter, and wants devices, brain and journal to
// become what they become when nobody is killed.
func TestCrash(t *testing.T) {
	bin := fragile(t)
	var told figures
	ends, plots := map[string]picture{}, []plot(nil)
	for _, s := range stories {
		end, marks := s.undisturbed(t, bin)
		told.marks.Add(int64(len(marks)))
		ends[s.name], plots = end, append(plots, plotsOf(s, marks)...)
	}
	inTurns(t, sampled(plots), func(t *testing.T, p plot) {
		told.rounds.Add(1)
		if diff := p.play(t, bin, ends[p.story.name], &told); diff != "" {
			told.differences.Add(1)
			t.Errorf("the world is another one (-undisturbed +killed):\n%s", diff)
		}
	})
	t.Logf("%s; all of them with make crash", &told)
}

// recoveries is how many of the marks also see the next run killed: every so-many-th, at a mark far off.
const recoveries = 3

// plotsOf kills at each mark, and in some of the rounds the recovery too.
func plotsOf(s story, marks []mark) []plot {
	var mine []mark
	for _, m := range marks {
		if m.program == "var" {
			mine = append(mine, m)
		}
	}
	var all []plot
	for i, m := range marks {
		all = append(all, plot{story: s, mark: m})
		if i%recoveries == 0 {
			all = append(all, plot{s, m, mine[(i*7+i/recoveries)%len(mine)]})
		}
	}
	return all
}

// usual is how many plots are played unless VAR_CRASH_ROUNDS says how many, or VAR_TEST_ALL that all.
const usual = 60

// sampled spreads the plots that are played over all stories and marks.
func sampled(all []plot) []plot {
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

// atOnce is how many worlds there are at one time.
const atOnce = 4

func inTurns(t *testing.T, plots []plot, play func(*testing.T, plot)) {
	t.Helper()
	todo := make(chan plot)
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() {
			for p := range todo {
				t.Run(p.String(), func(t *testing.T) { play(t, p) })
			}
		})
	}
	for _, p := range plots {
		todo <- p
	}
	close(todo)
	wg.Wait()
}
