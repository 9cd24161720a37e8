package pluginhost

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// counted is a host whose plugin writes a line at each start.
func counted(t *testing.T) (h *Host, starts func() int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "starts")
	script := fmt.Sprintf("#!/bin/sh\necho started >> %q\nexec %q\n", log, self)
	if err := os.WriteFile(filepath.Join(dir, prefix+"odd"), []byte(script), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	h = New(Options{Dirs: []string{dir}, Log: quiet()})
	t.Cleanup(h.Close)
	return h, func() int {
		text, err := os.ReadFile(log)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		return strings.Count(string(text), "\n")
	}
}

func TestOneProcessServesABlockerFromItsDescriptionToItsCalls(t *testing.T) {
	for name, env := range map[string]map[string]string{"no environment": nil, "an environment": {"NIGHT_SHIFT": "on duty"}} {
		t.Run(name, func(t *testing.T) {
			h, starts := counted(t)
			for i := range 3 {
				c, err := h.Prepare(t.Context(), Config{
					Name: fmt.Sprint("edge", i), Plugin: "odd", Parallel: 1, Env: env,
					Settings: map[string]any{"mode": "plain", "dir": t.TempDir()},
				})
				if err != nil || c.Description().Label != "Odd Client" {
					t.Fatalf("prepared %v, %v", c, err)
				}
				if wrong, err := c.Check(t.Context()); err != nil || wrong != nil {
					t.Fatalf("settings are %v, %v", wrong, err)
				}
				b, err := c.Open(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if o := b.Block(t.Context(), targets(1))[0]; o.Err != nil {
					t.Error(o.Err)
				}
			}
			if d, err := h.Describe(t.Context(), "odd", ""); err != nil || d.Label != "Odd Client" {
				t.Errorf("described as %+v, %v", d, err)
			}
			if got := starts(); got != 3 {
				t.Errorf("%d processes were started for three blockers", got)
			}
		})
	}
}

func TestACandidateThatIsNotOpenedLeavesNoProcess(t *testing.T) {
	h, _ := counted(t)
	c, err := h.Prepare(t.Context(), Config{Name: "edge", Plugin: "odd", Settings: map[string]any{"mode": "refused"}})
	if err != nil {
		t.Fatal(err)
	}
	if wrong, err := c.Check(t.Context()); err != nil || len(wrong) != 1 {
		t.Errorf("settings are %v, %v, want one problem", wrong, err)
	}
	if _, err := c.Open(t.Context()); err == nil || c.session.alive() {
		t.Errorf("a refused blocker: %v, its plugin lives: %v", err, c.session.alive())
	}
	c, err = h.Prepare(t.Context(), Config{Name: "edge", Plugin: "odd"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Close(); c.session.alive() {
		t.Error("a candidate that was given up lives")
	}
}

// Nobody but the host that started a plugin is let in, though they find its socket.
func TestAStrangerIsNotServed(t *testing.T) {
	b := open(t, quiet(), "plain")
	address := b.current.plugin.ReattachConfig().Addr
	other := httptest.NewTLSServer(nil)
	defer other.Close()
	for name, config := range map[string]*tls.Config{
		"no certificate":      {InsecureSkipVerify: true}, //nolint:gosec // a stranger does not care
		"another certificate": {InsecureSkipVerify: true, Certificates: other.TLS.Certificates},
	} {
		conn, err := net.Dial(address.Network(), address.String())
		if err != nil {
			t.Fatal(err)
		}
		secure := tls.Client(conn, config)
		// With TLS 1.3 the refusal comes after the handshake.
		err = secure.HandshakeContext(t.Context())
		if err == nil {
			_, err = secure.Read(make([]byte, 1))
		}
		var refusal *net.OpError
		if !errors.As(err, &refusal) || refusal.Op != "remote error" {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
		_ = conn.Close()
	}
}
