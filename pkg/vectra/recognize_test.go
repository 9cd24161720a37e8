package vectra_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/vectra"
)

var (
	asClient = vectra.OAuth(vectra.Fixed("client"), vectra.Fixed("client-secret"))
	asUser   = vectra.Token(vectra.Fixed("personal-token"))
)

// met is a brain that was recognised by somebody who gives a hint.
func met(t *testing.T, s simulated, hint string, auth vectra.Auth) (vectra.Identity, error) {
	t.Helper()
	c, id, err := vectra.Recognize(t.Context(), s.config(hint, auth))
	if (c == nil) != (err != nil) {
		t.Fatalf("console %v with error %v", c, err)
	}
	if c != nil {
		c.Close()
	}
	return id, err
}

func TestABrainIsRecognisedWhateverTheHintSays(t *testing.T) {
	tests := []struct {
		version string
		auth    vectra.Auth
		want    vectra.Identity
	}{
		{"2.1", asUser, vectra.Identity{Family: "qux", API: "2.1"}},
		{"2.4", asUser, vectra.Identity{Family: "qux", API: "2.4"}},
		{"2.5", asUser, vectra.Identity{Family: "qux", API: "2.5"}},
		{"2.5", asClient, vectra.Identity{Family: "qux", API: "2.5"}},
		{"3.3", asClient, vectra.Identity{Family: "rux", API: "3.3"}},
		{"3.4", asClient, vectra.Identity{Family: "rux", API: "3.4"}},
	}
	for _, tt := range tests {
		for _, hint := range []string{"", "2.5", "3.4", "nonsense"} {
			s := simulate(t, tt.version, tt.version[0] == '3', lab.Quirks{})
			got, err := met(t, s, hint, tt.auth)
			if d := cmp.Diff(tt.want, got); err != nil || d != "" {
				t.Errorf("%s with hint %q: error %v, -want +got:\n%s", tt.version, hint, err, d)
			}
			if n := s.end.Requests()["POST token"]; n > 3 {
				t.Errorf("%s with hint %q: %d requests for a token", tt.version, hint, n)
			}
		}
	}
}

func TestARoleWithoutRightsIsStillRecognised(t *testing.T) {
	s := simulate(t, "3.4", true, lab.Quirks{})
	if err := s.brain.Change("rights", json.RawMessage(`{"lacks":["read hosts","read accounts","read detections","read groups"]}`)); err != nil {
		t.Fatal(err)
	}
	if id, err := met(t, s, "", asClient); err != nil || id.API != "3.4" {
		t.Errorf("%+v, error %v", id, err)
	}
}

func TestWithoutALoginTheFamilyIsKnownAndNoVersion(t *testing.T) {
	none := func(context.Context) (string, error) { return "", errors.New("is not set") }
	tests := []struct {
		version string
		auth    vectra.Auth
		family  string
		want    string
	}{
		{"2.5", vectra.Token(vectra.Fixed("wrong")), "qux", "the credentials were refused"},
		{"2.4", vectra.Token(vectra.Fixed("wrong")), "qux", "the credentials were refused"},
		{"2.5", vectra.OAuth(vectra.Fixed("client"), vectra.Fixed("wrong")), "qux", "client id or secret is wrong"},
		{"3.4", vectra.OAuth(vectra.Fixed("client"), vectra.Fixed("wrong")), "rux", "client id or secret is wrong"},
		{"3.4", vectra.OAuth(none, none), "rux", "is not set"},
		{"2.5", vectra.Token(none), "qux", "is not set"},
		{"3.3", asUser, "rux", "api 3.4 takes no tokens: auth must be oauth"},
		{"2.4", asClient, "qux", "it is older and takes tokens only"},
	}
	for _, tt := range tests {
		t.Run(tt.version+" "+tt.want, func(t *testing.T) {
			s := simulate(t, tt.version, tt.version[0] == '3', lab.Quirks{})
			id, err := met(t, s, "", tt.auth)
			if id != (vectra.Identity{Family: tt.family}) || err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%+v, error %v; want %s and %q", id, err, tt.family, tt.want)
			}
		})
	}
}

// What answers like this is no brain, or one in trouble: it gets no credentials.
func TestNoCredentialsGoToWhatIsNoBrain(t *testing.T) {
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
	}
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code); _, _ = w.Write([]byte(body)) }
	}
	tests := map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"a page for everything":      {status(200, "<!DOCTYPE html><html>welcome</html>"), "put the brain's name into url"},
		"a page of refusal":          {status(401, "<html>who are you</html>"), "put the brain's name into url"},
		"nothing is there":           {status(404, `{"detail":"Not found."}`), "put the brain's name into url"},
		"nothing is there, as HTML":  {status(404, "<html></html>"), "put the brain's name into url"},
		"an empty page":              {status(404, ""), "put the brain's name into url"},
		"a login page":               {redirect("/login"), "put the brain's name into url"},
		"a redirect to another name": {redirect("https://tenant.example.net/oauth2/token"), "redirects to tenant.example.net"},
		"a proxy in trouble":         {status(502, "<html>bad gateway</html>"), "HTTP 502"},
		"an error":                   {status(500, `{"error":"boom"}`), "HTTP 500"},
		"too many requests":          {status(429, ""), "HTTP 429"},
		"a connection that is reset": {reset, "EOF"},
		"no end of silence":          {hang, "within 50ms"},
		"more than is sensible":      {status(404, strings.Repeat("x", 2<<20)), "larger than is sensible"},
	}
	for name, tt := range tests {
		for _, auth := range []vectra.Auth{asUser, asClient} {
			t.Run(name, func(t *testing.T) {
				b := newBrain(t)
				b.mux.HandleFunc("/", tt.answer)
				clk := newClock()
				cfg := vectra.Config{Name: "hq", URL: b.srv.URL, Auth: auth, Now: clk.Now, Wait: clk.Wait, Timeout: 10 * time.Second}
				if name == "no end of silence" {
					cfg.Timeout = 50 * time.Millisecond
				}
				c, id, err := vectra.Recognize(t.Context(), cfg)
				if c != nil || id != (vectra.Identity{}) || err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%+v, error %v; want %q", id, err, tt.want)
				}
				b.wantNoCredentials()
			})
		}
	}
}

func (b *brain) wantNoCredentials() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.requests {
		if r.auth != "" || strings.Contains(r.body, "secret") {
			b.t.Errorf("%s %s got credentials", r.method, r.path)
		}
	}
	if len(b.requests) > 8 {
		b.t.Errorf("%d requests", len(b.requests))
	}
}

// Something in front of a brain may refuse everything in the same way: then only a login tells, the likelier one first.
func TestABrainBehindADoorIsRecognisedByItsLogin(t *testing.T) {
	for hint, want := range map[string][]string{
		"2.5": {"/api/v2.5/oauth2/token"},
		"3.4": {"/oauth2/token", "/api/v2.5/oauth2/token"},
	} {
		k := &tokens{expires: 300}
		b := newBrain(t)
		b.mux.Handle("POST /api/v2.5/oauth2/token", k)
		b.on("/", 401, `{"message":"Unauthorized"}`)
		b.mux.HandleFunc("GET /api/v2.5/detections", k.current)
		c, id, err := vectra.Recognize(t.Context(), vectra.Config{Name: "hq", URL: b.srv.URL, API: hint, Auth: asClient})
		if err != nil || id != (vectra.Identity{Family: "qux", API: "2.5"}) {
			t.Fatalf("%+v, error %v", id, err)
		}
		c.Close()
		var asked []string
		for _, r := range b.requests {
			if strings.HasPrefix(r.auth, "Basic ") {
				asked = append(asked, r.path)
			}
		}
		if d := cmp.Diff(want, asked); d != "" {
			t.Errorf("hint %s: logged in at (-want +got):\n%s", hint, d)
		}
	}
}

// A version that answers with a page is none.
func TestAVersionThatIsAPageIsNotSpoken(t *testing.T) {
	b := newBrain(t)
	b.on("/", 404, `{"detail":"Not found."}`).on("GET /api/v2.5/detections", 200, "<html>the console</html>")
	b.mux.HandleFunc("GET /api/v2.4/detections", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Token personal-token" {
			reply(w, 401, `{"detail":"Invalid token."}`)
			return
		}
		reply(w, 200, envelope(0, ""))
	})
	b.on("GET /api/v2.1/detections", 401, `{"detail":"Invalid token."}`)
	c, id, err := vectra.Recognize(t.Context(), vectra.Config{Name: "hq", URL: b.srv.URL, Auth: asUser})
	if err != nil || id.API != "2.4" {
		t.Fatalf("%+v, error %v", id, err)
	}
	c.Close()
}

func TestAnUntrustedBrainSaysWhichKeyToSet(t *testing.T) {
	s := simulate(t, "2.5", false, lab.Quirks{})
	cfg := s.config("", asUser)
	cfg.TLS = nil
	_, id, err := vectra.Recognize(t.Context(), cfg)
	if !errors.Is(err, vectra.ErrUntrusted) || !strings.Contains(fmt.Sprint(err), "set ca_file, or server_name") || id.Family != "" {
		t.Errorf("%+v, error %v", id, err)
	}
	if entity.ClassOf(err) != entity.Permanent {
		t.Errorf("class %s", entity.ClassOf(err))
	}
}

func TestNoURLIsNoBrain(t *testing.T) {
	for _, url := range []string{"", "hq.example.net", "ftp://hq", "http://hq.example.net", "https://hq/api/v2.5", "https://u:p@hq"} {
		if _, id, err := vectra.Recognize(t.Context(), vectra.Config{Name: "hq", URL: url, Auth: asUser}); err == nil || id.Family != "" {
			t.Errorf("%q: %+v, error %v", url, id, err)
		}
	}
}
