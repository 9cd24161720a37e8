package lab

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const fortiToken = "tk-write"

// fortiLab is a FortiGate behind TLS with a clock that stands still until it is moved.
type fortiLab struct {
	*FortiGate
	t      *testing.T
	server *httptest.Server
	token  string
	header http.Header // of the last answer
	send   http.Header // with each request
	ahead  atomic.Int64
}

func newFortiLab(t *testing.T, cfg FortiGateConfig) *fortiLab {
	t.Helper()
	l := &fortiLab{t: t, token: fortiToken}
	cfg.Token, cfg.ReadOnlyToken = fortiToken, "tk-read"
	cfg.Clock = func() time.Time { return time.Unix(1700507213+l.ahead.Load(), 0) }
	l.FortiGate = NewFortiGate(cfg)
	l.server = httptest.NewTLSServer(l.FortiGate)
	t.Cleanup(l.server.Close)
	return l
}

// raw sends one request and gives status and body. The path is sent as it is written.
func (l *fortiLab) raw(method, path, body string) (int, []byte) {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.t.Context(), method, l.server.URL+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	if l.token != "" {
		req.Header.Set("Authorization", "Bearer "+l.token)
	}
	maps.Copy(req.Header, l.send)
	resp, err := l.server.Client().Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	l.header = resp.Header
	out, err := io.ReadAll(resp.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return resp.StatusCode, out
}

// call expects a status and gives the envelope.
func (l *fortiLab) call(status int, method, path, body string) map[string]any {
	l.t.Helper()
	got, out := l.raw(method, "/api/v2/"+path, body)
	if got != status {
		l.t.Fatalf("%s %s: HTTP %d, want %d: %s", method, path, got, status, out)
	}
	var e map[string]any
	if err := json.Unmarshal(out, &e); err != nil {
		l.t.Fatalf("%s %s: %v in %s", method, path, err, out)
	}
	return e
}

// refused expects an error code.
func (l *fortiLab) refused(status, code int, method, path, body string) map[string]any {
	l.t.Helper()
	e := l.call(status, method, path, body)
	if e["error"] != float64(code) || e["status"] != "error" {
		l.t.Fatalf("%s %s: error %v status %v, want error %d", method, path, e["error"], e["status"], code)
	}
	return e
}

func (l *fortiLab) change(op, args string) {
	l.t.Helper()
	if err := l.Change(op, json.RawMessage(args)); err != nil {
		l.t.Fatal(err)
	}
}

func (l *fortiLab) root() FortiGateVDOMState { return l.Holds().VDOMs["root"] }

func (l *fortiLab) address(names ...string) {
	l.t.Helper()
	for i, name := range names {
		body, _ := json.Marshal(map[string]any{"name": name, "subnet": "198.51.100." + asText(i+1) + "/32"})
		l.call(200, "POST", "cmdb/firewall/address", string(body))
	}
}

// sample reads a message of the references.
func sample(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// likeSample checks that got has every key of the sample with a value of the same type, and says which it has more.
func likeSample(t *testing.T, name string, got map[string]any) {
	t.Helper()
	var want map[string]any
	if err := json.Unmarshal(sample(t, name), &want); err != nil {
		t.Fatal(err)
	}
	likeObject(t, name, got, want)
}

func likeObject(t *testing.T, at string, got, want map[string]any) {
	t.Helper()
	for key, w := range want {
		g, ok := got[key]
		if !ok {
			t.Errorf("%s: key %q is missing in %v", at, key, got)
			continue
		}
		likeValue(t, at+"."+key, g, w)
	}
}

func likeValue(t *testing.T, at string, got, want any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			likeObject(t, at, g, w)
			return
		}
	case []any:
		g, ok := got.([]any)
		if ok && len(w) > 0 && len(g) > 0 {
			likeValue(t, at, g[0], w[0])
		}
		if ok {
			return
		}
	case string:
		if _, ok := got.(string); ok {
			return
		}
	case float64:
		if _, ok := got.(float64); ok {
			return
		}
	case bool:
		if _, ok := got.(bool); ok {
			return
		}
	}
	t.Errorf("%s: got %T %v, want a %T", at, got, got, want)
}

// extraKeys are those of got that the sample does not have.
func extraKeys(t *testing.T, name string, got map[string]any) []string {
	t.Helper()
	var want map[string]any
	if err := json.Unmarshal(bytes.TrimSpace(sample(t, name)), &want); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(sortedKeys(got), func(key string) bool { _, ok := want[key]; return ok })
}
