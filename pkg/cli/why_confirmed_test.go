package cli

import (
	"context"
	"regexp"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/reconcile"
)

// A device's list confirms what is held as its answer to a block does.
func TestWhySaysWhenADeviceLastListedIt(t *testing.T) {
	s := newStage(t)
	s.want(ExitDone, "", "run")
	s.ahead = time.Hour
	s.want(ExitDone, "", "run")
	s.want(ExitDone, "", "why", "host-1")
	found := regexp.MustCompile(`complete since (\S+), last confirmed (\S+):`).FindStringSubmatch(s.out.String())
	if found == nil {
		t.Fatalf("nothing is said of it:\n%s", &s.out)
	}
	since, err1 := time.Parse(time.RFC3339, found[1])
	confirmed, err2 := time.Parse(time.RFC3339, found[2])
	if err1 != nil || err2 != nil || confirmed.Sub(since) < time.Hour-time.Second {
		t.Errorf("blocked %s, confirmed %s by a list an hour later", found[1], found[2])
	}
}

// recalled is a memory in which every fact is this one.
type recalled struct {
	reconcile.Memory
	text string
}

func (r recalled) Recall(context.Context, string) (string, bool, error) { return r.text, true, nil }

// What one device lists does not confirm what another one does not have.
func TestWhyNamesTheDevicesWithoutIt(t *testing.T) {
	blocked := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	h := entity.Holding{
		Target: entity.Target{Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "1"}}, Blocker: "edge", State: entity.Partial,
		Since: blocked, Asserted: blocked, Receipt: entity.Receipt{Elements: []string{"10.0.0.1"}},
	}
	memory := recalled{text: `[
		{"blocker": "edge", "device": "fw1", "at": "2026-11-22T09:00:00Z", "counted": "2026-11-22T09:00:01Z"},
		{"blocker": "edge", "device": "fw2", "at": "2026-11-22T09:00:00Z", "counted": "2026-11-22T09:00:01Z", "absent": {"source": ["10.0.0.1"]}}]`}
	var w heldWhy
	if err := w.compared(t.Context(), memory, h); err != nil {
		t.Fatal(err)
	}
	if !w.Confirmed.Equal(blocked) || len(w.Compared) != 1 || w.Compared[0].text() != "0 of 1 in force (compared 2026-11-22T09:00:00Z)" {
		t.Errorf("confirmed %s, compared %+v", w.Confirmed, w.Compared)
	}
}
