package main_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/lab"
)

// troubles are what ends and networks do to a request.
var troubles = []struct {
	name string
	lab.Fault
}{
	{"401", lab.Fault{What: lab.AnswerStatus, Status: 401}},
	{"403", lab.Fault{What: lab.AnswerStatus, Status: 403}},
	{"429", lab.Fault{What: lab.AnswerStatus, Status: 429, RetryAfter: "1"}},
	{"500", lab.Fault{What: lab.AnswerStatus, Status: 500}},
	{"reset", lab.Fault{What: lab.Reset}},
	{"timeout", lab.Fault{What: lab.Hang}},
	{"truncated", lab.Fault{What: lab.Truncate}},
	{"HTML", lab.Fault{What: lab.HTML}},
	{"dropped after applying", lab.Fault{What: lab.DropAfter}},
}

// trial is one trouble at one kind of request, once or always.
type trial struct {
	end, kind string
	trouble   int
	always    bool
}

func (c trial) String() string {
	often := map[bool]string{true: "always", false: "once"}[c.always]
	return fmt.Sprintf("%s/%s/%s/%s", c.end, c.kind, troubles[c.trouble].name, often)
}

// Of all trials every so many are made, of those at a brain fewer: each scene has one. All of them when VAR_TEST_ALL is set.
const (
	everyNth        = 17
	everyNthAtBrain = 35
)

// sample takes trials so that each kind of request and each trouble comes up. What is left out differs from scene to scene.
func sample(t *testing.T, scene int, all []trial) []trial {
	t.Helper()
	if os.Getenv("VAR_TEST_ALL") != "" {
		return all
	}
	var some []trial
	for i, c := range all {
		nth := everyNth
		if c.end == brainName {
			nth = everyNthAtBrain
		}
		if (i+scene*everyNth)%nth == 0 {
			some = append(some, c)
		}
	}
	t.Logf("%d of %d troubles; all of them with VAR_TEST_ALL=1", len(some), len(all))
	return some
}

// trials are all troubles at each kind of request that a pass was seen to make. Of two devices that are asked
// the same one is enough.
func trials(counts map[string]tally) []trial {
	var all []trial
	for _, end := range []string{brainName, "fw1", "pa1"} {
		for _, kind := range slices.Sorted(maps.Keys(counts[end])) {
			for i := range troubles {
				all = append(all, trial{end, kind, i, false}, trial{end, kind, i, true})
			}
		}
	}
	return all
}

// TestTroubles makes each trouble at each kind of request of a pass in which something is blocked, moved, released
// and kept. Whatever fails, nothing wrong may come of it, and the next pass ends as if nothing had been.
func TestTroubles(t *testing.T) {
	t.Parallel()
	programs(t)
	for i, sc := range scenes {
		t.Run(sc.family.name+"/"+strings.ReplaceAll(fmt.Sprintf("%T%v", sc.means, sc.means), "main_test.", ""), func(t *testing.T) {
			t.Parallel()
			s := newScene(t, sc.family, sc.means)
			s.requests(t)
			s.pass(t, 0, "--groom")
			counts, final := s.requests(t), s.reality(t)
			abreast(t, "disturbed", sample(t, i, trials(counts)), func(t *testing.T, c trial) {
				newScene(t, sc.family, sc.means).suffer(t, c, final)
			})
		})
	}
}

// suffer makes one pass with a trouble and one without.
func (s scene) suffer(t *testing.T, c trial, final reality) {
	before := s.reality(t)
	fault := troubles[c.trouble].Fault
	fault.Match = c.kind
	if !c.always {
		fault.Times = 1
	}
	late := []string{c.end}
	if fault.What == lab.Hang {
		late = s.hurry(t, c.end)
	}
	s.admin.faults(t, c.end, fault)
	s.judge(t, s.run(t, "run", "--groom"), before, final, late...)
	s.admin.faults(t, c.end)
	s.wait, s.hear = longest, longest
	s.configure(t)
	s.heals(t, final)
}

// hurry makes var wait no longer than a second for an answer of an end. On a busy machine those may be late too for which
// it waits no longer either: it tells who they are.
func (s scene) hurry(t *testing.T, end string) (late []string) {
	t.Helper()
	if end == brainName {
		s.hear, late = "1s", []string{end}
	} else {
		s.wait, late = "1s", s.means.ends()
	}
	s.configure(t)
	return late
}

// judge wants a pass that was disturbed at one of some ends to have done no harm, and to say so unless it came out whole.
func (s scene) judge(t *testing.T, e ended, before, final reality, ends ...string) {
	t.Helper()
	s.safe(t, before, final)
	now := s.reality(t)
	whole := cmp.Equal(now.InForce, final.InForce) && cmp.Equal(now.Tags, final.Tags)
	switch {
	case e.code != 0 && e.code != 4:
		t.Errorf("want exit code 0 or 4: %s", e)
	case e.code == 0 && !whole:
		t.Errorf("the pass calls itself whole (-want +got):\n%s\n%s", cmp.Diff(final, now), e)
	case e.code == 4 && !slices.ContainsFunc(ends, func(end string) bool { return strings.Contains(e.said(), end) }):
		t.Errorf("the trouble at %v is not told: %s", ends, e)
	}
}

// heals wants the next pass to end as if nothing had been.
func (s scene) heals(t *testing.T, final reality) {
	t.Helper()
	e := s.pass(t, 0, "--groom")
	if diff := cmp.Diff(final, s.reality(t)); diff != "" {
		t.Errorf("after a pass without trouble the world is another one (-want +got):\n%s\n%s", diff, e)
	}
	if _, open := s.status(t); open != 0 {
		t.Errorf("%d intents and notes are left open", open)
	}
}
