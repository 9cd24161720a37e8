package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/var-project/var/pkg/notify"
)

// letter is a whole mail, as it is sent.
func (c *Channel) letter(b notify.Batch) ([]byte, error) {
	text, html, err := write(digestOf(b, c.origin))
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(c.from)
	m.ToMailAddress(c.to...)
	m.Subject(oneLine(c.subject))
	m.SetDateWithValue(b.At)
	m.SetMessageIDWithValue(messageID(b, c.from))
	// RFC 3834 section 5, and the same for Exchange, which does not mind it.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetBodyString(gomail.TypeTextPlain, text)
	m.AddAlternativeString(gomail.TypeTextHTML, html)
	var letter bytes.Buffer
	if _, err := m.WriteTo(&letter); err != nil {
		return nil, fmt.Errorf("write the mail: %w", err)
	}
	return letter.Bytes(), nil
}

// messageID is the same for the same batch, so that a receiver can drop what it has. Its right side is the sender's
// domain.
func messageID(b notify.Batch, from *mail.Address) string {
	key := b.Key
	if key == "" {
		key = b.At.UTC().Format(time.RFC3339Nano)
	}
	sum := sha256.Sum256([]byte(key))
	_, domain, _ := strings.Cut(from.Address, "@")
	if strings.IndexFunc(domain, func(r rune) bool { return r > '~' }) >= 0 {
		domain = "var.invalid"
	}
	return "var." + hex.EncodeToString(sum[:16]) + "@" + domain
}

func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}
