package setup

import (
	"context"
	"fmt"

	"github.com/var-project/var/pkg/schema"
)

// identity is the key that tells the tables of an array apart.
const identity = "name"

// Answers of menus that are no names: names begin with a letter or a digit.
const (
	another = "+another"
	goOn    = "+on"
)

// tables goes over the tables of an array, for as long as the person wants to see or to add one.
func (t *talk) tables(ctx context.Context, p place) error {
	for {
		names := t.tableNames(p)
		choice, err := t.menu(ctx, p.path, p.Help, names, len(names) == 0 && wanted(p.Field))
		if err != nil || choice == goOn {
			return err
		}
		at := len(names)
		for i, name := range names {
			if name == choice {
				at = i
			}
		}
		if err := t.row(ctx, p, at, at == len(names)); err != nil {
			return err
		}
	}
}

// wanted says that there must be at least one.
func wanted(f schema.Field) bool { return f.Required || f.Min != "" && f.Min != "0" }

// menu offers what is there by its names, one more, and to go on.
func (t *talk) menu(ctx context.Context, key, help string, names []string, needed bool) (string, error) {
	var options []Option
	for _, name := range names {
		options = append(options, Option{name, "look at " + name})
	}
	usual := goOn
	if needed {
		usual = another
	}
	options = append(options, Option{another, "add one"}, Option{goOn, "go on"})
	return t.ask(ctx, Question{Key: key, Help: help, Form: One, Default: usual, Options: options})
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

// row asks for the keys of one table of an array. What it is called is asked for a new one alone: names are
// identities.
func (t *talk) row(ctx context.Context, p place, i int, fresh bool) error {
	at := place{path: fmt.Sprintf("%s[%d]", p.path, i), secrets: p.secrets, Field: p.Field}
	name := at.below(fieldOf(p.Fields, identity))
	if fresh && name.Type != "" {
		if err := t.key(ctx, name); err != nil {
			return err
		}
	}
	if called, _ := t.draft.Get(name.path); called != nil {
		at.secrets = join(p.secrets, fmt.Sprint(called))
	}
	for _, f := range p.Fields {
		if f.Name == identity {
			continue
		}
		if err := t.field(ctx, at.below(f)); err != nil {
			return err
		}
	}
	return nil
}
