package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// receiver is the other end of a webhook: each event that it takes becomes a line of a file.
type receiver struct {
	mu   sync.Mutex
	down bool
	file *os.File
}

// ServeHTTP takes a message, or refuses it while it is down.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var message struct {
		Test   bool `json:"test"`
		Events []struct{ Topic, Severity, Action, Outcome, Source, Name, Problem string }
	}
	if err := json.NewDecoder(req.Body).Decode(&message); err != nil || r.down {
		http.Error(w, "closed for today", http.StatusServiceUnavailable)
		return
	}
	if message.Test {
		fmt.Fprintln(r.file, "test")
	}
	for _, e := range message.Events {
		fmt.Fprintf(r.file, "%s %s: %s %s %q %q\n", e.Topic, e.Severity, e.Action, e.Outcome, e.Name, e.Problem)
	}
}

// cmdReceiver is "receiver FILE", which sets RECEIVER to a URL, and then "receiver down" and "receiver up".
func cmdReceiver(ts *testscript.TestScript, _ bool, args []string) {
	wantArgs(ts, args, "FILE|down|up")
	p := placeOf(ts)
	if p.receiver != nil {
		p.receiver.mu.Lock()
		defer p.receiver.mu.Unlock()
		p.receiver.down = args[0] == "down"
		return
	}
	file, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	p.receiver = &receiver{file: file}
	server := httptest.NewServer(p.receiver)
	ts.Setenv("RECEIVER", server.URL)
	ts.Defer(func() {
		server.Close()
		file.Close()
	})
}
