package vectra_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra"
)

func TestDecode22_7_EveryErrorHasAClassAndTheBrainsWords(t *testing.T) {
	tests := map[string]struct {
		status int
		body   string
		class  entity.ErrorClass
		says   string
		sent   int
	}{
		"400 errors":          {400, `{"errors":[{"title":"Unable to look up specified entity"}]}`, entity.Permanent, "Unable to look up specified entity", 1},
		"400 meta":            {400, `{"type":"Invalid value given for x","_meta":{"message":"Invalid field(s) found","level":"error"}}`, entity.Permanent, "Invalid field(s) found", 1},
		"400 details":         {400, `{"details":"The following query parameter(s) are invalid: xxx."}`, entity.Permanent, "parameter(s) are invalid: xxx.", 1},
		"401 detail":          {401, `{"detail":"Invalid token."}`, entity.Unauthorized, "Invalid token.", 1},
		"401 details":         {401, `{"details":"Invalid token."}`, entity.Unauthorized, "Invalid token.", 1},
		"401 message":         {401, `{"message":"Unauthorized"}`, entity.Unauthorized, "Unauthorized", 1},
		"403":                 {403, `{"detail":"You do not have permission to perform this action."}`, entity.Unauthorized, "Hosts, read", 1},
		"404":                 {404, `{"detail":"Not found."}`, entity.Absent, "Not found.", 1},
		"404 status":          {404, `{"status":"failure","message":"Could not find requested object"}`, entity.Absent, "Could not find requested object", 1},
		"404 meta":            {404, `{"_meta":{"level":"errors","message":"Failed to mark detections"}}`, entity.Absent, "Failed to mark detections", 1},
		"405":                 {405, ``, entity.Permanent, "HTTP 405", 1},
		"409":                 {409, `{"detail":"exists"}`, entity.Permanent, "exists", 1},
		"413":                 {413, `{"error":"too large"}`, entity.Permanent, "too large", 1},
		"422":                 {422, `{"detail":["a"]}`, entity.Permanent, "422", 1},
		"429":                 {429, `{"detail":"Request was throttled."}`, entity.Transient, "throttled", 4},
		"500 empty":           {500, ``, entity.Transient, "empty body", 1},
		"502 HTML":            {502, `<html><body>Bad Gateway</body></html>`, entity.Transient, "HTML page", 4},
		"503":                 {503, `starting`, entity.Transient, "starting", 4},
		"504":                 {504, ``, entity.Transient, "504", 4},
		"302 without a place": {302, ``, entity.Permanent, "redirects to another place", 1},
		"odd JSON":            {400, `{"errors":"x","_meta":[1],"detail":null,"message":{"a":1}}`, entity.Permanent, `{"errors":"x"`, 1},
		"steering a terminal": {400, "{\"detail\":\"\\u001b[2Jx\\ny\"}", entity.Permanent, " [2Jx y", 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBrain(t).on("GET /api/v2.5/hosts/7", tt.status, tt.body)
			_, err := b.qux().Target(t.Context(), hostRef("7"))
			if entity.ClassOf(err) != tt.class {
				t.Errorf("class %q of %v, want %q", entity.ClassOf(err), err, tt.class)
			}
			for _, want := range []string{tt.says, "GET /api/v2.5/hosts/7"} {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v, want one with %q", err, want)
				}
			}
			if n := b.total(); n != tt.sent {
				t.Errorf("%d requests, want %d", n, tt.sent)
			}
		})
	}
}

func TestDecode22_7_ALongErrorIsCut(t *testing.T) {
	b := newBrain(t).on("GET /api/v2.5/hosts", 400, `{"detail":"`+strings.Repeat("x", 5000)+`"}`)
	if _, err := hosts(t, b.qux(), entity.Query{}); err == nil || len(err.Error()) > 700 {
		t.Errorf("an error of %d bytes", len(err.Error()))
	}
}

func TestA403NamesTheMissingRight(t *testing.T) {
	b := newBrain(t).granting().on("/api/", 403, `{"detail":"You do not have permission to perform this action."}`)
	c := b.rux()
	_, noHosts := hosts(t, c, entity.Query{})
	_, noAccounts := accounts(t, c, entity.Query{})
	_, noDetections := detections(t, c, entity.Query{})
	_, noGroups := c.Group(t.Context(), entity.KindHost, "G")
	_, noNotes := c.Notes(t.Context(), hostRef("7"))
	_, noField := b.qux(api("2.1")).Notes(t.Context(), hostRef("7"))
	tests := map[string]error{
		"(the role of this API client lacks the right Hosts, read: give it to the role)": noHosts,
		"right Accounts, read":                               noAccounts,
		"right Detections, read":                             noDetections,
		"right Manage - Groups, read":                        noGroups,
		"right Hosts and Accounts, read":                     c.Entities(t.Context(), []entity.Kind{entity.KindHost}, 1, nil),
		"right Tags, read and write":                         c.EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("7"), Add: []string{"a"}}})[0],
		"right Notes and Other User's Notes, read and write": c.AddNote(t.Context(), hostRef("7"), "x"),
		"Notes and Other User's Notes":                       noNotes,
		"of this user lacks the right Hosts, read":           noField,
	}
	for want, err := range tests {
		if err == nil || !strings.Contains(err.Error(), want) || entity.ClassOf(err) != entity.Unauthorized {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestWritingAnOldNoteWithoutTheRightSaysSo(t *testing.T) {
	b := newBrain(t).on("GET /api/v2.1/hosts/7", 200, `{"id":7,"note":""}`).on("PATCH /api/v2.1/hosts/7", 403, `{}`)
	if err := b.qux(api("2.1")).AddNote(t.Context(), hostRef("7"), "x"); err == nil || !strings.Contains(err.Error(), "Notes and Other User's Notes") {
		t.Errorf("error %v", err)
	}
}

func TestDecode22_7_ASuccessThatIsNoneIsAnError(t *testing.T) {
	for name, body := range map[string]string{
		"HTML": `<html>login</html>`, "empty": ``, "truncated": `{"count":1,"results":[{"id":1`, "no results": `{"count":0,"next":null}`,
		"null": `null`, "text": `"x"`, "number": `7`, "results null": `{"results":null}`, "results object": `{"results":{}}`, "two values": `[][]`,
	} {
		t.Run(name, func(t *testing.T) {
			b := newBrain(t).on("GET /api/v2.5/hosts", 200, body)
			if _, err := hosts(t, b.qux(), entity.Query{}); entity.ClassOf(err) != entity.Transient {
				t.Errorf("error %v, want transient", err)
			}
		})
	}
}

func TestDecode22_7_ASlowAnswerEndsWithTheTimeout(t *testing.T) {
	slow := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		_, _ = w.Write([]byte(`{"count":1,"results":[`))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	for name, h := range map[string]http.HandlerFunc{"nothing": hang, "a slow body": slow} {
		b := newBrain(t)
		b.mux.HandleFunc("GET /api/v2.5/hosts", h)
		c := b.qux(func(cfg *vectra.Config) { cfg.Timeout = 50 * time.Millisecond })
		_, err := hosts(t, c, entity.Query{})
		if entity.ClassOf(err) != entity.Transient || !strings.Contains(err.Error(), "within 50ms") || b.total() > 1 {
			t.Errorf("%s: error %v after %d requests, want one that names the timeout after one at most", name, err, b.total())
		}
	}
}

func TestAnEndedContextEndsTheRequest(t *testing.T) {
	b := newBrain(t)
	b.mux.HandleFunc("GET /api/v2.5/hosts", hang)
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("the pass was stopped")
	b.mux.HandleFunc("GET /api/v2.5/accounts", func(_ http.ResponseWriter, r *http.Request) {
		cancel(stopped)
		<-r.Context().Done()
	})
	c := b.qux()
	for range 2 { // during a request, and before one
		err := c.Accounts(ctx, entity.Query{}, nil)
		if !errors.Is(err, stopped) {
			t.Errorf("error %v, want the cause", err)
		}
	}
	if b.total() != 1 {
		t.Errorf("%d requests, want 1", b.total())
	}
}

func TestDecode22_7_ADroppedConnectionIsTriedAgain(t *testing.T) {
	truncated := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`{"count":1`))
		panic(http.ErrAbortHandler)
	}
	for name, h := range map[string]http.HandlerFunc{"reset": reset, "dropped in the body": truncated, "502": say(502, ``)} {
		b := newBrain(t).turns("GET /api/v2.5/hosts", h, h, say(200, envelope(1, "", hostRow(1))))
		if got := must[[]entity.Target](t)(hosts(t, b.qux(), entity.Query{})); len(got) != 1 {
			t.Errorf("%s: %d hosts", name, len(got))
		}
	}
}

func TestABrainThatIsNotThereIsTransient(t *testing.T) {
	b := newBrain(t)
	clk := newClock()
	c := b.qux(timed(clk))
	b.srv.Close()
	_, err := hosts(t, c, entity.Query{})
	if entity.ClassOf(err) != entity.Transient || len(clk.waited()) != 3 {
		t.Errorf("error %v after %v", err, clk.waited())
	}
	if strings.Contains(err.Error(), "page_size") {
		t.Errorf("error %q shows the query", err)
	}
	if err := c.AddNote(t.Context(), hostRef("7"), "x"); entity.ClassOf(err) != entity.Transient || len(clk.waited()) != 6 {
		t.Errorf("a note: error %v after %v; it never arrived, so it is tried again", err, clk.waited())
	}
}

func TestACertificateThatIsNotTrustedIsPermanentAndHelps(t *testing.T) {
	srv := httptest.NewUnstartedServer(say(200, envelope(0, "")))
	srv.Config.ErrorLog = quiet()
	srv.StartTLS()
	t.Cleanup(srv.Close)
	b := &brain{t: t, srv: srv}
	clk := newClock()
	_, err := hosts(t, b.qux(timed(clk)), entity.Query{})
	if entity.ClassOf(err) != entity.Permanent || !strings.Contains(err.Error(), "ca_file") || len(clk.waited()) != 0 {
		t.Errorf("error %v after %v, want permanent at once", err, clk.waited())
	}
	trusting := srv.Client().Transport.(*http.Transport).TLSClientConfig
	must[[]entity.Target](t)(hosts(t, b.qux(func(cfg *vectra.Config) { cfg.TLS = trusting }), entity.Query{}))
}

func TestAnAnswerBeyondItsLimitIsAnError(t *testing.T) {
	b := newBrain(t).on("GET /api/v2.5/hosts/7", 200, `{"id":7,"note":"`+strings.Repeat("x", 2<<20)+`"}`)
	_, err := b.qux().Target(t.Context(), hostRef("7"))
	if entity.ClassOf(err) != entity.Permanent || !strings.Contains(err.Error(), "1 MiB") || b.total() != 1 {
		t.Errorf("error %v after %d requests", err, b.total())
	}
}

func TestCredentialsThatABrainRepeatsAreNotShown(t *testing.T) {
	b := newBrain(t)
	b.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "oauth2/token") {
			reply(w, 200, `{"access_token":"access-1","refresh_token":"refresh-1","expires_in":300}`)
			return
		}
		reply(w, 400, fmt.Sprintf(`{"detail":"bad header %s and refresh-1 and client-secret"}`, r.Header.Get("Authorization")))
	})
	for _, c := range []*vectra.Console{b.qux(), b.rux()} {
		_, err := hosts(t, c, entity.Query{})
		for _, secret := range []string{"token-1", "access-1"} {
			if err == nil || strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), "[redacted]") {
				t.Errorf("error %v tells a secret", err)
			}
		}
	}
	_, err := hosts(t, b.rux(), entity.Query{})
	if strings.Contains(err.Error(), "refresh-1") || strings.Contains(err.Error(), "client-secret") {
		t.Errorf("error %v tells a secret", err)
	}
}
