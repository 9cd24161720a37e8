package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/var-project/var/pkg/blocker"
)

// entrances are the ways to the management addresses: what is one address has one client, so that
// its limit holds for all firewalls behind it, and one login for each administrator.
type entrances struct {
	parallel int
	rate     float64
	timeout  time.Duration
	devices  []device
	log      *slog.Logger
	clients  map[way]*http.Client
	logins   map[who]*login
}

type way struct {
	url string
	tls blocker.TLS
}

type who struct {
	way
	key, user, password string
}

func (e *entrances) login(d device) (*login, error) {
	url, err := base(d.URL)
	if err != nil {
		return nil, fmt.Errorf("url %w", err)
	}
	d, err = e.entitled(d, url)
	if err != nil {
		return nil, err
	}
	w := way{url, d.TLS}
	id := who{w, d.APIKey.Reveal(), d.User.Reveal(), d.Password.Reveal()}
	if l := e.logins[id]; l != nil {
		return l, nil
	}
	client, err := e.client(w)
	if err != nil {
		return nil, err
	}
	if e.logins == nil {
		e.logins = map[who]*login{}
	}
	e.logins[id] = newLogin(url, client, d, e.log)
	return e.logins[id], nil
}

var errNoCredentials = errors.New("has neither an API key nor user and password: set the secret api_key, or both of the secrets user and password")

// entitled is the device with the credentials of the first device at the same address when it has none.
func (e *entrances) entitled(d device, url string) (device, error) {
	for _, lender := range append([]device{d}, e.devices...) {
		at, err := base(lender.URL)
		if err != nil || at != url || !lender.hasCredentials() {
			continue
		}
		d.APIKey, d.User, d.Password = lender.APIKey, lender.User, lender.Password
		return d, nil
	}
	return d, errNoCredentials
}

func (d device) hasCredentials() bool {
	return !d.APIKey.Empty() || (!d.User.Empty() && !d.Password.Empty())
}

func (e *entrances) client(w way) (*http.Client, error) {
	if c := e.clients[w]; c != nil {
		return c, nil
	}
	c, err := blocker.NewClient(blocker.ClientOptions{TLS: w.tls, Parallel: e.parallel, Rate: e.rate, Timeout: e.timeout})
	if err != nil {
		return nil, err
	}
	if e.clients == nil {
		e.clients = map[way]*http.Client{}
	}
	e.clients[w] = c
	return c, nil
}
