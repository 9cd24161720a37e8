package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/notify"
)

var epoch = time.Date(2026, 11, 22, 10, 0, 0, 5, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// open is a new process that writes to a file.
func open(t *testing.T, path string, max int64) *Channel {
	t.Helper()
	c, err := New(Config{File: path, MaxBytes: max, Keep: 100}, notify.Origin{Owner: "site-a", Host: "gw", Version: "1"})
	must(t, err)
	return c
}

func events(revisions ...int64) notify.Batch {
	b := notify.Batch{At: epoch}
	for _, n := range revisions {
		b.Events = append(b.Events, notify.Classify(entity.Event{
			ID: n, Revision: n, At: epoch, Last: epoch.Add(time.Duration(n)), Times: 1, Action: "block", Outcome: entity.OutcomeDone,
			Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: fmt.Sprint(n)}, Name: "pc\n<" + fmt.Sprint(n) + ">\xff\u202e",
		}))
	}
	return b
}

func send(t *testing.T, c *Channel, b notify.Batch) {
	t.Helper()
	if taken, err := c.Send(t.Context(), b); err != nil || taken != len(b.Events) {
		t.Fatalf("taken %d of %d, %v", taken, len(b.Events), err)
	}
}

// revisions are those in a file and the parts of it that were put aside, oldest first.
func revisions(t *testing.T, path string) (all []int64) {
	t.Helper()
	var paths []string
	for n := 100; n > 0; n-- {
		paths = append(paths, fmt.Sprintf("%s.%d", path, n))
	}
	for _, path := range append(paths, path) {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		for text := range bytes.Lines(text) {
			var l line
			if err := json.Unmarshal(text, &l); err != nil {
				t.Fatalf("%s: %q: %v", path, text, err)
			}
			all = append(all, l.Revision)
		}
	}
	return all
}

func wants(t *testing.T, path string, want ...int64) {
	t.Helper()
	if got := revisions(t, path); !slices.Equal(got, want) {
		t.Errorf("the file has %v, want %v", got, want)
	}
}

func TestALineSaysAllOfAnEvent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.json")
	b := events(7)
	e := &b.Events[0]
	e.Event = entity.Event{
		ID: 7, Revision: 9, At: epoch, Last: epoch.Add(time.Hour), Times: 2, Action: "release", Outcome: entity.OutcomeFailed,
		Ref: e.Ref, Name: "pc <7>", Blocker: "edge", Elements: []string{"10.0.0.7"}, Reasons: []string{"gone"}, Problem: "fw1: 500\nno",
		By: entity.By{Who: "alice", Reason: "ticket", At: epoch},
	}
	*e = notify.Classify(e.Event)
	send(t, open(t, path, 1<<20), b)
	got, err := os.ReadFile(path)
	must(t, err)
	want := `{"id":7,"revision":9,"time":"2026-11-22T11:00:00.000000005Z","first":"2026-11-22T10:00:00.000000005Z","times":2,` +
		`"topic":"failure","severity":"error","action":"release","outcome":"failed","source":"hq","kind":"host","target":"7",` +
		`"name":"pc <7>","blocker":"edge","elements":["10.0.0.7"],"reasons":["gone"],"problem":"fw1: 500\nno",` +
		`"by":{"who":"alice","reason":"ticket","at":"2026-11-22T10:00:00.000000005Z"},"owner":"site-a","host":"gw","version":"1"}` + "\n"
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The process dies when it has written a batch and before that is remembered: the same events come again, maybe with more.
func TestANameSteersNoTerminalThatShowsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.json")
	b := events(1)
	b.Events[0].Name = "pc\u009b2J\u202e"
	send(t, open(t, path, 1<<20), b)
	text, err := os.ReadFile(path)
	must(t, err)
	if want := `"name":"pc\u009b2J\u202e"`; !bytes.Contains(text, []byte(want)) {
		t.Errorf("got %q, want %s in it", text, want)
	}
}

func TestWhatIsInTheFileIsNotWrittenAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.json")
	c := open(t, path, 1<<20)
	send(t, c, events(1, 2))
	send(t, c, events(3))
	send(t, open(t, path, 1<<20), events(2, 3, 4))
	send(t, c, events(2, 3, 4, 5)) // and another process that is still there
	wants(t, path, 1, 2, 3, 4, 5)
}

// It dies in the middle of a batch, wherever.
func TestATornLineIsWrittenAnew(t *testing.T) {
	folder := t.TempDir()
	whole := filepath.Join(folder, "whole")
	send(t, open(t, whole, 1<<20), events(1, 2))
	text, err := os.ReadFile(whole)
	must(t, err)
	cuts := []int{len(text) - 1}
	for n := 0; n < len(text); n += 11 {
		cuts = append(cuts, n)
	}
	for _, n := range cuts {
		path := filepath.Join(folder, "torn")
		must(t, os.WriteFile(path, text[:n], 0o600))
		send(t, open(t, path, 1<<20), events(1, 2))
		if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("torn at byte %d it becomes %q, %v", n, got, err)
		}
	}
}

// It dies between two parts of the file.
func TestWhatWasPutAsideIsNotWrittenAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.json")
	send(t, open(t, path, 1), events(1))
	send(t, open(t, path, 1), events(2))
	send(t, open(t, path, 1), events(1, 2, 3))
	wants(t, path, 1, 2, 3)
}

func TestTheFileIsPutAsideBySize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.json")
	c := open(t, path, 2000)
	var want []int64
	for n := range int64(20) {
		send(t, c, events(n+1))
		want = append(want, n+1)
	}
	wants(t, path, want...)
	parts, err := filepath.Glob(path + "*")
	must(t, err)
	for _, part := range parts {
		if info, err := os.Stat(part); err != nil || info.Size() > 2000 {
			t.Errorf("%s has %d bytes, %v", part, info.Size(), err)
		}
	}
	if len(parts) < 3 {
		t.Errorf("got %d parts", len(parts))
	}
}

// A journal that was lost counts from the beginning again: what it tells is no repetition.
func TestANewJournalIsNotTakenForTheOldOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.json")
	send(t, open(t, path, 1<<20), events(1, 2))
	b := events(1)
	b.Events[0].Last = epoch.AddDate(0, 0, 1)
	send(t, open(t, path, 1<<20), b)
	wants(t, path, 1, 2, 1)
}

func TestATestAndWhatIsMissingAreLinesToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.json")
	c := open(t, path, 1<<20)
	send(t, c, notify.Batch{At: epoch, Test: true})
	send(t, c, notify.Batch{At: epoch, Missed: 3})
	got, err := os.ReadFile(path)
	must(t, err)
	want := `{"time":"2026-11-22T10:00:00.000000005Z","action":"test","owner":"site-a","host":"gw","version":"1"}` + "\n" +
		`{"time":"2026-11-22T10:00:00.000000005Z","action":"missed","missed":3,"owner":"site-a","host":"gw","version":"1"}` + "\n"
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAFileThatCannotBeWrittenSaysSo(t *testing.T) {
	folder := t.TempDir()
	if _, err := New(Config{File: filepath.Join(folder, "none", "audit.json")}, notify.Origin{}); err == nil || !strings.Contains(err.Error(), "notify.audit.file") {
		t.Errorf("where there is no folder: %v", err)
	}
	path, victim := filepath.Join(folder, "audit.json"), filepath.Join(folder, "victim")
	c := open(t, path, 1<<20)
	must(t, os.WriteFile(victim, []byte("no newline"), 0o600))
	must(t, os.Symlink(victim, path))
	if taken, err := c.Send(t.Context(), events(1)); err == nil || taken != 0 {
		t.Errorf("where a link leads elsewhere: taken %d, %v", taken, err)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "no newline" {
		t.Errorf("the other file is %q now, %v", text, err)
	}
	must(t, os.Remove(path))
	send(t, c, events(1))
	wants(t, path, 1)
}
