package mail

import (
	"errors"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/var-project/var/pkg/internal/inert"
)

// Refusal is a recipient that the server does not deliver to, and what it says of it.
type Refusal struct{ Recipient, Answer string }

// RefusedError says which recipients did not get a mail.
type RefusedError struct {
	Recipients []Refusal
	// Taken: the others did.
	Taken bool
}

// Error names each recipient, with the server's words.
func (e *RefusedError) Error() string {
	each := make([]string, len(e.Recipients))
	for i, r := range e.Recipients {
		each[i] = r.Recipient + ": " + r.Answer
	}
	text := "refused for " + strings.Join(each, "; for ") + "; see notify.mail.to"
	if e.Taken {
		return text + " (the other recipients have it)"
	}
	return text
}

// mostAnswer is how much of a server's words is told, in bytes.
const mostAnswer = 300

// said is an error with the server's words made legible; any other error as it is.
func said(err error) error {
	var answer *textproto.Error
	if errors.As(err, new(saidError)) || !errors.As(err, &answer) {
		return err
	}
	return saidError{err, strconv.Itoa(answer.Code) + " " + inert.Short(strings.ReplaceAll(answer.Msg, "\n", " "), mostAnswer)}
}

type saidError struct {
	error
	text string
}

func (e saidError) Error() string { return e.text }
func (e saidError) Unwrap() error { return e.error }
