package main

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/plugins/paloalto/internal/panos"
)

// login gives the API key of one administrator at one management address; firewalls behind a
// Panorama share it. A key is made only when none was given, and once: making it again may end
// other sessions of the same administrator, and a wrong password tried in each pass locks it out.
type login struct {
	url      string
	http     *http.Client
	user     secret.String
	password secret.String
	log      *slog.Logger

	turn chan struct{} // holds one; whoever took it may read and write what follows
	key  secret.String
	err  error
}

func newLogin(url string, client *http.Client, d device, log *slog.Logger) *login {
	return &login{
		url: url, http: client, user: d.User, password: d.Password, log: log,
		turn: make(chan struct{}, 1), key: d.APIKey,
	}
}

// Key is the API key that was given, or the one made on the first call.
func (l *login) Key(ctx context.Context) (secret.String, error) {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return secret.String{}, &blocker.Error{Class: blocker.Transient, Err: context.Cause(ctx)}
	}
	if !l.key.Empty() || l.err != nil {
		return l.key, l.err
	}
	key, err := panos.Keygen(ctx, l.http, l.url, l.user, l.password)
	if err == nil {
		l.key = key
		l.log.Info("made an API key", "url", l.url)
		return key, nil
	}
	if blocker.ClassOf(err) != blocker.Transient {
		l.err = err
	}
	return secret.String{}, err
}
