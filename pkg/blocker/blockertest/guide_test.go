package blockertest

import (
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
	// Inside the module, so that it is built with its dependencies, where no pattern finds it.
	dir, err := os.MkdirTemp(".", "_guide")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	vet := []string{"vet"}
	rest := string(guide)
	for _, name := range []string{"main.go", "main_test.go"} {
		_, code, found := strings.Cut(rest, "```go\n")
		code, after, closed := strings.Cut(code, "```")
		if !found || !closed {
			t.Fatalf("the guide shows no %s", name)
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
		vet, rest = append(vet, "./"+filepath.ToSlash(file)), after
	}
	build := exec.CommandContext(t.Context(), "go", vet...)
	if out, err := build.CombinedOutput(); err != nil {
		t.Errorf("the plugin in the guide does not build: %v\n%s", err, out)
	}
}
