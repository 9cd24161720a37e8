package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const (
	areaConfig  = "cmdb"
	areaMonitor = "monitor"
)

// fortiRequest is a call of the REST API, taken apart.
type fortiRequest struct {
	method   string
	area     string   // cmdb or monitor
	segments []string // what follows, each decoded by itself: a name may contain a slash
	query    url.Values
	raw      []byte
	body     map[string]any
	admin    fortiAdmin
	// transaction is the id of the batch transaction that the request belongs to.
	transaction string
}

// parseFortiPath routes on the escaped path, or the name "198.51.100.0/24" would look like a child table.
func parseFortiPath(r *http.Request) (*fortiRequest, error) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), "/api/v2/")
	if !ok {
		return nil, &fortiError{status: http.StatusNotFound}
	}
	area, rest, _ := strings.Cut(path, "/")
	if area != areaConfig && area != areaMonitor {
		return nil, &fortiError{status: http.StatusNotFound}
	}
	q := &fortiRequest{method: r.Method, area: area, query: r.URL.Query(), transaction: r.Header.Get("X-TRANSACTION-ID")}
	for segment := range strings.SplitSeq(strings.TrimRight(rest, "/"), "/") {
		name, err := url.PathUnescape(segment)
		if err != nil {
			return nil, &fortiError{status: http.StatusBadRequest}
		}
		if name != "" {
			q.segments = append(q.segments, name)
		}
	}
	return q, nil
}

func parseFortiRequest(r *http.Request) (*fortiRequest, error) {
	q, err := parseFortiPath(r)
	if err != nil {
		return nil, err
	}
	q.raw, err = io.ReadAll(io.LimitReader(r.Body, bodyLimit+1))
	if err != nil || len(q.raw) > bodyLimit {
		return nil, &fortiError{status: http.StatusRequestEntityTooLarge}
	}
	if r.Method == http.MethodGet || len(bytes.TrimSpace(q.raw)) == 0 {
		return q, nil
	}
	q.body, err = decodeObject(q.raw)
	return q, err
}

// decodeObject reads one JSON object, keeping numbers as they were written.
func decodeObject(raw []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var body map[string]any
	if err := d.Decode(&body); err != nil {
		return nil, &fortiError{status: http.StatusBadRequest, cli: fmt.Sprintf("invalid JSON: %v", err)}
	}
	return body, nil
}

// table names what the request is about, as "firewall/address".
func (q *fortiRequest) table() string { return q.segments[0] + "/" + q.segments[1] }

// key is the name of the object, child the name of the child table, childKey of the entry in it.
func (q *fortiRequest) key() string      { return q.segment(2) }
func (q *fortiRequest) child() string    { return q.segment(3) }
func (q *fortiRequest) childKey() string { return q.segment(4) }

func (q *fortiRequest) segment(i int) string {
	if i < len(q.segments) {
		return q.segments[i]
	}
	return ""
}

// wantsArray tells whether the request asks for several VDOMs or for global objects.
func (q *fortiRequest) wantsArray() bool {
	vdom := q.query.Get("vdom")
	return vdom == "*" || strings.Contains(vdom, ",") || q.global()
}

func (q *fortiRequest) global() bool {
	return q.query.Get("global") == "1" || q.query.Get("scope") == "global"
}

// vdoms are the domains the request is for; the first of all is the management domain.
func (q *fortiRequest) vdoms(all []string) []string {
	vdom := q.query.Get("vdom")
	switch {
	case vdom == "*":
		return all
	case vdom == "" || q.global():
		return all[:1]
	}
	return strings.Split(vdom, ",")
}

func (q *fortiRequest) writes() bool {
	return q.method != http.MethodGet && q.method != http.MethodHead
}
