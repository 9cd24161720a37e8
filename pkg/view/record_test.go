package view

import (
	"context"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/reconcile"
)

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
	var w Held
	if err := w.compared(t.Context(), memory, h); err != nil {
		t.Fatal(err)
	}
	if !w.Confirmed.Equal(blocked) || len(w.Compared) != 1 || w.Compared[0].Words() != "0 of 1 in force (compared 2026-11-22T09:00:00Z)" {
		t.Errorf("confirmed %s, compared %+v", w.Confirmed, w.Compared)
	}
}
