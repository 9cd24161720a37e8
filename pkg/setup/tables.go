package setup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/schema"
)

// identity is the key that tells the tables of an array apart.
const identity = "name"

// Answers of menus that are no names: names begin with a letter or a digit. What is to be taken out has its name behind.
const (
	another = "+another"
	goOn    = "+on"
	takeOut = "-"
)

// tables goes over the tables of an array, for as long as the person wants to see or to add one.
func (t *talk) tables(ctx context.Context, p place) error {
	for {
		names := t.tableNames(p)
		choice, err := t.menu(ctx, menu{p.path, p.Help, names, len(names) == 0 && wanted(p.Field), true})
		if err != nil || choice == goOn {
			return err
		}
		name, out := strings.CutPrefix(choice, takeOut)
		at := slices.Index(names, name)
		switch {
		case out:
			err = t.removeRow(ctx, p, at, name)
		case at >= 0:
			err = t.row(ctx, p, at)
		default:
			err = t.newRow(ctx, p, names)
		}
		if err != nil {
			return err
		}
	}
}

// wanted says that there must be at least one.
func wanted(f schema.Field) bool { return f.Required || f.Min != "" && f.Min != "0" }

// row is the path of one table of an array.
func row(path string, at int) string { return fmt.Sprintf("%s[%d]", path, at) }

// freshly is under what a talk remembers that it has made something.
func freshly(what, name string) string { return what + " " + name }

// menu offers what is there by its names, one more, and to go on.
type menu struct {
	key, help string
	names     []string
	// needed: going on without any is no use.
	needed bool
	// loose: what was there before can be taken out too.
	loose bool
}

func (t *talk) menu(ctx context.Context, m menu) (string, error) {
	var options []Option
	for _, name := range m.names {
		options = append(options, Option{name, "look at " + name})
	}
	usual := goOn
	if m.needed {
		usual = another
	}
	options = append(options, Option{another, "add one"})
	for _, name := range m.names {
		switch {
		case t.fresh[freshly(m.key, name)]:
			options = append(options, Option{takeOut + name, "take out " + name + ", which you have just added"})
		case m.loose:
			options = append(options, Option{takeOut + name, "take out " + name})
		}
	}
	options = append(options, Option{goOn, "go on"})
	return t.ask(ctx, Question{Key: m.key, Help: m.help, Form: One, Default: usual, Options: options})
}

// removeRow takes out a table of an array. Of one that was there before something may be held.
func (t *talk) removeRow(ctx context.Context, p place, at int, name string) error {
	path := row(p.path, at)
	if !t.fresh[freshly(p.path, name)] {
		sure, err := t.yes(ctx, path, fmt.Sprintf(leaving, name), false)
		if err != nil || !sure {
			return err
		}
	}
	return t.remove(path, freshly(p.path, name), join(p.secrets, name))
}

// leaving is what it means that a device is not in the file any more.
const leaving = "Take out %s? What var has put there stays there, and var shows it as held under this name until it is configured again " +
	"or given up (var release --forget). Secrets of this name stay in the keyring until you say var secret delete."

// remove takes out a table, and the secrets that were given for it.
func (t *talk) remove(path, known, secrets string) error {
	delete(t.fresh, known)
	t.forgetSecrets(secrets)
	return t.draft.Remove(path)
}

// tableNames are what the tables of an array are called; one without a name goes by its number.
func (t *talk) tableNames(p place) []string {
	var names []string
	for i := 0; ; i++ {
		at := fmt.Sprintf("%s[%d]", p.path, i)
		if _, there := t.draft.Get(at); !there {
			return names
		}
		name, _ := t.draft.Get(join(at, identity))
		text, _ := name.(string)
		if text == "" {
			text = fmt.Sprint(i + 1)
		}
		names = append(names, text)
	}
}

// newRow asks what a new table of an array is called, and then for its other keys.
func (t *talk) newRow(ctx context.Context, p place, taken []string) error {
	name := place{path: row(p.path, len(taken)), Field: p.Field}.below(fieldOf(p.Fields, identity))
	if name.Type == "" {
		return t.row(ctx, p, len(taken))
	}
	q := Question{Key: name.path, Help: name.Help, Check: func(answer string) error {
		if err := untaken(answer, taken); err != nil {
			return err
		}
		return t.check(name, "")(answer)
	}}
	answer, err := t.ask(ctx, q)
	if err != nil {
		return err
	}
	t.fresh[freshly(p.path, answer)] = true
	if err := put(t.draft, name, answer); err != nil {
		return err
	}
	return t.row(ctx, p, len(taken))
}

// row asks for the keys of one table of an array, except what it is called: names are identities.
func (t *talk) row(ctx context.Context, p place, i int) error {
	at := place{path: row(p.path, i), secrets: p.secrets, Field: p.Field}
	if called, _ := t.draft.Get(join(at.path, identity)); called != nil {
		at.secrets = join(p.secrets, fmt.Sprint(called))
	}
	for _, f := range p.Fields {
		if f.Name == identity || !t.counts(at, f, p.Fields) {
			continue
		}
		if err := t.field(ctx, at.below(f)); err != nil {
			return err
		}
	}
	return nil
}

// untaken says why a name cannot be used besides these.
func untaken(name string, taken []string) error {
	switch other := alike(name, taken); other {
	case "":
		return nil
	case name:
		return errors.New("there is one of that name")
	default:
		return fmt.Errorf("%q cannot be told from %q", name, other)
	}
}

// alike is the name among these whose secrets would be in the same variable; empty when there is none.
func alike(name string, taken []string) string {
	fold := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "-", "_")) }
	at := slices.IndexFunc(taken, func(other string) bool { return fold(other) == fold(name) })
	if at < 0 {
		return ""
	}
	return taken[at]
}
