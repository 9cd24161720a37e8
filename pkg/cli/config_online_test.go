package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAStateThatCannotBeMadeIsToldAndNothingIsMade(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"below a file":         filepath.Join(file, "var.db"),
		"further below a file": filepath.Join(file, "deeper", "var.db"),
	} {
		err := stateRoom(path)
		if err == nil || !strings.Contains(err.Error(), "make the folder "+filepath.Dir(path)+" for the user") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, path := range map[string]string{
		"folder is there": filepath.Join(dir, "var.db"),
		"folder is made":  filepath.Join(dir, "some", "where", "var.db"),
		"is there":        file,
	} {
		if err := stateRoom(path); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
