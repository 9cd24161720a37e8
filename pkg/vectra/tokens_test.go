package vectra_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra"
)

// shelf keeps a login as a keyring would, for any number of runs.
type shelf struct {
	mu   sync.Mutex
	text string
}

func (s *shelf) Load(context.Context) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text
}

func (s *shelf) Save(_ context.Context, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = text
}

func (s *shelf) keep(cfg *vectra.Config) { cfg.Tokens = s }

// runs is a brain with a token endpoint, of which each call of the result is a run of its own.
func runs(t *testing.T, k *tokens, s *shelf, clk *clock) func() *vectra.Console {
	t.Helper()
	b := newBrain(t)
	b.mux.Handle("POST /oauth2/token", k)
	b.mux.HandleFunc("GET /api/v3.4/hosts", k.current)
	return func() *vectra.Console { return b.rux(timed(clk), s.keep) }
}

func TestALoginServesAllRunsWhileItsTokenLives(t *testing.T) {
	for _, life := range []int{10, 21600} {
		k, s, clk := &tokens{expires: life, rux: true}, &shelf{}, newClock()
		run := runs(t, k, s, clk)
		for range 5 {
			must[[]entity.Target](t)(hosts(t, run(), entity.Query{}))
			clk.pass(time.Duration(life) * time.Second / 10)
		}
		if got, want := k.asked(), "client_credentials"; got != want {
			t.Errorf("tokens of %d s: grants %q, want %q", life, got, want)
		}
		clk.pass(time.Duration(life) * time.Second / 2) // what is left is too little to begin with
		must[[]entity.Target](t)(hosts(t, run(), entity.Query{}))
		must[[]entity.Target](t)(hosts(t, run(), entity.Query{}))
		if got, want := k.asked(), "client_credentials refresh_token"; got != want {
			t.Errorf("tokens of %d s, afterwards: grants %q, want %q", life, got, want)
		}
	}
}

func TestQUXLoginsServeAllRunsToo(t *testing.T) {
	b, k, s, clk := newBrain(t), &tokens{expires: 300}, &shelf{}, newClock()
	b.mux.Handle("POST /api/v2.5/oauth2/token", k)
	b.mux.HandleFunc("GET /api/v2.5/hosts", k.current)
	for range 3 {
		must[[]entity.Target](t)(hosts(t, b.qux(quxOAuth, timed(clk), s.keep), entity.Query{}))
	}
	clk.pass(300 * time.Second)
	must[[]entity.Target](t)(hosts(t, b.qux(quxOAuth, timed(clk), s.keep), entity.Query{}))
	if got, want := k.asked(), "client_credentials client_credentials"; got != want {
		t.Errorf("grants %q, want %q", got, want)
	}
}

func TestAKeptTokenThatIsRefusedGivesWayToALogin(t *testing.T) {
	k, s, clk := &tokens{expires: 21600, rux: true, refuseRefresh: 401}, &shelf{}, newClock()
	run := runs(t, k, s, clk)
	must[[]entity.Target](t)(hosts(t, run(), entity.Query{}))
	k.mu.Lock()
	k.n = 100 // an administrator ended all logins
	k.mu.Unlock()
	must[[]entity.Target](t)(hosts(t, run(), entity.Query{}))
	must[[]entity.Target](t)(hosts(t, run(), entity.Query{}))
	if got, want := k.asked(), "client_credentials refresh_token client_credentials"; got != want {
		t.Errorf("grants %q, want %q", got, want)
	}
}

func TestAKeptTokenIsDroppedWhenNoLoginReplacesIt(t *testing.T) {
	b, k, s := newBrain(t), &tokens{expires: 21600}, &shelf{}
	b.turns("POST /api/v2.5/oauth2/token", k.ServeHTTP, say(401, `{"detail":"Invalid client."}`))
	b.turns("GET /api/v2.5/hosts", k.current, say(401, `{"message":"Unauthorized"}`))
	must[[]entity.Target](t)(hosts(t, b.qux(quxOAuth, s.keep), entity.Query{}))
	if s.text == "" {
		t.Fatal("nothing was kept")
	}
	if _, err := hosts(t, b.qux(quxOAuth, s.keep), entity.Query{}); entity.ClassOf(err) != entity.Unauthorized {
		t.Errorf("error %v, want unauthorized", err)
	}
	if s.text != "" {
		t.Error("the refused token is kept")
	}
}

func TestWhatAnotherRunRenewedIsTakenOver(t *testing.T) {
	k, s, clk := &tokens{expires: 300, rux: true}, &shelf{}, newClock()
	run := runs(t, k, s, clk)
	one, other := run(), run()
	must[[]entity.Target](t)(hosts(t, one, entity.Query{}))
	must[[]entity.Target](t)(hosts(t, other, entity.Query{}))
	clk.pass(300 * time.Second)
	for range 3 {
		must[[]entity.Target](t)(hosts(t, one, entity.Query{}))
		must[[]entity.Target](t)(hosts(t, other, entity.Query{}))
	}
	if got, want := k.asked(), "client_credentials refresh_token"; got != want {
		t.Errorf("grants %q, want %q", got, want)
	}
}

func TestARunThatIsRefusedLooksForWhatAnotherGotMeanwhile(t *testing.T) {
	k, s, clk := &tokens{expires: 21600, rux: true}, &shelf{}, newClock()
	run := runs(t, k, s, clk)
	one := run()
	must[[]entity.Target](t)(hosts(t, one, entity.Query{}))
	s.Save(t.Context(), "")
	must[[]entity.Target](t)(hosts(t, run(), entity.Query{})) // logs in, which makes the first token worthless
	must[[]entity.Target](t)(hosts(t, one, entity.Query{}))
	if got, want := k.asked(), "client_credentials client_credentials"; got != want {
		t.Errorf("grants %q, want %q", got, want)
	}
}

func TestATokenIsOfUseOnlyToWhomItWasGiven(t *testing.T) {
	for name, change := range map[string]func(*vectra.Config, string){
		"another brain": func(cfg *vectra.Config, other string) { cfg.URL = other },
		"another client": func(cfg *vectra.Config, _ string) {
			cfg.Auth = vectra.OAuth(vectra.Fixed("else"), vectra.Fixed("client-secret"))
		},
		"another secret": func(cfg *vectra.Config, _ string) {
			cfg.Auth = vectra.OAuth(vectra.Fixed("client"), vectra.Fixed("newer-secret"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, other, s := newBrain(t).granting(), newBrain(t), &shelf{}
			b.on("GET /api/v3.4/hosts", 200, envelope(1, "", hostRow(1)))
			must[[]entity.Target](t)(hosts(t, b.rux(s.keep), entity.Query{}))
			c := b.rux(s.keep, func(cfg *vectra.Config) { change(cfg, other.srv.URL) })
			_, _ = hosts(t, c, entity.Query{})
			for _, at := range []*brain{b, other} {
				for i, r := range at.seen("GET", "/api/v3.4/hosts") {
					if at == other || i > 0 && len(b.seen("POST", "/oauth2/token")) < 2 {
						t.Errorf("sent %q", r.auth)
					}
				}
			}
		})
	}
}

func TestWhatIsKeptAndIsNoLoginIsNoHarm(t *testing.T) {
	for _, text := range []string{"x", "{}", "[]", `{"bound":7}`, `{"bound":"","access":"a"}`, strings.Repeat("{", 9999)} {
		k, s := &tokens{expires: 21600, rux: true}, &shelf{text: text}
		must[[]entity.Target](t)(hosts(t, runs(t, k, s, newClock())(), entity.Query{}))
		if got, want := k.asked(), "client_credentials"; got != want || s.text == text {
			t.Errorf("%.20q: grants %q, want %q", text, got, want)
		}
	}
}

func TestAKeptTokenIsNotShownInErrors(t *testing.T) {
	b, k, s, clk := newBrain(t), &tokens{expires: 21600, rux: true}, &shelf{}, newClock()
	b.mux.Handle("POST /oauth2/token", k)
	b.turns("GET /api/v3.4/hosts", k.current, func(w http.ResponseWriter, r *http.Request) {
		reply(w, 400, fmt.Sprintf(`{"detail":"no: %s"}`, r.Header.Get("Authorization")))
	})
	must[[]entity.Target](t)(hosts(t, b.rux(timed(clk), s.keep), entity.Query{}))
	_, err := hosts(t, b.rux(timed(clk), s.keep), entity.Query{})
	if err == nil || !strings.Contains(err.Error(), "no: ") || strings.Contains(err.Error(), "access-") || k.asked() != "client_credentials" {
		t.Errorf("got %v after %s", err, k.asked())
	}
}

func TestARefreshTokenLastsWhileTheSecretsCannotBeRead(t *testing.T) {
	b, k, clk := newBrain(t), &tokens{expires: 300, rux: true}, newClock()
	b.mux.Handle("POST /oauth2/token", k)
	b.mux.HandleFunc("GET /api/v3.4/hosts", k.current)
	var locked error
	secret := func(context.Context) (string, error) { return "client-secret", locked }
	c := b.rux(timed(clk), func(cfg *vectra.Config) { cfg.Auth = vectra.OAuth(vectra.Fixed("client"), secret) })
	must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
	locked = errors.New("the keyring is locked")
	clk.pass(300 * time.Second)
	must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
	clk.pass(25 * time.Hour)
	if _, err := hosts(t, c, entity.Query{}); !errors.Is(err, locked) {
		t.Errorf("got %v", err)
	}
}
