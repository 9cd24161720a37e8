package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/config"
)

func TestImportWritesAllFilesOrNone(t *testing.T) {
	dir := t.TempDir()
	out, list := filepath.Join(dir, "config.toml"), filepath.Join(dir, "list.txt")
	doc, err := config.ParseDocument(out, []byte("[run]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(out, []byte("# somebody else's\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeImport(doc, map[string][]byte{list: []byte("185.199.112.7\n")}); !errors.Is(err, config.ErrChangedMeanwhile) {
		t.Errorf("got %v, want that somebody else has written the file", err)
	}
	if _, err := os.Stat(list); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the list is left behind: %v", err)
	}
	if text, err := os.ReadFile(out); err != nil || string(text) != "# somebody else's\n" {
		t.Errorf("the file was written over: %q, %v", text, err)
	}
}

func TestImportWritesOverNoList(t *testing.T) {
	list := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(list, []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeNew(list, []byte("theirs\n")); !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v, want that it exists", err)
	}
	if text, err := os.ReadFile(list); err != nil || string(text) != "mine\n" {
		t.Errorf("the list was written over: %q, %v", text, err)
	}
}

func TestCommandsToRunNextNameTheFileThatWasWritten(t *testing.T) {
	for _, command := range nextCommands("elsewhere.toml", []importSecretView{{Name: "brain.hq.token"}}) {
		if !strings.HasSuffix(command, " --config elsewhere.toml") {
			t.Errorf("%s does not", command)
		}
	}
}
