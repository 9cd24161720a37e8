package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// script writes a shell script and gives the argv that runs it.
func script(t *testing.T, text string, args ...string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return append([]string{"/bin/sh", file}, args...)
}

// recorder is a script that writes its arguments, one call per line and parted by |, and its
// standard input.
func recorder(t *testing.T, args ...string) (argv []string, calls func() []string, inputs func() []map[string]any) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "calls")
	argv = script(t, `for a in "$@"; do printf '%s|' "$a"; done >> '`+file+`'; echo >> '`+file+`'; cat >> '`+file+`.in'; echo >> '`+file+`.in'`, args...)
	read := func(name string) []string {
		text, _ := os.ReadFile(name)
		return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	calls = func() []string {
		if lines := read(file); lines[0] != "" {
			return lines
		}
		return nil
	}
	inputs = func() []map[string]any {
		var all []map[string]any
		for _, line := range read(file + ".in") {
			var one map[string]any
			if err := json.Unmarshal([]byte(line), &one); err != nil {
				t.Errorf("standard input %q: %v", line, err)
			}
			all = append(all, one)
		}
		return all
	}
	return argv, calls, inputs
}

func opened(t *testing.T, s settings) *commands {
	t.Helper()
	if s.Directory == "" {
		s.Directory = "/"
	}
	if errs := s.Validate(); errs != nil {
		t.Fatalf("settings: %v", errs)
	}
	b, err := plugin.Open(t.Context(), s, blocker.Instance{Name: "script", Owner: "o", Parallel: 4, Timeout: time.Minute, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	c := b.(*commands)
	c.runner.grace = 100 * time.Millisecond
	return c
}

func host(ip string) entity.Target {
	return entity.Target{
		Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "17"}, Name: "pc-17", Tags: []string{"a", "b c"},
		Host: &entity.Host{IP: ip, FullName: "pc-17.example.net", MACs: []string{"00:00:5E:00:53:02", "00-00-5e-00-53-01"}},
	}
}

func account() entity.Target {
	return entity.Target{
		Ref: entity.Ref{Source: "hq", Kind: entity.KindAccount, ID: "3"}, Name: "jdoe@example.net",
		Account: &entity.Account{
			UID: "jdoe@example.net", Context: "HR", FakeSAM: "jdoe",
			LDAP: entity.LDAP{SAM: "doej", UPN: "john.doe@example.net"},
		},
	}
}

func detection(destinations ...string) entity.Target {
	return entity.Target{
		Ref: entity.Ref{Source: "hq", Kind: entity.KindDetection, ID: "5"}, Name: "TOR Activity",
		Detection: &entity.Detection{SourceIP: "10.0.0.9", Destinations: destinations},
	}
}

func static(destination string) entity.Target {
	return entity.Target{
		Ref: entity.Ref{Source: entity.SourceStatic, Kind: entity.KindStatic, ID: destination}, Name: destination,
		Static: &entity.Static{Destination: destination},
	}
}

// blockAndUnblock settings with the same command for both.
func both(kind entity.Kind, block, unblock []string) settings {
	switch kind {
	case entity.KindHost:
		return settings{HostBlock: block, HostUnblock: unblock}
	case entity.KindAccount:
		return settings{AccountBlock: block, AccountUnblock: unblock}
	case entity.KindDetection:
		return settings{DetectionBlock: block, DetectionUnblock: unblock}
	}
	return settings{StaticBlock: block, StaticUnblock: unblock}
}

func mustBlock(t *testing.T, c *commands, target entity.Target) entity.Receipt {
	t.Helper()
	r, err := c.Block(context.Background(), target)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
