package blockertest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The guide shows a whole plugin; it is built as it stands.
func TestThePluginInTheGuideBuilds(t *testing.T) {
	guide, err := os.ReadFile("../../../docs/write-a-plugin.md")
	if err != nil {
		t.Fatal(err)
	}
	_, code, found := strings.Cut(string(guide), "```go\n")
	code, _, closed := strings.Cut(code, "```")
	if !found || !closed {
		t.Fatal("the guide shows no Go")
	}
	// Inside the module, so that it is built with its dependencies, where no pattern finds it.
	dir, err := os.MkdirTemp(".", "_guide")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "vet", "./"+filepath.ToSlash(file))
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("the plugin in the guide does not build: %v\n%s", err, out)
	}
}
