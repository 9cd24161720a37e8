package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// A file of a channel is written only where its folder is: the check says no where the channel would.
func TestAFileOfAChannelNeedsItsFolder(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, fine := range map[string]bool{
		file:                                    true,
		filepath.Join(folder, "new"):            true,
		filepath.Join(folder, "missing", "new"): false,
		filepath.Join(file, "new"):              false,
	} {
		if err := fileRoom(path, "notify.audit.file"); (err == nil) != fine {
			t.Errorf("%s: %v", path, err)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
