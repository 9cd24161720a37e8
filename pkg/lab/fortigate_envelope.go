package lab

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
)

// fortiEnvelope is what every answer of the REST API is wrapped in (fortios-api.md, section 3).
type fortiEnvelope struct {
	Method          string `json:"http_method"`
	Size            *int   `json:"size,omitempty"`
	Matched         *int   `json:"matched_count,omitempty"`
	Next            *int   `json:"next_idx,omitempty"`
	LimitReached    *bool  `json:"limit_reached,omitempty"`
	Revision        string `json:"revision,omitempty"`
	RevisionChanged *bool  `json:"revision_changed,omitempty"`
	OldRevision     string `json:"old_revision,omitempty"`
	Error           int    `json:"error,omitempty"`
	CLIError        any    `json:"cli_error,omitempty"`
	MKey            any    `json:"mkey,omitempty"`
	Results         any    `json:"results,omitempty"`
	VDOM            string `json:"vdom"`
	Path            string `json:"path"`
	Name            string `json:"name"`
	Action          string `json:"action,omitempty"`
	Status          string `json:"status"`
	HTTPStatus      int    `json:"http_status,omitempty"`
	Serial          string `json:"serial"`
	Version         string `json:"version"`
	Build           int    `json:"build"`

	// wireStatus is the status of answers whose envelope does not repeat it.
	wireStatus int
}

// envelope is the frame of an answer to q.
func (f *FortiGate) envelope(v *fortiVDOM, q *fortiRequest) fortiEnvelope {
	e := fortiEnvelope{
		Method: q.method, VDOM: v.name, Path: q.segment(0), Name: q.segment(1), Status: "success",
		Serial: f.cfg.Serial, Version: f.cfg.Version, Build: f.cfg.Build,
	}
	if q.area == areaMonitor {
		e.Action = strings.Join(q.segments[min(2, len(q.segments)):], "/")
	} else {
		e.HTTPStatus = http.StatusOK
	}
	return e
}

// failed is an envelope with the reason why nothing was done.
func (f *FortiGate) failed(v *fortiVDOM, q *fortiRequest, why *fortiError) fortiEnvelope {
	e := f.envelope(v, q)
	e.Status, e.HTTPStatus, e.Error = "error", why.status, why.code
	e.CLIError = f.cliText(why)
	if q.writes() && q.area == areaConfig {
		e.RevisionChanged = new(bool)
	}
	if q.area == areaConfig {
		if t := v.tables[tableOf(q)]; t != nil {
			e.Revision = t.revision()
		}
		if key := q.key(); key != "" {
			e.MKey = key
		}
	}
	return e
}

func tableOf(q *fortiRequest) string {
	if len(q.segments) < 2 {
		return ""
	}
	return q.table()
}

// fortiAnswer is an answer before it is on the wire. It is marshalled when no lock is held any more.
type fortiAnswer struct {
	status int
	header http.Header
	body   any    // JSON, when not nil
	page   string // HTML or text otherwise
}

func jsonAnswer(status int, body any) fortiAnswer { return fortiAnswer{status: status, body: body} }

func (a fortiAnswer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	if a.body == nil {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(a.status)
		send(w, a.page)
		return
	}
	raw, err := json.Marshal(a.body)
	if err != nil {
		http.Error(w, "lab: marshal answer: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write(raw) // the client may have gone, which is its own affair
}
