package lab

import (
	"fmt"
	"net/http"
	"strconv"
)

// brainAnswer is a status with a JSON body; no body is nil.
type brainAnswer struct {
	status int
	body   any
}

func (a brainAnswer) send(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	raw, done := a.body.([]byte) // a page is written while the lock is held
	if !done {
		raw = appendJSON(nil, a.body)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)))
	w.WriteHeader(a.status)
	_, _ = w.Write(raw) // the client may be gone
}

func detail(status int, text string) brainAnswer {
	return brainAnswer{status, jsonObject{{"detail", text}}}
}

func notFound() brainAnswer { return detail(http.StatusNotFound, "Not found.") }

func methodNotAllowed(method string) brainAnswer {
	return detail(http.StatusMethodNotAllowed, fmt.Sprintf("Method %q not allowed.", method))
}

func (b *Brain) unauthorized() brainAnswer {
	if b.version.rux() {
		return brainAnswer{http.StatusUnauthorized, jsonObject{{"message", "Unauthorized"}}}
	}
	return detail(http.StatusUnauthorized, "Invalid token.")
}

// badParameters is the answer of endpoints that are strict about their query.
func badParameters(names string) brainAnswer {
	return brainAnswer{http.StatusBadRequest, jsonObject{
		{"details", "The following query parameter(s) are invalid: " + names + "."},
	}}
}

// badValue is keyed by the field that is wrong.
func badValue(field string) brainAnswer {
	return brainAnswer{http.StatusBadRequest, jsonObject{
		{field, "Invalid value given for " + field},
		{"_meta", jsonObject{{"message", "Invalid field(s) found"}, {"level", "error"}}},
	}}
}

func badEntity() brainAnswer {
	return brainAnswer{http.StatusBadRequest, jsonObject{
		{"errors", []jsonObject{{{"title", "Unable to look up specified entity"}}}},
	}}
}
