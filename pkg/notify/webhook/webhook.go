// Package webhook posts what the history tells to a URL: as JSON of a stable shape, as messages of Slack or Teams, or in
// the form of a template of the operator.
package webhook

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/var-project/var/pkg/internal/wait"
	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/secret"
)

// The templates.
const (
	JSON  = "json"
	Slack = "slack"
	Teams = "teams"
)

// Config is where to post, and in which form.
type Config struct {
	// Name is that of the channel's table: notify.webhook.NAME.
	Name string
	// URL is a secret wherever whoever knows it may post there; it stands in no error.
	URL secret.String
	// Token is sent as "Authorization: Bearer", when there is one.
	Token secret.String
	// Template is JSON, Slack or Teams; empty: JSON. Form is the text of a template of one's own in its place.
	Template, Form string
	// Timeout bounds one answer; 0: ten seconds.
	Timeout time.Duration
	// Proxy finds the proxy of a request; nil: that of the environment.
	Proxy func(*http.Request) (*url.URL, error)
	// TLS is for https; nil: the system's authorities, and the name in the URL.
	TLS *tls.Config
}

// Channel posts to one URL.
type Channel struct {
	table   string
	url     *url.URL
	token   secret.String
	timeout time.Duration
	hidden  secret.Redactor
	client  *http.Client
	bodies  func(notify.Batch) ([]body, error)
	pause   func(context.Context, time.Duration) error
}

// body is one message, its key, and how many events of the batch are in it.
type body struct {
	key    string
	text   []byte
	events int
}

// New refuses a URL and a template that are none. It connects to nothing.
func New(c Config, o notify.Origin) (*Channel, error) {
	table := "notify.webhook." + c.Name
	u, err := url.Parse(c.URL.Reveal())
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New(table + ".url: is not a URL: write https:// and a host") // it is not repeated: it may be a secret
	}
	bodies, err := formOf(c, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", table, err)
	}
	ch := &Channel{
		table: table, url: u, token: c.Token, timeout: cmp.Or(c.Timeout, 10*time.Second), bodies: bodies, pause: wait.For,
		client: clientOf(c),
	}
	ch.hide(c)
	return ch, nil
}

// hide has errors show neither the URL, beyond its host, nor the token.
func (c *Channel) hide(config Config) {
	c.hidden.Add(config.URL, config.Token, secret.New(c.url.RequestURI()), secret.New(c.url.RawQuery))
	if path := c.url.EscapedPath(); path != "/" {
		c.hidden.Add(secret.New(path), secret.New(c.url.Path))
	}
	if c.url.User != nil {
		password, _ := c.url.User.Password()
		c.hidden.Add(secret.New(password), secret.New(c.url.User.String()))
	}
}

// Send posts a batch, in as many messages as it takes, each under a key by which the other end can tell whether it had
// it before.
func (c *Channel) Send(ctx context.Context, b notify.Batch) (taken int, err error) {
	messages, err := c.bodies(b)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", c.table, err)
	}
	for _, m := range messages {
		if err := c.deliver(ctx, m.key, m.text); err != nil {
			return taken, fmt.Errorf("%s: %w", c.table, err)
		}
		taken += m.events
	}
	return taken, nil
}

// Close ends connections that wait for more.
func (c *Channel) Close() error {
	c.client.CloseIdleConnections()
	return nil
}
