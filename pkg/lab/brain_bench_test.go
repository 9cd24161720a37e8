package lab

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// large is a brain of n hosts and detections, all hosts tagged.
func large(tb testing.TB, n int) *Brain {
	tb.Helper()
	b := NewBrain(BrainConfig{Version: "2.5", Tokens: []string{"t"}})
	b.Fill(NewEstate(EstateSize{Hosts: n, Detections: n, Tagged: n, Tag: "vectra_host_block"}))
	return b
}

func askFor(tb testing.TB, b *Brain, method, path, body string) *httptest.ResponseRecorder {
	tb.Helper()
	r := httptest.NewRequest(method, "/api/v2.5/"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Token t")
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		tb.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w
}

// A page costs what is on it, however long the list is.
func BenchmarkBrainPage(b *testing.B) {
	for _, n := range []int{1000, 100000} {
		brain := large(b, n)
		for name, query := range map[string]string{
			"hosts": "hosts?all=true&", "tags": "hosts?all=true&tags=vectra_host_block,VAR+Host+Blocked&", "detections": "detections?state=active&is_triaged=false&",
		} {
			b.Run(fmt.Sprintf("%s/n=%d", name, n), func(b *testing.B) {
				for b.Loop() {
					askFor(b, brain, "GET", query+"ordering=id&page_size=1000&page=1", "")
				}
			})
		}
	}
}

func BenchmarkBrainFill(b *testing.B) {
	for b.Loop() {
		large(b, 100000)
	}
}
