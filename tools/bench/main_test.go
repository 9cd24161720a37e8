package main

import (
	"errors"
	"fmt"
	"io/fs"
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
	shop.once.Do(func() { shop.err = errors.Join(build(shop.dir), lookAtSources()) })
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

// lookAtSources asks for every source of the programs, so that the go command, which notes what a test looks at, does
// not take a result from its cache when one of them has changed.
func lookAtSources() error {
	for _, folder := range []string{"cmd", "pkg", "plugins"} {
		err := filepath.WalkDir(filepath.Join("../..", folder), func(path string, _ fs.DirEntry, err error) error {
			if err == nil && filepath.Ext(path) == ".go" {
				_, err = os.Stat(path)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
