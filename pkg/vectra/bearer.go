package vectra

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// loginTries is how often a token is asked for when the brain does not answer.
const loginTries = 3

// grant is a token with what is needed to get the next one.
type grant struct {
	access, refresh           string
	accessUntil, refreshUntil time.Time // zero: until it is refused
}

// bearer is OAuth2 with client credentials, and with refresh tokens where the brain gives
// any. One goroutine asks for a token at a time; the others wait for what it gets.
type bearer struct {
	c      *Console
	auth   Auth
	path   string
	tokens Tokens
	turn   chan struct{}
	held   grant
}

// newBearer knows where tokens are given: QUX below the versioned path, RUX at the origin.
func newBearer(c *Console, a Auth) *bearer {
	b := &bearer{c: c, auth: a, path: "/oauth2/token", tokens: c.tokens, turn: make(chan struct{}, 1)}
	if !c.api.rux {
		b.path = c.path("oauth2/token")
	}
	if b.tokens == nil {
		b.tokens = forgetful{}
	}
	return b
}

func (b *bearer) header(ctx context.Context) (string, error) {
	if err := b.enter(ctx); err != nil {
		return "", err
	}
	defer b.leave()
	if !live(b.held.access, b.held.accessUntil, b.c.now()) {
		if err := b.obtain(ctx, ""); err != nil {
			return "", err
		}
	}
	return "Bearer " + b.held.access, nil
}

// renew gets a new token, unless somebody did while this caller waited.
func (b *bearer) renew(ctx context.Context, refused string) (bool, error) {
	if err := b.enter(ctx); err != nil {
		return false, err
	}
	defer b.leave()
	if refused != "Bearer "+b.held.access {
		return true, nil
	}
	access := b.held.access
	b.held.access = ""
	err := b.obtain(ctx, access)
	if err != nil {
		b.forget(ctx, access)
	}
	return true, err
}

func (b *bearer) enter(ctx context.Context) error {
	select {
	case b.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &lost{err: context.Cause(ctx)}
	}
}

func (b *bearer) leave() { <-b.turn }

func live(token string, until, now time.Time) bool {
	return token != "" && (until.IsZero() || now.Before(until))
}

// obtain takes the token that another run left, unless it is the one that was refused; else it asks for one, and
// leaves that to other runs.
func (b *bearer) obtain(ctx context.Context, refused string) error {
	id, secret, err := b.credentials(ctx)
	if err != nil {
		return b.endure(ctx, err)
	}
	bound := b.bound(id, secret)
	if b.recall(ctx, bound, refused) {
		return nil
	}
	if err := b.grant(ctx, id, secret); err != nil {
		return err
	}
	b.remember(ctx, bound)
	return nil
}

// endure goes on without credentials as long as a refresh token lasts: a keyring may be locked for a while.
func (b *bearer) endure(ctx context.Context, err error) error {
	if !live(b.held.refresh, b.held.refreshUntil, b.c.now()) {
		return err
	}
	return b.refresh(ctx)
}

// grant refreshes where that is possible, else or when it is refused logs in.
func (b *bearer) grant(ctx context.Context, id, secret string) error {
	if live(b.held.refresh, b.held.refreshUntil, b.c.now()) {
		err := b.refresh(ctx)
		if err == nil || !refusal(err) {
			return err
		}
		b.held.refresh = ""
	}
	return b.exchange(ctx, id, secret)
}

func (b *bearer) credentials(ctx context.Context) (id, secret string, err error) {
	if id, err = reveal(ctx, b.auth.id, "client_id"); err != nil {
		return "", "", err
	}
	secret, err = reveal(ctx, b.auth.secret, "client_secret")
	b.c.veil.hide(secret)
	return id, secret, err
}

// refusal is any answer without a token, rather than no answer or "later".
func refusal(err error) bool {
	var s *statusError
	return errors.Is(err, errNoToken) || errors.As(err, &s) && s.status != http.StatusTooManyRequests
}

func (b *bearer) refresh(ctx context.Context) error {
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {b.held.refresh}}
	return b.ask(ctx, form, "")
}

func (b *bearer) exchange(ctx context.Context, id, secret string) error {
	basic := base64.StdEncoding.EncodeToString([]byte(id + ":" + secret))
	b.c.veil.hide(basic)
	return b.ask(ctx, url.Values{"grant_type": {"client_credentials"}}, "Basic "+basic)
}

func (b *bearer) ask(ctx context.Context, form url.Values, basic string) error {
	k := call{
		method: http.MethodPost, path: b.path, kind: "application/x-www-form-urlencoded",
		body: []byte(form.Encode()), limit: maxSmall, tries: loginTries,
	}
	a, err := b.c.repeat(ctx, k, func() (answer, error) { return b.c.send(ctx, k, basic) })
	if err != nil {
		return err
	}
	return b.keep(k, a)
}

var errNoToken = errors.New("the answer holds no access token")

// given is an answer of the token endpoint.
type given struct {
	access, refresh         string
	expires, refreshExpires number
}

func (g *given) scan(r *reader) error {
	for key := range r.Keys() {
		switch string(key) {
		case "access_token":
			g.access = r.string()
		case "refresh_token":
			g.refresh = r.string()
		case "expires_in":
			g.expires = r.number()
		case "refresh_expires_in":
			g.refreshExpires = r.number()
		}
	}
	return r.End()
}

// keep takes over an answer of the token endpoint. A refresh answer may leave the refresh
// token out: the old one stays good.
func (b *bearer) keep(k call, a answer) error {
	var t given
	if err := t.scan(newReader(a.body)); err != nil || t.access == "" {
		return problem(entity.Transient, "%s: %w", k, errNoToken)
	}
	now := b.c.now()
	b.c.veil.hide(t.access, t.refresh)
	b.held.access, b.held.accessUntil = t.access, expiry(now, t.expires)
	if t.refresh != "" {
		b.held.refresh, b.held.refreshUntil = t.refresh, expiry(now, t.refreshExpires)
	}
	return nil
}

// expiry is when a token is renewed: before its end by 100 s, or a tenth of a short life.
func expiry(now time.Time, seconds number) time.Time {
	if !seconds.set || seconds.n <= 0 {
		return time.Time{}
	}
	life := time.Duration(min(seconds.n, 1<<30)) * time.Second
	return now.Add(life - min(100*time.Second, life/10))
}
