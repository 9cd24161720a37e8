package main_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/lab"
)

// trouble is what disturbs one run of var.
type trouble interface {
	String() string
	strike(t *testing.T, w *crashWorld, s story, told *figures)
}

// mark is the n-th time that a program comes to a fail point. It dies there.
type mark struct {
	program, name string
	n             int
}

func (m mark) String() string { return m.program + " " + m.name + " " + strconv.Itoa(m.n) }

func (m mark) strike(t *testing.T, w *crashWorld, s story, told *figures) {
	t.Helper()
	e := w.try(t, m.String(), s.command()...)
	if _, err := os.Stat(w.grave()); err != nil {
		told.unreached.Add(1)
		return
	}
	told.kills.Add(1)
	if mine := m.program == "var"; mine != (e.code == -1) {
		t.Errorf("%s died: %s", m, e)
	}
}

// haunted is a mark at which each process dies that comes there: a plugin that is started again does too.
type haunted struct{ mark }

func (h haunted) String() string { return h.mark.String() + " again and again" }

func (h haunted) strike(t *testing.T, w *crashWorld, s story, told *figures) {
	t.Helper()
	w.each = true
	w.try(t, h.mark.String(), s.command()...)
	w.each, w.lived = false, true
	if slices.Contains(w.marks(t), h.mark) {
		told.kills.Add(1)
	} else {
		told.unreached.Add(1)
	}
}

// dropped is the n-th request to an end, which is carried out and not answered.
type dropped struct {
	end string
	n   int
}

func (d dropped) String() string { return d.end + " answer " + strconv.Itoa(d.n) + " lost" }

func (d dropped) strike(t *testing.T, w *crashWorld, s story, told *figures) {
	t.Helper()
	w.admin.faults(t, d.end, lab.Fault{Skip: d.n - 1, Times: 1, What: lab.DropAfter})
	if e := w.try(t, "", s.command()...); e.code != 0 && e.code != 4 {
		t.Errorf("want exit code 0 or 4: %s", e)
	}
	w.admin.faults(t, d.end)
	w.lived = true
	told.drops.Add(1)
}

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
