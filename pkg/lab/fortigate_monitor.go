package lab

import (
	"errors"
	"net/http"
	"strings"
)

// fortiAction does what one monitor call asks for and gives its results.
type fortiAction func(f *FortiGate, v *fortiVDOM, q *fortiRequest) (any, error)

// fortiActions are the monitor calls that the simulator has.
var fortiActions = map[string]fortiAction{
	"GET user/banned":                         listBans,
	"GET user/banned/select":                  listBans,
	"GET user/banned/check":                   checkBan,
	"POST user/banned/add_users":              addBans,
	"POST user/banned/clear_users":            clearBans,
	"POST user/banned/clear_all":              clearAllBans,
	"POST system/external-resource/dynamic":   pushFeeds,
	"GET system/external-resource/entry-list": listFeed,
	"POST system/external-resource/refresh":   refreshFeed,
	"GET system/status":                       systemStatus,
	"GET system/status/select":                systemStatus,
	"GET web-ui/state":                        webState,
	"GET license/status":                      licenseStatus,
	"GET license/status/select":               licenseStatus,
	"POST system/config/save":                 saveConfig,
}

func (f *FortiGate) monitor(v *fortiVDOM, q *fortiRequest) fortiEnvelope {
	path := strings.Join(q.segments, "/")
	act, ok := fortiActions[q.method+" "+path]
	if !ok {
		return f.failed(v, q, &fortiError{status: statusOfMissing(q.method, path)})
	}
	results, err := act(f, v, q)
	if err != nil {
		return f.failed(v, q, asFortiError(err))
	}
	e := f.envelope(v, q)
	e.Results = results
	if e.Action == "" {
		e.Action = "select"
	}
	return e
}

// statusOfMissing is 405 where another method would do.
func statusOfMissing(method, path string) int {
	for _, other := range []string{http.MethodGet, http.MethodPost} {
		if _, ok := fortiActions[other+" "+path]; ok && other != method {
			return http.StatusMethodNotAllowed
		}
	}
	return http.StatusNotFound
}

func systemStatus(*FortiGate, *fortiVDOM, *fortiRequest) (any, error) {
	return map[string]any{
		"model_name": "FortiGate", "model_number": "VM64", "model": "FGVM64", "hostname": "lab-fortigate",
		"log_disk_status": "available",
	}, nil
}

// licenseStatus is where some clients learn whether they may go on.
func licenseStatus(*FortiGate, *fortiVDOM, *fortiRequest) (any, error) {
	return map[string]any{"vm": map[string]any{"type": "vm", "status": "vm_valid", "valid": true}}, nil
}

func saveConfig(*FortiGate, *fortiVDOM, *fortiRequest) (any, error) { return map[string]any{}, nil }

// missingAttribute is the refusal of a monitor call that lacks what it needs.
func missingAttribute(text string) error {
	return &fortiError{status: http.StatusFailedDependency, code: fortiMissingField, cli: text}
}

var errNoText = errors.New("not a list of text")

// texts reads a list of text from a request.
func texts(value any) ([]string, error) {
	list, ok := value.([]any)
	if !ok {
		return nil, errNoText
	}
	out := make([]string, len(list))
	for i, item := range list {
		if out[i], ok = item.(string); !ok {
			return nil, errNoText
		}
	}
	return out, nil
}
