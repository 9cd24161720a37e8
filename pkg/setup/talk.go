package setup

import (
	"context"
	"errors"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
)

// talk is a conversation over a draft of the file. It is one function that asks question after question; to go back,
// the last answer is forgotten and the function runs again from the beginning, over the answers that are left. What
// was tried out is remembered like an answer and not tried again.
type talk struct {
	Options
	// original is the text at the beginning, draft what the answers have made of it.
	original, draft *config.Document
	given           Secrets
	steps           []step
	// at is the next step to be repeated; beyond the last one everything is new.
	at int
	// plugins and fresh are what this run found and made.
	plugins []Plugin
	fresh   map[string]bool
	// before holds what went wrong already, typed counts the secrets that were typed.
	before map[stand]bool
	typed  int
	// seen says that the last question was put once, failed that writing went wrong.
	seen     bool
	failed   bool
	schema   schema.Description
	readings map[string]reading
}

// step is an answer of a person, or what a trial found.
type step struct {
	asked bool
	value any
}

// hold runs the conversation until it ends, however often the person goes back.
func (t *talk) hold(ctx context.Context, conversation func(context.Context) (string, error)) (string, error) {
	for {
		t.draft, t.given, t.fresh, t.at, t.seen = t.original.Clone(), Secrets{}, map[string]bool{}, 0, false
		t.before, t.typed = map[stand]bool{}, 0
		choice, err := conversation(ctx)
		if !errors.Is(err, ErrBack) {
			return choice, err
		}
		t.forget()
	}
}

// forget drops the last answer and all that was found after it. At the first question there is none.
func (t *talk) forget() {
	for i := len(t.steps) - 1; i >= 0; i-- {
		if t.steps[i].asked {
			t.steps = t.steps[:i]
			return
		}
	}
}

func (t *talk) repeating() bool { return t.at < len(t.steps) }

// next is the value of the step that is repeated.
func (t *talk) next() any {
	value := t.steps[t.at].value
	t.at++
	return value
}

func (t *talk) note(s step) {
	t.steps = append(t.steps, s)
	t.at++
}

// ask puts a question until the answer is a good one.
func (t *talk) ask(ctx context.Context, q Question) (string, error) {
	if t.repeating() {
		answer, _ := t.next().(string)
		return answer, nil
	}
	for {
		answer, err := t.Prompter.Ask(ctx, q)
		switch {
		case context.Cause(ctx) != nil:
			return "", ErrEnded
		case err != nil:
			return "", err
		}
		answer = clean(answer)
		wrong := q.Problem(answer)
		if wrong == nil {
			t.note(step{true, answer})
			return answer, nil
		}
		if err := t.tell(q.Key + ": " + wrong.Error()); err != nil {
			return "", err
		}
	}
}

// tell shows a text once, however often the conversation is repeated.
func (t *talk) tell(text string) error {
	if t.repeating() {
		return nil
	}
	return t.Prompter.Tell(text)
}

// find tries something out, once, however often the conversation is repeated.
func find[T any](ctx context.Context, t *talk, try func() T) (T, error) {
	if t.repeating() {
		found, _ := t.next().(T)
		return found, nil
	}
	found := try()
	if context.Cause(ctx) != nil {
		return found, ErrEnded
	}
	t.note(step{false, found})
	return found, nil
}

// yes asks for one of two ways.
func (t *talk) yes(ctx context.Context, key, help string, usual bool) (bool, error) {
	answer, err := t.ask(ctx, Question{Key: key, Help: help, Form: Yes, Default: yesOr(usual)})
	return answer == Affirmed, err
}

func yesOr(b bool) string {
	if b {
		return Affirmed
	}
	return Denied
}
