package setup

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/config"
)

// reading is what a text says as far as it can be read, and what is wrong with it.
type reading struct {
	config   *config.Config
	problems []config.Problem
}

// reading reads a document. Each text is read once: most answers change nothing, and after going back all that was
// said before is said again.
func (t *talk) reading(d *config.Document) reading {
	text := string(d.Bytes())
	r, there := t.readings[text]
	if !there {
		r.config, r.problems = d.Salvage()
		if r.config == nil {
			r.config = &config.Config{}
		}
		t.readings[text] = r
	}
	return r
}

// config is what the draft says.
func (t *talk) config() *config.Config { return t.reading(t.draft).config }

// fault is what is wrong at a place or inside of it.
func (t *talk) fault(d *config.Document, path string) error {
	for _, p := range t.reading(d).problems {
		rest, inside := strings.CutPrefix(p.Path, path)
		if inside && !p.Warning && (rest == "" || strings.ContainsAny(rest[:1], ".[")) {
			return errors.New(p.Text)
		}
	}
	return nil
}

// named are the tables below one, also those of which something is wrong: "brain" gives the names of all brains.
func (t *talk) named(table string) []string {
	v, _ := t.draft.Get(table)
	tables, _ := v.(map[string]any)
	return slices.Sorted(maps.Keys(tables))
}
