package config

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the expected problems of testdata/bad anew")

func TestBadFilesAreAnsweredWithPlaceAndCure(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".toml")
		t.Run(name, func(t *testing.T) { checkBad(t, file, strings.TrimSuffix(file, ".toml")+".want") })
	}
}

func checkBad(t *testing.T, file, golden string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	config, problems := Parse(filepath.Base(file), text)
	if config != nil || len(problems) == 0 {
		t.Fatalf("got %+v with problems %v, want problems alone", config, problems)
	}
	var got strings.Builder
	for _, p := range problems {
		got.WriteString(p.String() + "\n")
	}
	if strings.Contains(got.String(), "hunter2") {
		t.Errorf("a secret is told:\n%s", got.String())
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
}

func TestFileThatCannotBeReadIsAProblem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.toml")
	_, problems := Load(path)
	if len(problems) != 1 || problems[0].String() != path+": cannot be read: no such file or directory" {
		t.Errorf("got %v", problems)
	}
}

func TestFileBeyondAnySizeIsRefusedUnread(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big.toml")
	if err := os.WriteFile(path, []byte(strings.Repeat("# filler\n", maxFile/8)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, problems := Load(path); len(problems) != 1 || !strings.Contains(problems[0].Text, "larger than 256 KiB") {
		t.Errorf("got %v", problems)
	}
}
