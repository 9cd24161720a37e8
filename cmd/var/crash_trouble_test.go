package main_test

import (
	"os"
	"slices"
	"strconv"
	"testing"

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
