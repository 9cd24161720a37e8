package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// shop is where the programs of this test run are built, once, when the first test wants them.
var shop struct {
	dir  string
	once sync.Once
	err  error
}

func TestMain(m *testing.M) { os.Exit(withShop(m)) }

func withShop(m *testing.M) int {
	dir, err := os.MkdirTemp("", "var-bench-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	shop.dir = dir
	return m.Run()
}

// programs is the folder of var, with its plugins in plugins/. Short runs have none.
func programs(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("not run with -short: it watches other processes")
	}
	shop.once.Do(func() { shop.err = build(shop.dir) })
	if shop.err != nil {
		t.Fatal(shop.err)
	}
	return shop.dir
}

func build(dir string) error {
	programs := map[string]string{"var": "cmd/var"}
	for _, plugin := range []string{"fortigate", "paloalto", "external-command"} {
		programs["plugins/var-plugin-"+plugin] = "plugins/" + plugin
	}
	for program, folder := range programs {
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, program), "../../"+folder)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w: %s", folder, err, out)
		}
	}
	return nil
}
