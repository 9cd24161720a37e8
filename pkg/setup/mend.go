package setup

import (
	"context"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
)

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
