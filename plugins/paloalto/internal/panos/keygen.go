package panos

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/secret"
)

// Keygen makes the API key of a user. It may end other API sessions of the same user, so it is
// called only when there is no key. A wrong password is class Unauthorized.
func Keygen(ctx context.Context, client *http.Client, base string, user, password secret.String) (secret.String, error) {
	form := url.Values{"type": {"keygen"}, "user": {user.Reveal()}, "password": {password.Reveal()}}
	r, err := post(ctx, client, base, form, secret.String{})
	if err != nil {
		return secret.String{}, err
	}
	a, err := r.read()
	if err != nil {
		return secret.String{}, err
	}
	if a.Result.Key == "" {
		return secret.String{}, &blocker.Error{Class: blocker.Permanent, Err: errors.New("keygen succeeded but gave no key")}
	}
	return secret.New(a.Result.Key), nil
}
