package mail

import (
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"github.com/var-project/var/pkg/secret"
)

// login is how we log in; how is AuthNone where we do not.
type login struct {
	how, user string
	password  secret.String
	server    string
}

var errUnsafe = errors.New("a password is never sent over a connection that is not encrypted")

// in logs in. A mechanism that shows the password is only used where nobody else can read it.
func (l login) in(client *smtp.Client) error {
	if l.how == AuthNone {
		return nil
	}
	_, offered := client.Extension("AUTH")
	_, safe := client.TLSConnectionState()
	how, err := l.choose(strings.Fields(strings.ToUpper(offered)), safe)
	if err != nil {
		return err
	}
	err = said(client.Auth(l.mechanism(how)))
	var answer *textproto.Error
	if errors.As(err, &answer) && answer.Code == 535 {
		return fmt.Errorf("log in as %s: %w; check notify.mail.user and the secret notify.mail.password", l.user, err)
	}
	if err != nil {
		return fmt.Errorf("log in as %s with %s: %w", l.user, how, err)
	}
	return nil
}

// names are those of RFC 4616, an old draft, and RFC 2195.
var names = map[string]string{AuthPlain: "PLAIN", AuthLogin: "LOGIN", AuthCRAMMD5: "CRAM-MD5"}

// choose takes what is asked for, or the best of what is offered: inside TLS PLAIN, which every server can check,
// outside only what keeps the password to itself.
func (l login) choose(offered []string, safe bool) (string, error) {
	wanted := []string{l.how}
	if l.how == AuthAuto {
		wanted = []string{AuthPlain, AuthLogin, AuthCRAMMD5}
	}
	if !safe {
		wanted = slices.DeleteFunc(wanted, func(how string) bool { return how != AuthCRAMMD5 })
	}
	if len(wanted) == 0 {
		return "", errUnsafe
	}
	for _, how := range wanted {
		if slices.Contains(offered, names[how]) {
			return how, nil
		}
	}
	if l.how == AuthAuto && !safe && len(offered) > 0 {
		return "", fmt.Errorf("%w, and this server offers %v; set notify.mail.security to starttls or tls", errUnsafe, offered)
	}
	return "", fmt.Errorf("the server offers to log in by %v, not by %v; see notify.mail.auth, which is none where nobody logs in", offered, wanted)
}

func (l login) mechanism(how string) smtp.Auth {
	switch how {
	case AuthPlain:
		return smtp.PlainAuth("", l.user, l.password.Reveal(), l.server, false)
	case AuthLogin:
		return smtp.LoginAuth(l.user, l.password.Reveal(), l.server, false)
	}
	return smtp.CRAMMD5Auth(l.user, l.password.Reveal())
}
