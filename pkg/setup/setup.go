package setup

import (
	"context"
	"strings"
	"time"

	"github.com/var-project/var/pkg/config"
)

// Options are what the questions need around them.
type Options struct {
	Prompter Prompter
	Trial    Trial
	Keyring  Keyring
	// BrainNeeds are the secrets that a brain is logged in to with.
	BrainNeeds func(name string, b config.Brain) []Need
	Now        func() time.Time
	// KeepSecrets puts what was given into the keyring; else it is for the trials alone.
	KeepSecrets bool
}

// Result is what became of the questions.
type Result struct {
	// Written says that the file is as it was answered. Nothing was changed anywhere when it is not.
	Written bool
	// Given are the secrets that were typed.
	Given Secrets
	// Plan says that the person wants to see what a pass would do.
	Plan bool
}

// Run asks, and writes what was answered into the file of the document once the person says so. The document itself
// is not changed. ErrEnded says that the person, or the input, ended it before.
func Run(ctx context.Context, d *config.Document, o Options) (Result, error) {
	described, err := config.Describe()
	if err != nil {
		return Result{}, err
	}
	t := &talk{Options: o, original: d, schema: described, readings: map[string]reading{}}
	for {
		choice, err := t.hold(ctx, t.conversation)
		if err != nil || choice == toLeave {
			return Result{}, err
		}
		told, err := t.write(ctx, choice)
		if err == nil {
			return t.written(ctx, told)
		}
		if err := t.Prompter.Tell(oneLine(err.Error())); err != nil {
			return Result{}, err
		}
		t.failed = true
		t.forget()
	}
}

// written tells what was done, and offers to show what comes of it.
func (t *talk) written(ctx context.Context, told []string) (Result, error) {
	done := Result{Written: true, Given: t.given}
	if err := t.Prompter.Tell(strings.Join(append(told, "written"), "\n")); err != nil {
		return done, err
	}
	answer, err := t.Prompter.Ask(ctx, Question{
		Key: "var plan", Help: "Show now what a pass would do? It changes nothing.", Form: Yes, Default: Affirmed,
	})
	done.Plan = err == nil && answer == Affirmed // a person who goes away now has what was asked for
	return done, nil
}

// conversation is everything that is asked, from the first word to what is to be done with the answers.
func (t *talk) conversation(ctx context.Context) (choice string, err error) {
	if err = t.welcome(ctx); err == nil {
		err = t.mend(ctx)
	}
	if err == nil && t.empty() {
		err = t.all(ctx)
	}
	for err == nil {
		if choice, err = t.review(ctx); err != nil {
			break
		}
		switch choice {
		case toWrite, toFile, toLeave:
			return choice, nil
		case toLook:
		case toAll:
			err = t.all(ctx)
		default:
			err = sections()[indexOf(sections(), choice)].ask(t, ctx)
		}
	}
	return "", err
}

// empty says that there is no configuration yet.
func (t *talk) empty() bool { return len(t.original.Bytes()) == 0 }

func (t *talk) welcome(ctx context.Context) error {
	words := "What the file says is the answer to begin with. Nothing is written, and no secret is stored, before you say so."
	if t.empty() {
		words = "A new configuration. Nothing is written, and no secret is stored, before the last question."
	}
	if t.KeepSecrets {
		if err := t.Keyring.Ready(ctx); err != nil {
			words += "\nSecrets cannot be stored here: " + oneLine(err.Error())
		}
	}
	return t.tell(words + "\n" + t.Prompter.Keys())
}

func (t *talk) all(ctx context.Context) error {
	for _, s := range sections() {
		if err := t.tell("\n" + s.label); err != nil {
			return err
		}
		if err := s.ask(t, ctx); err != nil {
			return err
		}
	}
	return nil
}
