package lab

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// adminAPI lets another process look at the world and change it. It is itself the simulator of an end.
type adminAPI struct{ world *World }

// Classify names a request of the admin API; nobody counts them.
func (a *adminAPI) Classify(r *http.Request) string { return r.Method }

// State is nothing: the API has none of its own.
func (a *adminAPI) State() any { return nil }

// Change changes nothing: the API has nothing of its own to change.
func (a *adminAPI) Change(op string, _ json.RawMessage) error { return unknownOp(op) }

// ServeHTTP answers whoever shows the bearer token.
func (a *adminAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	want := "Bearer " + a.world.token
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte(want)) != 1 {
		adminAnswer(w, http.StatusUnauthorized, map[string]string{"error": "the admin API needs its bearer token; see lab.json"})
		return
	}
	a.routes().ServeHTTP(w, r)
}

func (a *adminAPI) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ends", a.ends)
	mux.HandleFunc("POST /clock", a.advance)
	mux.HandleFunc("GET /ends/{name}/state", a.with(showState))
	mux.HandleFunc("GET /ends/{name}/requests", a.with(showRequests))
	mux.HandleFunc("POST /ends/{name}/change", a.with(change))
	mux.HandleFunc("POST /ends/{name}/reset", a.with(resetCounters))
	mux.HandleFunc("POST /ends/{name}/faults", a.with(setFaults))
	mux.HandleFunc("POST /ends/{name}/delay", a.with(setDelay))
	mux.HandleFunc("POST /ends/{name}/down", a.with(setDown))
	return mux
}

// endHandler answers a request about one end with a value, or with an error of the caller's making.
type endHandler func(e *End, r *http.Request) (any, error)

func (a *adminAPI) with(h endHandler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		e := a.world.End(r.PathValue("name"))
		if e == nil {
			adminAnswer(w, http.StatusNotFound, map[string]string{"error": fmt.Sprintf("no end %q; see GET /ends", r.PathValue("name"))})
			return
		}
		answer, err := h(e, r)
		if err != nil {
			adminAnswer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			return
		}
		adminAnswer(w, http.StatusOK, answer)
	}
}

func (a *adminAPI) ends(w http.ResponseWriter, _ *http.Request) {
	list := []map[string]string{}
	for _, e := range a.world.Ends() {
		list = append(list, map[string]string{"name": e.Name, "url": e.URL})
	}
	adminAnswer(w, http.StatusOK, map[string]any{"ends": list})
}

func (a *adminAPI) advance(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Seconds float64 `json:"advance_seconds"`
	}
	if err := readJSON(r, &in); err != nil {
		adminAnswer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	a.world.Advance(time.Duration(in.Seconds * float64(time.Second)))
	adminAnswer(w, http.StatusOK, map[string]any{"now": a.world.Now().UTC()})
}

func showState(e *End, _ *http.Request) (any, error) { return e.sim.State(), nil }

// showRequests gives the counts and, with ?last=n, the newest requests.
func showRequests(e *End, r *http.Request) (any, error) {
	last := 0
	if text := r.URL.Query().Get("last"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("last must be a number of requests, not %q", text)
		}
		last = n
	}
	return map[string]any{"requests": e.Requests(), "in_flight_max": e.InFlightMax(), "last": e.Last(last)}, nil
}

func change(e *End, r *http.Request) (any, error) {
	var in struct {
		Op   string          `json:"op"`
		Args json.RawMessage `json:"args"`
	}
	if err := readJSON(r, &in); err != nil {
		return nil, err
	}
	return map[string]bool{"ok": true}, e.sim.Change(in.Op, in.Args)
}

func resetCounters(e *End, _ *http.Request) (any, error) {
	e.ResetCounters()
	return map[string]bool{"ok": true}, nil
}

func setFaults(e *End, r *http.Request) (any, error) {
	var rules []Fault
	if err := readJSON(r, &rules); err != nil {
		return nil, err
	}
	return map[string]bool{"ok": true}, e.SetFaults(rules...)
}

func setDelay(e *End, r *http.Request) (any, error) {
	var in struct {
		MS int `json:"ms"`
	}
	if err := readJSON(r, &in); err != nil {
		return nil, err
	}
	e.Delay(time.Duration(in.MS) * time.Millisecond)
	return map[string]bool{"ok": true}, nil
}

func setDown(e *End, r *http.Request) (any, error) {
	var in struct {
		Down bool `json:"down"`
	}
	if err := readJSON(r, &in); err != nil {
		return nil, err
	}
	e.Down(in.Down)
	return map[string]bool{"ok": true}, nil
}

func readJSON(r *http.Request, into any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("the body is not what this call takes: %w", err)
	}
	return nil
}

func adminAnswer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}

// errUnknownOp is what Change answers to an operation that the end does not have.
var errUnknownOp = errors.New("no such operation; docs/lab.md lists them")

func unknownOp(op string) error { return fmt.Errorf("lab: op %q: %w", op, errUnknownOp) }
