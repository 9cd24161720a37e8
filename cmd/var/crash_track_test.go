package main_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// track is a story in which nothing goes wrong: how it ends, the marks that it comes to, and what it asks.
type track struct {
	end      picture
	marks    []mark
	requests map[string]tally
}

func (s story) undisturbed(t *testing.T, bin string) track {
	t.Helper()
	w := newCrashWorld(t, bin, s)
	s.begin(t, w)
	w.requests(t)
	if e := w.try(t, "", s.command()...); (e.code != 0) != s.refused {
		t.Fatalf("var %s: %s", strings.Join(s.command(), " "), e)
	}
	marks, requests := w.marks(t), w.requests(t)
	return track{s.end(t, w), marks, requests}
}

func (s story) begin(t *testing.T, w *crashWorld) {
	t.Helper()
	if s.before != nil {
		s.before(t, w)
	}
}

// end is what becomes of the world once var can do its work.
func (s story) end(t *testing.T, w *crashWorld) picture {
	t.Helper()
	if s.then != nil {
		s.then(t, w)
	}
	if s.refused {
		w.try(t, "", s.command()...)
	}
	w.whole(t, s.command()...)
	if s.args != nil {
		w.pass(t, s.code(), "--groom") // tells the brain what a person did
	}
	w.requests(t)
	w.pass(t, s.code(), "--groom")
	for end, c := range w.requests(t) {
		if writes := c.writes(); len(writes) > 0 {
			t.Errorf("a pass with nothing to do writes to %s: %v", end, writes)
		}
	}
	return w.picture(t, s)
}

// code is how a pass ends.
func (s story) code() int {
	if s.stopped {
		return 3
	}
	return 0
}

// play says how the world differs from what becomes of it undisturbed.
func (p plot) play(t *testing.T, bin string, want picture, told *figures) (diff string) {
	t.Helper()
	w := newCrashWorld(t, bin, p.story)
	p.story.begin(t, w)
	for _, tr := range p.troubles {
		tr.strike(t, w, p.story, told)
	}
	return cmp.Diff(want, p.story.end(t, w))
}
