package page

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/view"
)

// Whatever keeps blocks from being as they should is told first, with what to type.
func TestWhatNeedsAttentionIsToldWithTheWayOut(t *testing.T) {
	tests := map[string]struct {
		change func(*view.Status)
		want   []string
	}{
		"a gate": {
			func(s *view.Status) {
				s.Passes[0].Gates = []view.Gate{{Kind: "host", Direction: "block", Count: 60, Limit: 50, Why: "60 hosts would be blocked"}}
			},
			[]string{"hq: a gate holds back the blocking of 60 hosts, over the limit of 50", "60 hosts would be blocked", "var plan", "var run --force --reason", "var apply"},
		},
		"a source that cannot be read": {
			func(s *view.Status) {
				s.Passes[0].Frozen = map[entity.Kind]string{"host": "HTTP 503", "detection": "HTTP 503", "account": "no such group"}
			},
			[]string{"hq: detections and hosts could not be read", "HTTP 503", "hq: accounts could not be read", "no such group"},
		},
		"a source without a complete pass": {
			func(s *view.Status) { s.Sources[0].Complete = now.Add(-time.Hour) },
			[]string{"hq: not read completely for 60 min", "var config check --online"},
		},
		"a source that never was read": {
			func(s *view.Status) { s.Sources[0].Complete = time.Time{} }, []string{"hq: never read completely yet"},
		},
		"stranded blocks": {
			func(s *view.Status) {
				s.Passes[0].Stranded = []string{`31 on blocker old, which is not configured: give up what is there with "var release --blocker old --forget"`}
			},
			[]string{"hq: stranded", "31 on blocker old", "var release --blocker old --forget"},
		},
		"a device that cannot be read": {
			func(s *view.Status) { s.Devices[0].Problem = "connection refused" },
			[]string{"edge fw1: cannot be read", "connection refused", "var plugin check edge"},
		},
		"a device that has not all of it": {
			func(s *view.Status) { s.Devices[0].Enforced = 1 }, []string{"edge fw1: 1 of 3 in force"},
		},
		"changes that failed": {
			func(s *view.Status) { s.Passes[0].Counts["failed"] = 2 }, []string{"hq: 2 changes of the last pass not done"},
		},
		"a pass that ended with an error": {
			func(s *view.Status) { s.Passes[0].Errors = []string{"disk full"} }, []string{"the last pass ended with an error", "disk full"},
		},
		"a channel that is down": {
			func(s *view.Status) {
				s.Channels = []view.Channel{{Channel: "mail", Down: now.Add(-time.Hour), Problem: "535 no", Waiting: 12}}
			},
			[]string{"notifications: mail is not well", "12 events wait: 535 no", "var notify test mail"},
		},
		"what a run left": {
			func(s *view.Status) { s.OpenIntents, s.OpenNotes = 1, 2 }, []string{"1 change begun or to be told", "2 notes still to be written"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			k := calm(3)
			test.change(&k.status)
			body := k.wants(t, "/", "attention")
			if strings.Contains(body, "Nothing needs") {
				t.Error("nothing needs attention, it says")
			}
			for _, text := range test.want {
				if !strings.Contains(read(body), text) {
					t.Errorf("%q is not told:\n%s", text, read(body))
				}
			}
		})
	}
}

// read is a page as it is read: quotation marks are no entities there.
func read(body string) string {
	return strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&amp;", "&", "&lt;", "<", "&gt;", ">").Replace(body)
}

func TestWhatIsHeldIsFilteredAndTurnedInPages(t *testing.T) {
	k := calm(250)
	k.status.Holdings[7].State = entity.Partial
	k.status.Holdings[8].Blocker, k.status.Holdings[8].Source = "dc", "cloud"
	k.status.Holdings[9].Reasons = []string{"group Quarantine"}
	tests := map[string][]string{
		"/":                                {"1 to 100 of 250", "page 1 of 3", "ws-0000", "ws-0099", `href="/?page=2"`},
		"/?page=3":                         {"201 to 250 of 250", "ws-0249", `href="/?page=2"`},
		"/?page=900":                       {"201 to 250 of 250"},
		"/?text=WS-001":                    {"1 to 10 of 10", "ws-0010", "ws-0019"},
		"/?text=10.0.0.8":                  {"1 to 11 of 11", "ws-0007"},
		"/?text=quarantine":                {"1 to 1 of 1", "ws-0009"},
		"/?text=hq/host/12&source=hq":      {"of 11", "ws-0012", "ws-0120"},
		"/?state=partial":                  {"1 to 1 of 1", "ws-0007", `<option selected>partial`},
		"/?blocker=dc&source=cloud":        {"1 to 1 of 1", "ws-0008"},
		"/?source=hq&page=2":               {"101 to 200 of 249", "page=3&amp;source=hq"},
		"/?text=nobody":                    {"Nothing that is held is like that"},
		"/?blocker=gone":                   {"Nothing that is held is like that", `<option selected>gone`},
		"/?state=partial&text=ws&page=1":   {"1 to 1 of 1"},
		"/?" + strings.Repeat("x", 2000):   {"1 to 100 of 250"},
		"/?text=%3Cscript%3E":              {`value="&lt;script&gt;"`},
		"/?text=" + strings.Repeat("A", 9): {"Nothing that is held is like that"},
	}
	for path, texts := range tests {
		k.wants(t, path, texts...)
	}
	for _, path := range []string{"/?page=0", "/?page=-1", "/?page=x", "/?text=" + strings.Repeat("x", 2000), "/history?since=tomorrow", "/history?page=101", "/history.json?limit=0", "/history.json?limit=1001", "/history?since=999999999d", "/target", "/why.json"} {
		if code, body := k.get(t, path); code != http.StatusBadRequest || !strings.Contains(body, "Bad Request") {
			t.Errorf("%.40s: %d", path, code)
		}
	}
}

func TestNothingCanBeChanged(t *testing.T) {
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions, "PROPFIND"} {
		for _, path := range []string{"/", "/target?q=x", "/status.json", "/style.css", "/nowhere"} {
			w := httptest.NewRecorder()
			calm(1).handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
			if w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, w.Code)
			}
		}
	}
	w := httptest.NewRecorder()
	calm(1).handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodHead, "/", nil))
	if w.Code != http.StatusOK {
		t.Errorf("HEAD /: %d", w.Code)
	}
}

func TestWhatDoesNotChangeIsAskedForOnce(t *testing.T) {
	k := calm(1)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/style.css", nil)
	w := httptest.NewRecorder()
	k.handler().ServeHTTP(w, r)
	r.Header.Set("If-None-Match", w.Header().Get("ETag"))
	again := httptest.NewRecorder()
	k.handler().ServeHTTP(again, r)
	if w.Code != http.StatusOK || again.Code != http.StatusNotModified {
		t.Errorf("style.css: %d, then %d", w.Code, again.Code)
	}
	page := httptest.NewRecorder()
	k.handler().ServeHTTP(page, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	if kept := page.Header().Get("Cache-Control"); kept != "no-store" {
		t.Errorf("who is blocked may be kept: %q", kept)
	}
}

func TestTheHistoryIsSearchedAndTurnedInPages(t *testing.T) {
	k := calm(3)
	for i := range 250 {
		k.events = append(k.events, view.Event{At: now, Times: 1, Action: "block", Source: "hq", Kind: "host", ID: fmt.Sprint(i), Name: fmt.Sprintf("ev-%03d", i)})
	}
	k.wants(t, "/history", "1 to 100", "ev-000", "ev-099", "page=2")
	body := k.wants(t, "/history?page=3&q=ev&blocker=edge&since=7d", "201 to 250", "ev-249", `value="ev"`, "<option selected>edge", `value="7d" selected`)
	if strings.Contains(body, "Next") {
		t.Error("there is a page behind the last")
	}
	want := view.Question{Target: "ev", Blocker: "edge", Since: 7 * 24 * time.Hour, Limit: perPage + 1, Skip: 2 * perPage}
	if k.asked != want {
		t.Errorf("asked %+v, want %+v", k.asked, want)
	}
	k.wants(t, "/history.json?limit=2&q=ev", `"schema": 1`, "ev-001")
	if k.asked.Limit != 2 {
		t.Errorf("asked %+v", k.asked)
	}
}

func TestWhatConcernsAKindOfASourceIsNoLinkToATarget(t *testing.T) {
	k := calm(1)
	k.events = []view.Event{{At: now, Times: 1, Action: entity.EventGate, Source: "hq", Kind: entity.KindHost, Name: "hq", Reasons: []string{"9 hosts"}}}
	k.wants(t, "/history", `data-label="Target"><bdi>hq</bdi> <span class="small">host</span></td>`, "9 hosts")
}
