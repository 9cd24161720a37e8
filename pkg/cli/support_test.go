package cli

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// unpacked are the files of a bundle, by name, in their order.
func unpacked(t *testing.T, path string) (names []string, files map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	for packed := tar.NewReader(zipped); ; {
		h, err := packed.Next()
		if err == io.EOF {
			return names, files
		}
		text, err2 := io.ReadAll(packed)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		names, files[h.Name] = append(names, h.Name), string(text)
	}
}

// dumped runs "var support dump" and gives what is in the bundle.
func (s *stage) dumped(t *testing.T, lines string, flags ...string) (string, []string) {
	t.Helper()
	path := s.path("bundle.tar.gz")
	_ = os.Remove(path)
	s.want(ExitDone, lines, append([]string{"support", "dump", path}, flags...)...)
	names, files := unpacked(t, path)
	var all bytes.Buffer
	for _, name := range names {
		fmt.Fprintf(&all, "== %s\n%s\n", name, files[name])
	}
	return all.String(), names
}

func TestABundleHoldsNoSecretAndNoName(t *testing.T) {
	const planted = "pl4nted/s3cret+value"
	s := newStage(t)
	t.Setenv("VAR_SECRET_SOMETHING_ELSE", planted+"-env")
	if err := os.WriteFile(filepath.Join(os.Getenv("CREDENTIALS_DIRECTORY"), "other.credential"), []byte(planted+"-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "var.log")
	lines := "log.file = \"" + log + "\"\nnever_block.targets = [\"dc01.corp.example.net\", \"10.7.7.7\"]"
	s.want(ExitDone, lines, "run")
	s.want(ExitDone, lines, "block", "203.0.114.99", "--kind", "static", "--reason", "seen at evil-host.example.org")
	f, err := os.OpenFile(log, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	secret := planted + "-env"
	fmt.Fprintf(f, "msg=x a=%s b=%s c=%s url=https://u:%s@h.example.net/ password=unknown5ecret mail=jane.doe@corp.example.net mac=00:11:22:aa:bb:cc v6=2001:db8::77 %s-file\n",
		secret, base64.StdEncoding.EncodeToString([]byte("user:"+secret)), url.QueryEscape(secret), url.QueryEscape(planted), planted)
	f.Close()
	text, names := s.dumped(t, lines)
	for _, secret := range []string{planted + "-env", planted + "-file", url.QueryEscape(planted), "pl4nted", "unknown5ecret", base64.StdEncoding.EncodeToString([]byte("user:" + planted + "-"))[8:20]} {
		if strings.Contains(text, secret) {
			t.Errorf("the secret %q is in it", secret)
		}
	}
	for _, name := range []string{"dc01", "corp.example.net", "10.7.7.7", "203.0.114.99", "evil-host", "jane", "00:11:22", "2001:db8"} {
		if i := strings.Index(strings.ToLower(text), name); i >= 0 {
			t.Errorf("the name %q is in it: %q", name, text[max(0, i-80):i+40])
		}
	}
	for _, want := range []string{"README.txt", "version.json", "config.json", "status.json", "history.json", "state.json", "plugin-check.json", "log.txt", "goroutines.txt", "environment.txt"} {
		if !slices.Contains(names, "var-support/"+want) {
			t.Errorf("there is no %s in %q", want, names)
		}
	}
	for _, want := range []string{"VAR_SECRET_SOMETHING_ELSE", `"command": "status"`, `msg="run finished"`, `"schema_version": `, "runtime/pprof.writeGoroutine", "[redacted]", "ip-1", "name-1"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in it", want)
		}
	}
}

func TestABundleHasNamesWhereTheyAreAskedFor(t *testing.T) {
	s := newStage(t)
	text, _ := s.dumped(t, `never_block.targets = ["dc01.corp.example.net"]`, "--with-names")
	if !strings.Contains(text, "dc01.corp.example.net") || strings.Contains(text, "name-1") {
		t.Error("the names were replaced")
	}
}

func TestABundleIsMadeOfWhatIsBroken(t *testing.T) {
	tests := map[string]struct{ lines, want string }{
		"the configuration": {"run.interval = \"soon\"\nhosts.token = \"pl4nted\"", "run.interval"},
		"the plugins":       {`blocker.lost.plugin = "nowhere"`, "nowhere"},
		"the state":         {`state = "sqlite:///dev/null/var.db"`, "/dev/null"},
		"all of it":         {"= = [[", "not TOML"},
	}
	for _, name := range some(slices.Sorted(maps.Keys(tests))) {
		t.Run(name, func(t *testing.T) {
			s, tt := newStage(t), tests[name]
			text, names := s.dumped(t, tt.lines)
			if !strings.Contains(text, tt.want) || strings.Contains(text, "pl4nted") || len(names) < 10 {
				t.Errorf("got %q in\n%s", names, text)
			}
		})
	}
}

func TestABundleReplacesNoFile(t *testing.T) {
	s := newStage(t)
	path := s.write("bundle.tar.gz", "theirs")
	s.want(ExitUsage, "", "support", "dump", path)
	if text, err := os.ReadFile(path); err != nil || string(text) != "theirs" {
		t.Errorf("got %q, %v", text, err)
	}
}
