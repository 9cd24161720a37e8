package lab_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

func TestAWorldIsChangedAndSeenFromOutside(t *testing.T) {
	dir := t.TempDir()
	w, err := lab.Up(dir, lab.UpOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	r, err := lab.Reach(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var end string
	for _, e := range w.Ends() {
		if _, ok := e.Simulator().(*lab.FortiGate); ok {
			end = e.Name
		}
	}
	if err := r.Change(t.Context(), end, "replace", json.RawMessage(`{"serial":"FGVM2"}`)); err != nil {
		t.Fatal(err)
	}
	if err := r.Change(t.Context(), end, "reboot", nil); err != nil {
		t.Fatal(err)
	}
	state, err := r.State(t.Context(), end)
	if err != nil || !strings.Contains(string(state), `"serial":"FGVM2"`) {
		t.Errorf("state %.200s, %v", state, err)
	}
	for _, bad := range [][3]string{{"nobody", "reboot", ""}, {end, "explode", ""}, {end, "reboot", "{"}} {
		if err := r.Change(t.Context(), bad[0], bad[1], json.RawMessage(bad[2])); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

func TestAFolderWithoutAWorldIsSaid(t *testing.T) {
	dir := t.TempDir()
	if _, err := lab.Reach(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, lab.DescriptionFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := lab.Reach(dir); err == nil {
		t.Error("half a description was read")
	}
}
