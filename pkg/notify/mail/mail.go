// Package mail tells events to people: a digest of what needs attention and what changed, as text and HTML, over SMTP.
package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"time"

	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/secret"
)

// How the connection is made safe, and how one logs in.
const (
	STARTTLS = "starttls"
	TLS      = "tls"
	Plain    = "none"

	AuthAuto    = "auto"
	AuthPlain   = "plain"
	AuthLogin   = "login"
	AuthCRAMMD5 = "cram-md5"
	AuthNone    = "none"
)

// DefaultSubject is the predecessor's.
const DefaultSubject = "Vectra Automated Response"

// Config says where mails go, and from whom. What is empty of Security, Auth and Subject is the first of the words
// above.
type Config struct {
	// Server is a name or address; Port 0 is the usual one: 587 with starttls, 465 with tls, 25 with none.
	Server   string
	Port     int
	Security string
	Auth     string
	// User is empty where nobody logs in.
	User     string
	Password secret.String
	From     string
	To       []string
	Subject  string
	// TLS may be nil: the system's authorities, and the name of Server.
	TLS *tls.Config
}

// Channel sends mails through one server.
type Channel struct {
	post     post
	login    login
	from     *mail.Address
	to       []*mail.Address
	subject  string
	origin   notify.Origin
	patience time.Duration
}

// patience is the most time for one mail, where the caller sets none that is shorter.
const patience = time.Minute

// New refuses addresses that are none, words that it does not know, and a password that everybody on the way could
// read. It connects to nothing.
func New(c Config, o notify.Origin) (*Channel, error) {
	c, err := c.complete()
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	from, to, err := c.addresses()
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return &Channel{
		post:  post{server: c.Server, address: c.address(), security: c.Security, tls: c.tls(), name: greeting(o.Host)},
		login: login{how: c.Auth, user: c.User, password: c.Password, server: c.Server},
		from:  from, to: to, subject: c.Subject, origin: o, patience: patience,
	}, nil
}

// Send mails a digest to all recipients at once. As soon as the server takes it for one of them, it is taken: those it
// refuses are named in a complaint and get the next, since the others would get this one twice. The mail's Message-ID is
// the same when a batch is sent again.
func (c *Channel) Send(ctx context.Context, b notify.Batch) (int, error) {
	if len(b.Events) == 0 && !b.Test && b.Missed == 0 {
		return 0, nil
	}
	letter, err := c.letter(b)
	if err != nil {
		return 0, fmt.Errorf("mail: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.patience, fmt.Errorf("not done within %v", c.patience))
	defer cancel()
	err = c.mail(ctx, letter)
	var refused *RefusedError
	switch {
	case err == nil:
		return len(b.Events), nil
	case errors.As(err, &refused) && refused.Taken:
		return len(b.Events), &notify.Complaint{Err: fmt.Errorf("mail: %w", err)}
	}
	return 0, fmt.Errorf("mail: %w", err)
}

// Close has nothing to end: each mail has a connection of its own.
func (*Channel) Close() error { return nil }

func (c Config) complete() (Config, error) {
	if c.Server == "" {
		return c, errors.New("no server: set notify.mail.server")
	}
	if c.Subject == "" {
		c.Subject = DefaultSubject
	}
	if err := oneOf("security", &c.Security, STARTTLS, TLS, Plain); err != nil {
		return c, err
	}
	if err := oneOf("auth", &c.Auth, AuthAuto, AuthPlain, AuthLogin, AuthCRAMMD5, AuthNone); err != nil {
		return c, err
	}
	if c.User == "" || c.Auth == AuthNone {
		c.Auth, c.User = AuthNone, ""
		return c, nil
	}
	if c.Password.Empty() {
		return c, fmt.Errorf("no password for %q: set the secret notify.mail.password", c.User)
	}
	if c.Security == Plain && (c.Auth == AuthPlain || c.Auth == AuthLogin) {
		return c, fmt.Errorf("%w; set notify.mail.security to starttls or tls, or notify.mail.auth to cram-md5", errUnsafe)
	}
	return c, nil
}

// oneOf takes the first word for none, and refuses one that is not known.
func oneOf(key string, value *string, known ...string) error {
	if *value == "" {
		*value = known[0]
	}
	if !slices.Contains(known, *value) {
		return fmt.Errorf("notify.mail.%s: %q is none of %v", key, *value, known)
	}
	return nil
}
