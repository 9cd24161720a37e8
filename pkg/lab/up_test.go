package lab_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/var-project/var/pkg/lab"
)

func TestUpWritesAWorldThatCanBeEntered(t *testing.T) {
	dir := t.TempDir()
	w, err := lab.Up(dir, lab.UpOptions{Isolate: []string{"/bin/isolate", "{ip}"}, Release: []string{"/bin/release", "{ip}"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	var d lab.Description
	if err := json.Unmarshal([]byte(read(t, dir, lab.DescriptionFile)), &d); err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if _, err := toml.Decode(read(t, dir, lab.ConfigFile), &config); err != nil {
		t.Fatalf("the configuration is no TOML: %v", err)
	}
	for name, want := range map[string]string{"hq": "qux", "cloud": "rux", "branch": "rux", "fw1": "fortigate", "fw2": "fortigate", "pa1": "panos"} {
		if got := d.Ends[name]; got.Kind != want || got.URL != w.End(name).URL {
			t.Errorf("end %s is %+v, want a %s", name, got, want)
		}
	}
	for name, value := range d.Secrets {
		if got := read(t, dir, filepath.Join(lab.CredentialsDir, name)); got != value {
			t.Errorf("credential %s is not what lab.json says", name)
		}
		if strings.Contains(read(t, dir, lab.ConfigFile), value) {
			t.Errorf("credential %s stands in the configuration", name)
		}
	}
	if read(t, dir, lab.CAFile) != string(w.CA()) {
		t.Error("ca.pem is not the authority of the world")
	}
}

// Who waits for lab.json reads the other files next.
func TestAWorldThatIsNotWholeIsNotDescribed(t *testing.T) {
	for _, name := range []string{lab.ConfigFile, lab.CAFile, filepath.Join(lab.CredentialsDir, "brain.hq.token")} {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil { // where a file is to go
			t.Fatal(err)
		}
		if w, err := lab.Up(dir, lab.UpOptions{}); err == nil {
			_ = w.Close()
			t.Errorf("%s could not be written, and the world is up", name)
		}
		if _, err := os.Stat(filepath.Join(dir, lab.DescriptionFile)); err == nil {
			t.Errorf("%s could not be written, and the world is described", name)
		}
	}
}

func TestUpGivesCredentialsThatWork(t *testing.T) {
	dir := t.TempDir()
	w, err := lab.Up(dir, lab.UpOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	client := w.Client()
	t.Cleanup(client.CloseIdleConnections)
	secret := func(name string) string { return read(t, dir, filepath.Join(lab.CredentialsDir, name)) }
	calls := map[string]struct{ path, header, value string }{
		"hq":  {"/api/v2.5/hosts?page_size=1", "Authorization", "Token " + secret("brain.hq.token")},
		"fw2": {"/api/v2/cmdb/firewall/addrgrp/Internal-Block", "Authorization", "Bearer " + secret("blocker.edge.device.fw2.token")},
		"pa1": {"/api/?type=op&cmd=%3Cshow%3E%3Csystem%3E%3Cinfo%2F%3E%3C%2Fsystem%3E%3C%2Fshow%3E", "X-PAN-KEY", secret("blocker.dc.device.pa1.api_key")},
	}
	for name, c := range calls {
		r, err := http.NewRequest("GET", w.End(name).URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set(c.header, c.value)
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != 200 {
			t.Errorf("%s answers %d: %s", name, answer.StatusCode, text)
		}
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
