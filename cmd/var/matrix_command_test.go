package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// command is the external command behind the blocker "script": what it has isolated are files in a folder.
type command struct{}

var values = map[string]string{"host": "{ip}", "account": "{sam}", "detection": "{destination}", "static": "{destination}"}

func (command) ends() []string { return nil }
func (command) label() string  { return "External Call Client" }

func (command) elements(w wish) []string {
	if w.sam != "" {
		return []string{w.sam}
	}
	return append(w.addresses, w.domains...)
}

func (command) furnish(t *testing.T, s *stage) {
	t.Helper()
	for kind := range values {
		s.write(t, filepath.Join("isolated", kind, foreignSource), "")
	}
}

func (command) config(s *stage) string {
	program := filepath.Join(s.bin, "var")
	text := fmt.Sprintf("[blocker.script]\nplugin = \"external-command\"\ntimeout = %q\n[blocker.script.settings]\n", s.wait)
	for kind, value := range values {
		folder := filepath.Join(s.dir, "isolated", kind)
		text += fmt.Sprintf("%s_block = [%q, \"lab\", \"isolate\", \"--dir\", %q, %q]\n", kind, program, folder, value)
		text += fmt.Sprintf("%s_unblock = [%q, \"lab\", \"isolate\", \"--undo\", \"--dir\", %q, %q]\n", kind, program, folder, value)
	}
	return text
}

func (c command) plant(t *testing.T, s *stage, kind string, elements []string) {
	t.Helper()
	for _, e := range elements {
		s.write(t, filepath.Join("isolated", kind, fileOf(e)), "")
	}
}

func (c command) inForce(t *testing.T, s *stage) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for kind := range values {
		files, err := os.ReadDir(filepath.Join(s.dir, "isolated", kind))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			all["script "+kind] = append(all["script "+kind], strings.ReplaceAll(f.Name(), "_", "/"))
		}
	}
	return all
}

func (command) place(_, kind string) string { return "script " + kind }

// fileOf makes an element fit for a file.
func fileOf(element string) string { return strings.ReplaceAll(element, "/", "_") }
