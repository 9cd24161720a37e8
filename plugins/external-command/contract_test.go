package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/blocker/blockertest"
)

func TestMain(m *testing.M) { blockertest.Main(m, plugin) }

// shelf is a script that keeps each block as a file; switches beside the folder make it slow or deny.
const shelf = `
[ -e "$DIR.slow" ] && exec sleep 60
[ -e "$DIR.deny" ] && exit 77
case $1 in
block) : > "$DIR/$2" ;;
unblock) rm -f "$DIR/$2" ;;
esac
`

func shelfSettings(t *testing.T, dir string) map[string]any {
	argv := script(t, shelf)
	with := func(args ...string) []string { return append(append([]string{}, argv...), args...) }
	return map[string]any{
		"host_block": with("block", "{ip}"), "host_unblock": with("unblock", "{ip}"),
		"account_block": with("block", "{sam}"), "account_unblock": with("unblock", "{sam}"),
		"detection_block": with("block", "{destination}"), "detection_unblock": with("unblock", "{destination}"),
		"static_block": with("block", "{destination}"), "static_unblock": with("unblock", "{destination}"),
		"env": map[string]any{"DIR": dir},
	}
}

func shelved(dir string) []string {
	entries, _ := os.ReadDir(dir)
	names := []string{}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestContract(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shelf")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	on := func(suffix string) func() func() {
		return func() func() {
			_ = os.WriteFile(dir+suffix, nil, 0o600)
			return func() { _ = os.Remove(dir + suffix) }
		}
	}
	blockertest.Run(t, plugin, blockertest.Config{
		Settings: shelfSettings(t, dir),
		Held:     func() map[string][]string { return map[string][]string{device: shelved(dir)} },
		Slow:     on(".slow"),
		Deny:     on(".deny"),
		Foreign: func() func() error {
			file := filepath.Join(dir, ".foreign")
			_ = os.WriteFile(file, []byte("theirs"), 0o600)
			return func() error {
				if text, _ := os.ReadFile(file); string(text) != "theirs" {
					return errors.New("the foreign file is gone")
				}
				return nil
			}
		},
	})
}
