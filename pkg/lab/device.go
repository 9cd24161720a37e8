package lab

import (
	"encoding/json"
	"net/http"
)

// Simulator is one end of the world: a brain, a FortiGate, a PAN-OS firewall.
type Simulator interface {
	http.Handler
	// Classify names the kind of a request ("GET hosts", "POST address", "register"): faults and counters use it.
	Classify(r *http.Request) string
	// State is what the end holds now, as the admin API shows it (JSON).
	State() any
	// Change applies a change of the admin API: what an analyst, an admin or time would do.
	Change(op string, args json.RawMessage) error
}
