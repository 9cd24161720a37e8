package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Form says how a question is answered.
type Form int

// The forms of questions.
const (
	// Text is answered with a line.
	Text Form = iota
	// Hidden is a line that is not shown while it is typed.
	Hidden
	// Yes is answered with Affirmed or Denied.
	Yes
	// One is answered with the value of one option, Some with the values of any number of them, parted by commas.
	One
	Some
)

// The answers to a question of form Yes.
const (
	Affirmed = "yes"
	Denied   = "no"
)

// Option is one of the answers to choose from.
type Option struct{ Value, Label string }

// Question is one thing that a person is asked.
type Question struct {
	// Key is what it is about, mostly a key of the file: "brain.hq.url".
	Key string
	// Help says what the answer means, in a sentence or more.
	Help string
	Form Form
	// Default is the answer that is there already.
	Default string
	Options []Option
	// Kept says that no answer to a Hidden question leaves in place what is there.
	Kept bool
	// Check says what is wrong with an answer; nil takes every answer.
	Check func(answer string) error
}

// Prompter puts questions to a person.
type Prompter interface {
	// Ask gives the answer; ErrBack when the person wants to see the question before, ErrEnded when nobody answers
	// any more. What is typed is trimmed; whether it is a good answer is judged by Problem.
	Ask(ctx context.Context, q Question) (string, error)
	// Tell shows a text of one line or more.
	Tell(text string) error
	// Keys says how to answer, to go back and to end.
	Keys() string
}

var (
	// ErrBack says that a person wants to see the question before.
	ErrBack = errors.New("back to the question before")
	// ErrEnded says that a person ended the questions, or that the input did.
	ErrEnded = errors.New("the questions were ended")
)

// maxAnswer bounds an answer in bytes.
const maxAnswer = 16 << 10

// Problem says what is wrong with an answer; nil is a good one.
func (q Question) Problem(answer string) error {
	switch {
	case len(answer) > maxAnswer:
		return fmt.Errorf("longer than %d KiB", maxAnswer>>10)
	case q.Form == Yes && answer != Affirmed && answer != Denied:
		return fmt.Errorf("write %s or %s", Affirmed, Denied)
	case q.Form == One && !q.offers(answer):
		return errors.New("choose one of those that are shown")
	case q.Form == Some && slices.ContainsFunc(parts(answer), func(one string) bool { return !q.offers(one) }):
		return errors.New("choose among those that are shown")
	case q.Check == nil:
		return nil
	}
	return q.Check(answer)
}

func (q Question) offers(value string) bool {
	return slices.ContainsFunc(q.Options, func(o Option) bool { return o.Value == value })
}

// parts are the pieces of a text that commas part, without empty ones.
func parts(text string) []string {
	var all []string
	for _, one := range strings.Split(text, ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// clean takes out what no answer needs and a terminal would obey: control characters, and blanks around the text.
func clean(answer string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, answer))
}
