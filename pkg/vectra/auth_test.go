package vectra_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra"
)

// tokens is a token endpoint that checks credentials and gives access-1, access-2, …
type tokens struct {
	mu      sync.Mutex
	n       int
	expires int
	rux     bool
	// refuseRefresh answers refreshes with this status when it is not zero.
	refuseRefresh int
	grants        []string
}

func (k *tokens) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	_ = r.ParseForm()
	k.grants = append(k.grants, r.PostForm.Get("grant_type"))
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("client:client-secret"))
	switch {
	case r.Header.Get("Content-Type") != "application/x-www-form-urlencoded":
		reply(w, 415, `{}`)
	case r.PostForm.Get("grant_type") == "client_credentials" && r.Header.Get("Authorization") == basic:
		k.grant(w)
	case r.PostForm.Get("grant_type") == "refresh_token" && k.rux && r.Header.Get("Authorization") == "":
		k.refresh(w, r.PostForm.Get("refresh_token"))
	default:
		reply(w, 401, `{"detail":"Invalid client."}`)
	}
}

func (k *tokens) refresh(w http.ResponseWriter, token string) {
	if k.refuseRefresh != 0 || token != "refresh-1" {
		reply(w, k.refuseRefresh, `{"message":"Invalid refresh token. Please try reauthenticating using API client credentials"}`)
		return
	}
	k.n++
	reply(w, 200, fmt.Sprintf(`{"access_token":"access-%d","expires_in":%d,"token_type":"bearer"}`, k.n, k.expires))
}

func (k *tokens) grant(w http.ResponseWriter) {
	k.n++
	extra := ""
	if k.rux {
		extra = `,"refresh_token":"refresh-1","refresh_expires_in":86400`
	}
	reply(w, 200, fmt.Sprintf(`{"access_token":"access-%d","expires_in":%d%s,"token_type":"Bearer"}`, k.n, k.expires, extra))
}

func (k *tokens) asked() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return strings.Join(k.grants, " ")
}

// current lets only the newest token in.
func (k *tokens) current(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r.Header.Get("Authorization") != fmt.Sprintf("Bearer access-%d", k.n) {
		reply(w, 401, `{"message":"Unauthorized"}`)
		return
	}
	reply(w, 200, envelope(1, "", hostRow(1)))
}

func quxOAuth(cfg *vectra.Config) {
	cfg.Auth = vectra.OAuth(vectra.Fixed("client"), vectra.Fixed(" client-secret\n"))
}

func TestDecode22_1_QUXTokensComeFromTheVersionedPathWithoutRefresh(t *testing.T) {
	b, k, clk := newBrain(t), &tokens{expires: 300}, newClock()
	b.mux.Handle("POST /api/v2.5/oauth2/token", k)
	b.mux.HandleFunc("GET /api/v2.5/hosts", k.current)
	c := b.qux(quxOAuth, timed(clk))
	for range 3 {
		must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
		clk.pass(300 * time.Second)
	}
	if got, want := k.asked(), "client_credentials client_credentials client_credentials"; got != want {
		t.Errorf("grants %q, want %q", got, want)
	}
}

func TestDecode22_1_RUXRefreshesAtTheOrigin(t *testing.T) {
	b, k, clk := newBrain(t), &tokens{expires: 300, rux: true}, newClock()
	b.mux.Handle("POST /oauth2/token", k)
	b.mux.HandleFunc("GET /api/v3.4/hosts", k.current)
	c := b.rux(timed(clk))
	for range 3 { // the second refresh uses the old refresh token: its answer held none
		must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
		clk.pass(300 * time.Second)
	}
	if got, want := k.asked(), "client_credentials refresh_token refresh_token"; got != want {
		t.Errorf("grants %q, want %q", got, want)
	}
}

func TestDecode22_1_TokensAreRenewedBeforeTheyEnd(t *testing.T) {
	for _, tt := range []struct {
		life, after int
		renewed     bool
	}{{21600, 21499, false}, {21600, 21500, true}, {50, 44, false}, {50, 45, true}, {0, 1 << 20, false}} {
		t.Run(fmt.Sprint(tt.life, " after ", tt.after), func(t *testing.T) {
			b, k, clk := newBrain(t), &tokens{expires: tt.life, rux: true}, newClock()
			b.mux.Handle("POST /oauth2/token", k)
			b.mux.HandleFunc("GET /api/v3.4/hosts", k.current)
			c := b.rux(timed(clk))
			must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
			clk.pass(time.Duration(tt.after) * time.Second)
			must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
			if got := strings.Contains(k.asked(), "refresh_token"); got != tt.renewed {
				t.Errorf("renewed %v, want %v", got, tt.renewed)
			}
		})
	}
}

func TestDecode22_1_WrongCredentialsAreNotRepeated(t *testing.T) {
	b, k := newBrain(t), &tokens{}
	b.mux.Handle("POST /api/v2.5/oauth2/token", k)
	c := b.qux(func(cfg *vectra.Config) {
		cfg.Auth = vectra.OAuth(vectra.Fixed("client"), vectra.Fixed("wrong-secret-text"))
	})
	_, err := hosts(t, c, entity.Query{})
	if entity.ClassOf(err) != entity.Unauthorized || b.total() != 1 {
		t.Errorf("error %v after %d requests, want unauthorized after 1", err, b.total())
	}
	if !strings.Contains(err.Error(), "client id or secret is wrong") || strings.Contains(err.Error(), "wrong-secret-text") {
		t.Errorf("error %q does not help, or tells the secret", err)
	}
}

func TestDecode22_1_ARefusedRefreshLogsInAnew(t *testing.T) {
	for _, status := range []int{200, 400, 401, 403, 500} {
		b, k, clk := newBrain(t), &tokens{expires: 300, rux: true, refuseRefresh: status}, newClock()
		b.mux.Handle("POST /oauth2/token", k)
		b.mux.HandleFunc("GET /api/v3.4/hosts", k.current)
		c := b.rux(timed(clk))
		must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
		clk.pass(300 * time.Second)
		must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
		if got, want := k.asked(), "client_credentials refresh_token client_credentials"; got != want {
			t.Errorf("status %d: grants %q, want %q", status, got, want)
		}
	}
}

func TestDecode22_1_ARefreshTokenThatEndedIsNotUsed(t *testing.T) {
	b, k, clk := newBrain(t), &tokens{expires: 300, rux: true}, newClock()
	b.mux.Handle("POST /oauth2/token", k)
	b.mux.HandleFunc("GET /api/v3.4/hosts", k.current)
	c := b.rux(timed(clk))
	must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
	clk.pass(86400 * time.Second)
	must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
	if got, want := k.asked(), "client_credentials client_credentials"; got != want {
		t.Errorf("grants %q, want %q", got, want)
	}
}

func TestDecode22_1_TheTokenEndpointSlowsTheBrain(t *testing.T) {
	b, k, clk := newBrain(t), &tokens{expires: 300, rux: true}, newClock()
	b.turns("POST /oauth2/token", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "1")
		reply(w, 429, `{"detail":"slow down"}`)
	}, k.ServeHTTP)
	b.mux.HandleFunc("GET /api/v3.4/hosts", k.current)
	must[[]entity.Target](t)(hosts(t, b.rux(timed(clk)), entity.Query{}))
	if w := clk.waited(); len(w) != 1 || w[0] != time.Second {
		t.Errorf("waited %v, want 1s once", w)
	}
}

func TestDecode22_1_ARedirectGetsNoCredentials(t *testing.T) {
	thief := newBrain(t)
	thief.on("/", 200, `{"access_token":"stolen","expires_in":1000}`)
	elsewhere := strings.Replace(thief.srv.URL, "127.0.0.1", "localhost", 1)
	for name, pattern := range map[string]string{"at the login": "POST /oauth2/token", "at a list": "GET /api/v3.4/hosts"} {
		t.Run(name, func(t *testing.T) {
			for _, status := range []int{301, 302, 307, 308} {
				b := newBrain(t)
				if !strings.Contains(pattern, "oauth2") {
					b.granting()
				}
				b.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, elsewhere+"/x", status)
				})
				_, err := hosts(t, b.rux(), entity.Query{})
				if err == nil || !strings.Contains(err.Error(), mustHost(t, elsewhere)) || !strings.Contains(err.Error(), "url") {
					t.Errorf("%d: error %v does not say where the brain is", status, err)
				}
			}
		})
	}
	if thief.total() != 0 {
		t.Errorf("%d requests followed a redirect", thief.total())
	}
}

func mustHost(t *testing.T, text string) string {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

func TestDecode22_1_A405OfTheTokenEndpointNamesTheRedirect(t *testing.T) {
	b := newBrain(t).on("POST /oauth2/token", 405, `{"detail":"Method \"GET\" not allowed."}`)
	if _, err := hosts(t, b.rux(), entity.Query{}); err == nil || !strings.Contains(err.Error(), "redirect") {
		t.Errorf("error %v, want one that names the redirect", err)
	}
}

func TestTheFirstLoginIsTriedThreeTimes(t *testing.T) {
	b, clk := newBrain(t).on("POST /oauth2/token", 503, "<html>starting</html>"), newClock()
	_, err := hosts(t, b.rux(timed(clk)), entity.Query{})
	if n := len(b.seen("POST", "/oauth2/token")); n != 3 || entity.ClassOf(err) != entity.Transient {
		t.Errorf("%d tries, error %v, want 3 and transient", n, err)
	}
	if len(b.seen("GET", "/api/v3.4/hosts")) != 0 {
		t.Error("a request was sent without credentials")
	}
}

func TestALoginWithoutATokenIsAnError(t *testing.T) {
	for _, body := range []string{`{}`, ``, `<html>`, `{"access_token":null}`, `[]`, `{"access_token":"a`} {
		b := newBrain(t).on("POST /oauth2/token", 200, body)
		if _, err := hosts(t, b.rux(), entity.Query{}); err == nil || b.total() != 1 {
			t.Errorf("%q: error %v after %d requests", body, err, b.total())
		}
	}
}

func TestDecode22_2_ARefusedTokenIsRenewedOnce(t *testing.T) {
	b, k := newBrain(t), &tokens{expires: 21600, rux: true}
	b.mux.Handle("POST /oauth2/token", k)
	b.turns("GET /api/v3.4/hosts", say(401, `{"message":"Unauthorized"}`), k.current)
	must[[]entity.Target](t)(hosts(t, b.rux(), entity.Query{}))
	if got, want := k.asked(), "client_credentials refresh_token"; got != want {
		t.Errorf("grants %q, want %q", got, want)
	}
}

func TestDecode22_2_ASecondRefusalIsFinal(t *testing.T) {
	b, k := newBrain(t), &tokens{expires: 21600, rux: true}
	b.mux.Handle("POST /oauth2/token", k)
	b.on("GET /api/v3.4/hosts", 401, `{"message":"Unauthorized"}`)
	_, err := hosts(t, b.rux(), entity.Query{})
	if n := len(b.seen("GET", "/api/v3.4/hosts")); n != 2 || entity.ClassOf(err) != entity.Unauthorized {
		t.Errorf("%d requests, error %v, want 2 and unauthorized", n, err)
	}
}

func TestARefusedTokenIsNotSentAgainAfterAFailedRenewal(t *testing.T) {
	b, k := newBrain(t), &tokens{expires: 21600, rux: true}
	b.turns("POST /oauth2/token", k.ServeHTTP, say(401, `{}`), say(401, `{}`), k.ServeHTTP)
	b.mux.HandleFunc("GET /api/v3.4/hosts", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer access-1" {
			reply(w, 401, `{"message":"Unauthorized"}`)
			return
		}
		k.current(w, r)
	})
	c := b.rux()
	if _, err := hosts(t, c, entity.Query{}); entity.ClassOf(err) != entity.Unauthorized {
		t.Fatalf("error %v, want unauthorized", err)
	}
	must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
	if n := len(b.seen("GET", "/api/v3.4/hosts")); n != 2 {
		t.Errorf("%d requests, want 2: the refused token was sent again", n)
	}
}

func TestDecode22_2_ARefusedUserTokenIsFinal(t *testing.T) {
	b := newBrain(t).on("GET /api/v2.5/hosts", 401, `{"detail":"Invalid token."}`)
	_, err := hosts(t, b.qux(), entity.Query{})
	if b.total() != 1 || entity.ClassOf(err) != entity.Unauthorized || !strings.Contains(err.Error(), "Invalid token.") {
		t.Errorf("%d requests, error %v, want 1 and the brain's words", b.total(), err)
	}
}

func TestAUserTokenIsTrimmedAndReadAnewAfterARefusal(t *testing.T) {
	b := newBrain(t)
	b.mux.HandleFunc("GET /api/v2.5/hosts", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Token new" {
			reply(w, 401, `{"detail":"Invalid token."}`)
			return
		}
		reply(w, 200, envelope(0, ""))
	})
	stored := "old"
	c := b.qux(func(cfg *vectra.Config) {
		cfg.Auth = vectra.Token(func(context.Context) (string, error) { return " " + stored + "\n", nil })
	})
	if _, err := hosts(t, c, entity.Query{}); err == nil {
		t.Fatal("the old token was taken")
	}
	stored = "new"
	must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
}

func TestASecretThatCannotBeHadIsAnError(t *testing.T) {
	missing := errors.New("no secret brain.hq.client_secret is stored")
	b := newBrain(t)
	for name, auth := range map[string]vectra.Auth{
		"no id":     vectra.OAuth(func(context.Context) (string, error) { return "", missing }, vectra.Fixed("s")),
		"no secret": vectra.OAuth(vectra.Fixed("i"), func(context.Context) (string, error) { return "", missing }),
	} {
		_, err := hosts(t, b.rux(func(cfg *vectra.Config) { cfg.Auth = auth }), entity.Query{})
		if !errors.Is(err, missing) || entity.ClassOf(err) != entity.Unauthorized {
			t.Errorf("%s: error %v, want the store's", name, err)
		}
	}
	for _, empty := range []string{"", " \n", "two\nlines"} {
		_, err := hosts(t, b.qux(func(cfg *vectra.Config) { cfg.Auth = vectra.Token(vectra.Fixed(empty)) }), entity.Query{})
		if entity.ClassOf(err) != entity.Unauthorized {
			t.Errorf("token %q: error %v, want unauthorized", empty, err)
		}
	}
	if b.total() != 0 {
		t.Errorf("%d requests were sent without credentials", b.total())
	}
}

func TestOneGoroutineLogsInForAll(t *testing.T) {
	b, k := newBrain(t), &tokens{expires: 21600, rux: true}
	b.mux.Handle("POST /oauth2/token", k)
	b.mux.HandleFunc("GET /api/v3.4/hosts/{id}", func(w http.ResponseWriter, r *http.Request) {
		reply(w, 200, fmt.Sprintf(`{"id":%s}`, r.PathValue("id")))
	})
	c := b.rux()
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			if _, err := c.Target(t.Context(), entity.Ref{Source: "hq", Kind: entity.KindHost, ID: fmt.Sprint(i + 1)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got, want := k.asked(), "client_credentials"; got != want {
		t.Errorf("grants %q, want %q", got, want)
	}
}

func TestOneGoroutineRenewsForAll(t *testing.T) {
	b, k := newBrain(t), &tokens{expires: 21600, rux: true}
	b.mux.Handle("POST /oauth2/token", k)
	b.mux.HandleFunc("GET /api/v3.4/hosts", k.current)
	c := b.rux()
	must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
	k.mu.Lock()
	k.n = 100 // the token that is held was revoked
	k.mu.Unlock()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if err := c.Hosts(t.Context(), entity.Query{}, func(entity.Target) error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got, want := k.asked(), "client_credentials refresh_token"; got != want {
		t.Errorf("grants %q, want %q", got, want)
	}
}

// BUG-12: with token authentication the second turn of a loop died.
func TestBUG12_TokenAuthenticationServesALongLoop(t *testing.T) {
	b, clk := newBrain(t), newClock()
	b.mux.HandleFunc("GET /api/v2.4/hosts", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Token token-1" {
			reply(w, 401, `{"detail":"Invalid token."}`)
			return
		}
		reply(w, 200, envelope(1, "", hostRow(1)))
	})
	c := b.qux(api("2.4"), timed(clk))
	for range 50 {
		must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
		clk.pass(5 * time.Hour)
	}
}

// BUG-13: the predecessor refreshed the token and went on sending the old one.
func TestBUG13_TheRefreshedTokenIsUsed(t *testing.T) {
	b, k, clk := newBrain(t), &tokens{expires: 1799, rux: true}, newClock()
	b.mux.Handle("POST /oauth2/token", k)
	b.mux.HandleFunc("GET /api/v3.4/hosts", k.current)
	c := b.rux(timed(clk))
	for range 20 {
		must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
		clk.pass(30 * time.Minute)
	}
	all := b.seen("GET", "/api/v3.4/hosts")
	if first, last := all[0].auth, all[len(all)-1].auth; len(all) != 20 || first == last {
		t.Errorf("%d requests from %q to %q, want 20 with ever new tokens", len(all), first, last)
	}
}
