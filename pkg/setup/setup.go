package setup

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
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

// mend shows what is wrong with the file as it is, and offers to take out what nobody understands.
func (t *talk) mend(ctx context.Context) error {
	if t.empty() {
		return nil
	}
	problems := t.reading(t.draft).problems
	for _, p := range problems {
		if err := t.tell(oneLine(p.String())); err != nil {
			return err
		}
	}
	for _, p := range problems {
		if !t.removable(p) {
			continue
		}
		out, err := t.yes(ctx, p.Path, "Take this key out of the file? It is no key that var knows.", false)
		if err != nil {
			return err
		}
		if out {
			if err := t.draft.Remove(p.Path); err != nil {
				return err
			}
		}
	}
	return nil
}

// removable is a key that stands in the file and that no question asks for.
func (t *talk) removable(p config.Problem) bool {
	_, there := t.draft.Get(p.Path)
	return p.Path != "" && there && !p.Warning && !t.known(strings.Split(generic(p.Path), "."), t.schema.Fields)
}

// known follows a path through the schema.
func (t *talk) known(words []string, fields []schema.Field) bool {
	name, _, _ := strings.Cut(words[0], "[")
	at := slices.IndexFunc(fields, func(f schema.Field) bool { return f.Name == name })
	switch {
	case at < 0:
		return false
	case fields[at].Type == schema.Named:
		return len(words) < 3 || t.known(words[2:], fields[at].Fields)
	case fields[at].Type == schema.Free || len(words) == 1:
		return true
	}
	return t.known(words[1:], fields[at].Fields)
}

// write puts the secrets into the keyring, unless the file alone is wanted, and then the text into the file. When one
// of them fails, the other is as it was. It does not stop half way.
func (t *talk) write(ctx context.Context, choice string) (told []string, err error) {
	ctx = context.WithoutCancel(ctx)
	undo := func() error { return nil }
	if t.KeepSecrets && choice == toWrite {
		if undo, told, err = store(ctx, t.Keyring, t.given); err != nil {
			return nil, fmt.Errorf("nothing was written: %w", err)
		}
	}
	if bytes.Equal(t.draft.Bytes(), t.original.Bytes()) {
		return told, nil
	}
	if err := t.draft.Save(); err != nil {
		if back := undo(); back != nil {
			return nil, fmt.Errorf("the file was not written: %w; and the keyring could not be put back: %w", err, back)
		}
		return nil, fmt.Errorf("nothing was written: %w", err)
	}
	return told, nil
}
