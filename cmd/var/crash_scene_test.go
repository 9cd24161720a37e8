package main_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/journal/journaltest"
	"github.com/var-project/var/pkg/lab"
)

// cast brings the actors of some roles onto the stage.
func (w *crashWorld) cast(roles ...int) scene {
	s := scene{w.stage, w.blockers[0]}
	all := s.actors()
	all.Hosts = slices.DeleteFunc(all.Hosts, func(h lab.Host) bool { return !slices.Contains(roles, h.ID) })
	all.Accounts = slices.DeleteFunc(all.Accounts, func(a lab.Account) bool { return !slices.Contains(roles, a.ID) })
	all.Detections = slices.DeleteFunc(all.Detections, func(d lab.Detection) bool { return !slices.Contains(roles, d.ID) })
	w.world.End(brainName).Simulator().(*lab.Brain).Fill(all)
	return s
}

func (w *crashWorld) scene() scene { return scene{w.stage, w.blockers[0]} }

// wish has analysts want an actor of every kind blocked, and the operator its static destination, or not.
func (s scene) wish4(t *testing.T, role int, wanted bool) {
	t.Helper()
	op := map[bool]string{true: "add_tag", false: "remove_tag"}[wanted]
	for kind, tag := range blockTags {
		s.admin.change(t, brainName, op, map[string]any{"kind": kind, "id": role, "tag": tag})
	}
	if wanted {
		s.list(t, role)
	} else {
		s.list(t)
	}
}

// wished: somebody of each kind is to be blocked, and var was never there.
func wished(t *testing.T, w *crashWorld) {
	t.Helper()
	w.cast(coming).wish4(t, coming, true)
}

// older: somebody is to be released, and what holds him was written by a program of an older schema.
func older(t *testing.T, w *crashWorld) {
	t.Helper()
	unwished(t, w)
	journaltest.Older(t, filepath.Join(w.dir, "var.db"), "../../pkg/journal/migrations")
}

// damaged: somebody of each kind is blocked, and the journal cannot be read any more.
func damaged(t *testing.T, w *crashWorld) {
	t.Helper()
	blocked(t, w)
	if err := os.WriteFile(filepath.Join(w.dir, "var.db"), []byte("nothing that a database would say"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// copied: somebody of each kind is blocked, the journal was copied, and since then everybody was released.
func copied(t *testing.T, w *crashWorld) {
	t.Helper()
	blocked(t, w)
	w.whole(t, "state", "backup", filepath.Join(w.dir, "copy.db"))
	w.scene().wish4(t, leaving, false)
	w.whole(t, "run")
}

// setAside: nor is it there any more.
func setAside(t *testing.T, w *crashWorld) {
	t.Helper()
	damaged(t, w)
	w.pass(t, 1)
}

// quiet: there is somebody of each kind, and nobody is to be blocked.
func quiet(t *testing.T, w *crashWorld) {
	t.Helper()
	w.cast(coming)
	w.whole(t, "run")
}

// blocked: somebody of each kind is blocked.
func blocked(t *testing.T, w *crashWorld) {
	t.Helper()
	w.cast(leaving).list(t, leaving)
	w.whole(t, "run")
}

// unwish: all of them are wanted no more.
func unwish(t *testing.T, w *crashWorld) {
	t.Helper()
	w.scene().wish4(t, coming, false)
}

// unwished: somebody of each kind is blocked and is to be released.
func unwished(t *testing.T, w *crashWorld) {
	t.Helper()
	s := w.cast(leaving)
	s.list(t, leaving)
	w.whole(t, "run")
	s.wish4(t, leaving, false)
}

// wishAgain: they are to stay blocked after all.
func wishAgain(t *testing.T, w *crashWorld) {
	t.Helper()
	w.scene().wish4(t, leaving, true)
}

// aged: somebody of each kind is blocked, and most of the time that the block lasts has gone by.
func aged(t *testing.T, w *crashWorld) {
	t.Helper()
	w.cast(staying).list(t, staying)
	w.whole(t, "run")
	w.age(t, 40*time.Minute)
}

// age lets time go by: in the world by its clock, for var by what its journal says of the past.
func (w *crashWorld) age(t *testing.T, by time.Duration) {
	t.Helper()
	w.world.Advance(by)
	j, err := journal.Open(t.Context(), w.url(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	holdings, err := j.Holdings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range holdings {
		h := &holdings[i]
		h.Since, h.Asserted = h.Since.Add(-by), h.Asserted.Add(-by)
		if !h.Receipt.Until.IsZero() {
			h.Receipt.Until = h.Receipt.Until.Add(-by)
		}
	}
	if err := j.Adopt(t.Context(), holdings); err != nil {
		t.Fatal(err)
	}
}

// moved: somebody of each kind is blocked and has another address, account name or destination now.
func moved(t *testing.T, w *crashWorld) {
	t.Helper()
	w.cast(moving)
	w.whole(t, "run")
	w.scene().move(t, moving+100)
}

// moveOn: they move once more.
func moveOn(t *testing.T, w *crashWorld) {
	t.Helper()
	w.scene().move(t, moving+150)
}

// relisted: a static destination stays on the list, one leaves it and one is new.
func relisted(t *testing.T, w *crashWorld) {
	t.Helper()
	w.scene().list(t, staying, leaving)
	w.whole(t, "run")
	w.scene().list(t, staying, coming)
}

// stirred: everything at once.
func stirred(t *testing.T, w *crashWorld) {
	t.Helper()
	s := w.cast(staying, moving, leaving, coming)
	s.list(t, staying, leaving)
	w.whole(t, "run")
	s.changeMinds(t)
}

// shared: of a detection and a static line that want the same destination, the detection goes.
func shared(t *testing.T, w *crashWorld) {
	t.Helper()
	w.cast(leaving)
	w.write(t, "destinations.txt", addressOf("detection", leaving)+"\n")
	w.whole(t, "run")
	for kind, tag := range blockTags {
		w.admin.change(t, brainName, "remove_tag", map[string]any{"kind": kind, "id": leaving, "tag": tag})
	}
}
