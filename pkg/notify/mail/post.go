package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/var-project/var/pkg/notify"
)

// post is a server that takes mails.
type post struct {
	server, address string
	security        string
	tls             *tls.Config
	// name is ours in the greeting.
	name string
}

// mail hands a letter to the server for all recipients in one transaction. Its error is a RefusedError where that is
// all that went wrong.
func (c *Channel) mail(ctx context.Context, letter []byte) error {
	client, end, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer end()
	refused, err := c.hand(client, letter)
	if err != nil {
		return c.explained(err)
	}
	_ = client.Quit() // what the server has taken it has taken
	if len(refused) > 0 {
		return &RefusedError{Recipients: refused, Taken: len(refused) < len(c.to)}
	}
	return nil
}

// enter connects and logs in. end closes the connection, which also ends with ctx.
func (c *Channel) enter(ctx context.Context) (client *smtp.Client, end func(), err error) {
	if client, end, err = c.post.open(ctx); err != nil {
		return nil, nil, c.explained(err)
	}
	if err := c.login.in(client); err != nil {
		end()
		return nil, nil, c.explained(err)
	}
	return client, end, nil
}

// explained is an error with the server's address and what to do.
func (c *Channel) explained(err error) error {
	return notify.Explain(fmt.Errorf("%s: %w", c.post.address, said(err)), "notify.mail")
}

// open connects, greets and makes safe. end closes the connection, which also ends with ctx.
func (p post) open(ctx context.Context) (client *smtp.Client, end func(), err error) {
	conn, err := p.dial(ctx)
	if err != nil {
		return nil, nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	end = func() {
		stop()
		_ = conn.Close()
	}
	if client, err = p.greet(conn); err != nil {
		end()
		return nil, nil, err
	}
	return client, end, nil
}

func (p post) dial(ctx context.Context) (net.Conn, error) {
	plain, err := (&net.Dialer{}).DialContext(ctx, "tcp", p.address)
	if err != nil {
		return nil, err
	}
	conn := &talk{plain, mostTalk}
	if p.security != TLS {
		return conn, nil
	}
	safe := tls.Client(conn, p.tls)
	if err := safe.HandshakeContext(ctx); err != nil {
		_ = plain.Close()
		return nil, err
	}
	return safe, nil
}

func (p post) greet(conn net.Conn) (*smtp.Client, error) {
	client, err := smtp.NewClient(conn, p.server)
	if err != nil {
		return nil, err
	}
	if err := client.Hello(p.name); err != nil {
		return nil, err
	}
	if p.security != STARTTLS {
		return client, nil
	}
	if offered, _ := client.Extension("STARTTLS"); !offered {
		return nil, errors.New("the server offers no STARTTLS, and nothing was sent; set notify.mail.security to tls, " +
			"or to none where everybody on the way may read it")
	}
	return client, client.StartTLS(p.tls)
}

// hand gives a letter to the server for each recipient that it accepts. It fails when nobody has it, as far as we know.
func (c *Channel) hand(client *smtp.Client, letter []byte) (refused []Refusal, err error) {
	refused, err = c.address(client)
	if err != nil || len(refused) == len(c.to) {
		return refused, err
	}
	data, err := client.Data()
	if err != nil {
		return nil, err
	}
	if _, err := data.Write(letter); err != nil {
		return nil, err
	}
	return refused, data.Close()
}

// address names the sender and each recipient, and answers which of these the server refuses.
func (c *Channel) address(client *smtp.Client) (refused []Refusal, err error) {
	client.SkipSMTPUTF8(c.inASCII())
	if err := client.Mail(path(c.from)); err != nil {
		return nil, fmt.Errorf("from %s: %w; is the sender one that this server takes mail from? See notify.mail.from", c.from.Address, said(err))
	}
	for _, to := range c.to {
		var answer *textproto.Error
		switch err := client.Rcpt(path(to)); {
		case errors.As(err, &answer):
			refused = append(refused, Refusal{to.Address, said(err).Error()})
		case err != nil:
			return nil, err
		}
	}
	return refused, nil
}

// inASCII reports that no address needs the extension for others, which not every server on the way has.
func (c *Channel) inASCII() bool {
	all := path(c.from)
	for _, to := range c.to {
		all += path(to)
	}
	return strings.IndexFunc(all, func(r rune) bool { return r > '~' }) < 0
}
