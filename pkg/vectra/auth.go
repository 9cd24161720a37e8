package vectra

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/var-project/var/pkg/entity"
)

// Secret gives a secret text when it is needed. A function is never printed by accident.
type Secret func(ctx context.Context) (string, error)

// Fixed is a secret that is known already.
func Fixed(text string) Secret {
	return func(context.Context) (string, error) { return text, nil }
}

// Auth is how var logs in to a brain: Token or OAuth.
type Auth struct{ token, id, secret Secret }

// Token logs in with a user's API token. QUX only.
func Token(token Secret) Auth { return Auth{token: token} }

// OAuth logs in with the credentials of an API client: RUX, and QUX since v2.5.
func OAuth(id, secret Secret) Auth { return Auth{id: id, secret: secret} }

func (a Auth) check(v version) error {
	switch {
	case a.token == nil && (a.id == nil || a.secret == nil):
		return errors.New("no credentials: give a token, or id and secret of an API client")
	case a.token != nil && v.rux:
		return fmt.Errorf("api %s takes no tokens: auth must be oauth", v.text)
	case a.token == nil && !v.since(5, 0):
		return fmt.Errorf("api %s takes no API clients: auth must be token, or api 2.5", v.text)
	}
	return nil
}

func (a Auth) login(c *Console) login {
	if a.token != nil {
		return &tokenLogin{secret: a.token, veil: &c.veil}
	}
	return newBearer(c, a)
}

// login gives the Authorization header of data calls.
type login interface {
	header(ctx context.Context) (string, error)
	// renew is told that the brain refused a header. It reports whether a new one is worth a try.
	renew(ctx context.Context, refused string) (bool, error)
}

// tokenLogin is the personal token of a user. It does not expire: a refusal is final, but the
// secret is read anew afterwards, as somebody may have replaced it.
type tokenLogin struct {
	secret Secret
	veil   *veil
	mu     sync.Mutex
	cached string
}

func (t *tokenLogin) header(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cached == "" {
		text, err := reveal(ctx, t.secret, "token")
		if err != nil {
			return "", err
		}
		t.veil.hide(text)
		t.cached = "Token " + text
	}
	return t.cached, nil
}

func (t *tokenLogin) renew(context.Context, string) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cached = ""
	return false, nil
}

// reveal asks for a secret. White space around it comes from pasting.
func reveal(ctx context.Context, s Secret, name string) (string, error) {
	text, err := s(ctx)
	if err != nil {
		return "", &entity.Error{Class: entity.Unauthorized, Err: fmt.Errorf("secret %s: %w", name, err)}
	}
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text, "\r\n") {
		return "", &entity.Error{Class: entity.Unauthorized, Err: fmt.Errorf("secret %s is empty or has several lines", name)}
	}
	return text, nil
}

// authorized sends a call with credentials, and once more with new ones when they are refused.
func (c *Console) authorized(ctx context.Context, k call) (answer, error) {
	header, err := c.login.header(ctx)
	if err != nil {
		return answer{}, err
	}
	a, err := c.send(ctx, k, header)
	if err != nil || a.status != 401 {
		return a, err
	}
	if fresh, err := c.login.renew(ctx, header); err != nil || !fresh {
		return a, err
	}
	if k.fresh {
		return answer{}, &stale{c.verdict(k, a, nil)}
	}
	if header, err = c.login.header(ctx); err != nil {
		return answer{}, err
	}
	return c.send(ctx, k, header)
}
