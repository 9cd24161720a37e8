package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdPhotograph writes what folders hold and what every end of the world holds, so that two looks can be compared.
func cmdPhotograph(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: photograph FILE DIR…")
	}
	var picture bytes.Buffer
	for _, dir := range args[1:] {
		ts.Check(listFolder(&picture, ts.MkAbs(dir)))
	}
	var world struct {
		Ends []struct {
			Name string `json:"name"`
		} `json:"ends"`
	}
	ts.Check(json.Unmarshal(ask(ts, http.MethodGet, "/ends", ""), &world))
	for _, end := range world.Ends {
		fmt.Fprintf(&picture, "%s: %s\n", end.Name, ask(ts, http.MethodGet, "/ends/"+end.Name+"/state", ""))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), picture.Bytes(), 0o600))
}

// listFolder tells each file with its bytes; a folder that is not there is told too.
func listFolder(picture *bytes.Buffer, dir string) error {
	if _, err := os.Stat(dir); err != nil {
		_, err = fmt.Fprintf(picture, "%s: not there\n", dir)
		return err
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			fmt.Fprintf(picture, "%s/\n", path)
			return err
		}
		text, err := os.ReadFile(path)
		fmt.Fprintf(picture, "%s: %x\n", path, text)
		return err
	})
}
