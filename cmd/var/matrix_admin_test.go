package main_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

// admin speaks the lab's admin API over HTTP: what is true is read there, never from what var reports.
type admin struct {
	url, token string
	client     *http.Client
}

func newAdmin(t *testing.T, w *lab.World) admin {
	url, token := w.Admin()
	client := w.Client()
	t.Cleanup(client.CloseIdleConnections)
	return admin{url, token, client}
}

func (a admin) call(t *testing.T, method, path string, body, answer any) {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, a.url+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.token)
	res, err := a.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("admin API: %s %s: HTTP %d: %s (%v)", method, path, res.StatusCode, got, err)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(got, answer); err != nil {
		t.Fatalf("admin API: %s %s: %v", method, path, err)
	}
}

func (a admin) state(t *testing.T, end string, into any) {
	t.Helper()
	a.call(t, http.MethodGet, "/ends/"+end+"/state", nil, into)
}

// change is what somebody else does there.
func (a admin) change(t *testing.T, end, op string, args any) {
	t.Helper()
	a.call(t, http.MethodPost, "/ends/"+end+"/change", map[string]any{"op": op, "args": args}, nil)
}

func (a admin) faults(t *testing.T, end string, rules ...lab.Fault) {
	t.Helper()
	a.call(t, http.MethodPost, "/ends/"+end+"/faults", append([]lab.Fault{}, rules...), nil)
}

func (a admin) forgetRequests(t *testing.T, end string) {
	t.Helper()
	a.call(t, http.MethodPost, "/ends/"+end+"/reset", nil, nil)
}

// requests counts what an end was asked, by kind.
func (a admin) requests(t *testing.T, end string) tally {
	t.Helper()
	var answer struct {
		Requests tally `json:"requests"`
	}
	a.call(t, http.MethodGet, "/ends/"+end+"/requests", nil, &answer)
	return answer.Requests
}

// tally counts requests by kind.
type tally map[string]int

func (c tally) sum() int {
	n := 0
	for count := range maps.Values(c) {
		n += count
	}
	return n
}

// writes are the requests that may change something.
func (c tally) writes() tally {
	w := maps.Clone(c)
	maps.DeleteFunc(w, func(kind string, _ int) bool { return onlyLooks(kind) })
	return w
}

// onlyLooks kinds of requests only look or log in.
func onlyLooks(kind string) bool {
	for _, prefix := range []string{"GET ", "show ", "config get", "POST token", "POST refresh", "keygen"} {
		if strings.HasPrefix(kind, prefix) {
			return true
		}
	}
	return false
}
