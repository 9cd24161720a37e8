package blockertest

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The guide shows a whole plugin and its exam; both are built as they stand.
func TestThePluginInTheGuideBuilds(t *testing.T) {
	guide, err := os.ReadFile("../../../docs/write-a-plugin.md")
	if err != nil {
		t.Fatal(err)
	}
	// The go command takes the files for some of the module's, and builds them with its dependencies. In the tree they
	// would come and go before the eyes of other tests, which read it at the same time.
	folder, err := filepath.Abs("../../../docs")
	if err != nil {
		t.Fatal(err)
	}
	dir, rest, replaced := t.TempDir(), string(guide), map[string]string{}
	vet := []string{"vet", "-overlay", filepath.Join(dir, "overlay.json")}
	for _, name := range []string{"main.go", "main_test.go"} {
		_, code, found := strings.Cut(rest, "```go\n")
		code, after, closed := strings.Cut(code, "```")
		if !found || !closed {
			t.Fatalf("the guide shows no %s", name)
		}
		there := filepath.Join(folder, name)
		replaced[there] = write(t, dir, name, code)
		vet, rest = append(vet, there), after
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "overlay.json", string(overlay))
	build := exec.CommandContext(t.Context(), "go", vet...)
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("the plugin in the guide does not build: %v\n%s", err, out)
	}
}

func write(t *testing.T, dir, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
