package blocker

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func secureServer(t *testing.T, h http.HandlerFunc) (*httptest.Server, string) {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return server, file
}

func get(t *testing.T, o ClientOptions, url string) (string, error) {
	t.Helper()
	client, err := NewClient(o)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		return "", TransportError(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return string(body), TransportError(err)
}

func TestClientVerifiesTheCertificateAndTellsTheCure(t *testing.T) {
	server, ca := secureServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	tests := map[string]struct {
		tls  TLS
		cure string
	}{
		"unknown authority": {TLS{}, "set ca_file"},
		"wrong name":        {TLS{CAFile: ca, ServerName: "other.example.org"}, "set server_name"},
		"known":             {TLS{CAFile: ca}, ""},
		"not verified":      {TLS{InsecureSkipVerify: true}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			body, err := get(t, ClientOptions{TLS: tt.tls}, server.URL+"/?key=hunter2")
			if tt.cure == "" {
				if body != "hello" || err != nil {
					t.Fatalf("got %q, %v", body, err)
				}
				return
			}
			if ClassOf(err) != Permanent || !strings.Contains(err.Error(), tt.cure) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error is %v, want permanent, %q and no query", err, tt.cure)
			}
		})
	}
}

func TestBadAuthorityFilesAreRefused(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{empty, filepath.Join(t.TempDir(), "absent.pem")} {
		if _, err := NewClient(ClientOptions{TLS: TLS{CAFile: file}}); err == nil || !strings.Contains(err.Error(), "ca_file") {
			t.Errorf("%s: error is %v, want one about ca_file", file, err)
		}
	}
}

func TestClientFollowsNoRedirect(t *testing.T) {
	var followed atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		followed.Store(r.URL.Path == "/else")
		http.Redirect(w, r, "/else", http.StatusFound)
	}))
	defer server.Close()
	if _, err := get(t, ClientOptions{}, server.URL); err != nil || followed.Load() {
		t.Errorf("followed %v, error %v", followed.Load(), err)
	}
}

func TestClientNamesItsOwnLimit(t *testing.T) {
	for name, before := range map[string]string{"no header": "", "half body": "half"} {
		t.Run(name, func(t *testing.T) {
			release := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if before != "" {
					_, _ = io.WriteString(w, before)
					w.(http.Flusher).Flush()
				}
				<-release
			}))
			defer server.Close()
			defer close(release) // a client may give up before its request arrives
			_, err := get(t, ClientOptions{Timeout: 20 * time.Millisecond}, server.URL)
			if ClassOf(err) != Transient || !strings.Contains(err.Error(), "no complete answer within 20ms") {
				t.Errorf("error is %v, want transient and the limit", err)
			}
		})
	}
}

func TestClientBoundsRequestsInFlight(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	client, err := NewClient(ClientOptions{Parallel: 1, Rate: 1000})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	first, err := client.Do(request(t.Context(), t, server.URL))
	if err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := do(client, request(cancelled, t, server.URL)); !errors.Is(err, context.Canceled) {
		t.Errorf("a second request got %v while the first held the only slot", err)
	}
	_ = first.Body.Close()
	second, err := client.Do(request(t.Context(), t, server.URL))
	if err != nil {
		t.Fatalf("the slot was not given back: %v", err)
	}
	_ = second.Body.Close()
}

func TestARateThatCannotBeMetBeforeTheDeadlineEndsAtOnce(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	client, err := NewClient(ClientOptions{Rate: 0.001})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := do(client, request(ctx, t, server.URL)); err != nil {
		t.Fatal(err)
	}
	if err := do(client, request(ctx, t, server.URL)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the caller's deadline", err)
	}
}

func do(client *http.Client, req *http.Request) error {
	res, err := client.Do(req)
	if err != nil {
		return TransportError(err)
	}
	return res.Body.Close()
}

func request(ctx context.Context, t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestTransportErrorsAreTransientUnlessTheCallerEnds(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	tests := map[string]struct {
		err  error
		want ErrorClass
	}{
		"refused":   {refused, Transient},
		"cut short": {io.ErrUnexpectedEOF, Transient},
		"limit":     {&timeoutError{time.Second}, Transient},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := ClassOf(TransportError(tt.err)); got != tt.want {
				t.Errorf("class is %s, want %s", got, tt.want)
			}
		})
	}
	if TransportError(nil) != nil {
		t.Error("no error became one")
	}
	if _, err := get(t, ClientOptions{}, "https://"+plainListener(t)); !strings.Contains(err.Error(), "does not speak TLS") {
		t.Errorf("plain port: %v", err)
	}
}

func plainListener(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestStatusErrors(t *testing.T) {
	tests := []struct {
		status int
		after  string
		want   ErrorClass
		wait   time.Duration
	}{
		{401, "", Unauthorized, 0},
		{403, "", Unauthorized, 0},
		{404, "", Permanent, 0},
		{408, "", Transient, 0},
		{429, "7", Transient, 7 * time.Second},
		{429, "-7", Transient, 0},
		{429, "999999", Transient, time.Hour},
		{503, "Wed, 21 Oct 2015 07:28:00 GMT", Transient, 0},
		{503, "Wed, 21 Oct 2315 07:28:00 GMT", Transient, time.Hour},
		{501, "", Unsupported, 0},
		{507, "", Capacity, 0},
		{302, "", Permanent, 0},
	}
	for _, tt := range tests {
		e := StatusError(&http.Response{StatusCode: tt.status, Header: http.Header{"Retry-After": {tt.after}}}, "why")
		if e.Class != tt.want || e.RetryAfter != tt.wait || !strings.Contains(e.Error(), "why") {
			t.Errorf("%d %q: got %s after %s (%v), want %s after %s", tt.status, tt.after, e.Class, e.RetryAfter, e, tt.want, tt.wait)
		}
	}
}
