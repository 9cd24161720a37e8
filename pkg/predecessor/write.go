package predecessor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/config"
)

// Document is the configuration that was imported, for the file of this name. Each value bears a comment with where it
// comes from, and at the top stands what could not be carried over.
func (i *Import) Document(name string) (*config.Document, error) {
	d, err := config.ParseDocument(name, []byte(i.header()))
	if err != nil {
		return nil, err
	}
	comments := i.comments()
	for n, set := range i.Settings {
		if !set.Off && set.Value != nil {
			if err := put(d, set, comments[n]); err != nil {
				return nil, err
			}
		}
	}
	for n, set := range i.Settings {
		if !set.Off && set.Value == nil {
			if err := put(d, set, comments[n]); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// put writes one value with its comment; a table gets the comment alone.
func put(d *config.Document, set Setting, lines []string) (err error) {
	if set.Value != nil {
		err = d.Set(set.Path, written(set.Value))
	}
	if err == nil {
		err = d.Comment(set.Path, strings.Join(lines, "\n"))
	}
	if err != nil {
		return fmt.Errorf("%s: %w", set.Path, err)
	}
	return nil
}

func (i *Import) header() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Made by var config import from %s in %s.\n# Above each value stands where it comes from.\n", i.Kind, plain(i.Folder))
	for _, n := range i.Notes {
		if n.Left {
			fmt.Fprintf(&b, "# Not carried over: %s\n", plain(n.String()))
		}
	}
	return b.String()
}

// comments are those of each setting by its place. What is off is told above the next value of its table, else above the
// last one.
func (i *Import) comments() [][]string {
	comments := make([][]string, len(i.Settings))
	last, waiting := map[string]int{}, map[string][]string{}
	for n, set := range i.Settings {
		t := tableOf(set.Path)
		if set.Off {
			waiting[t] = append(waiting[t], "off: "+set.Path+": "+set.comment())
			continue
		}
		comments[n] = slices.Concat(waiting[t], []string{set.comment()})
		waiting[t] = nil
		if set.Value != nil {
			last[t] = n
		}
	}
	for t, lines := range waiting {
		if n, ok := last[t]; ok && len(lines) > 0 {
			own := comments[n]
			comments[n] = slices.Concat(own[:len(own)-1], lines, own[len(own)-1:])
		}
	}
	return comments
}

func tableOf(path string) string { return path[:max(strings.LastIndexByte(path, '.'), 0)] }

// comment is "config.py:12 BLOCK_HOST_TAG: note".
func (s Setting) comment() string {
	var from []string
	for _, o := range s.From {
		from = append(from, o.String())
	}
	text := strings.Join(from, ", ")
	switch {
	case text == "":
		text = s.Note
	case s.Note != "":
		text += ": " + s.Note
	}
	return plain(text)
}

// written is a value as a document takes it.
func written(v any) any {
	switch v := v.(type) {
	case []string:
		if v == nil {
			return []string{}
		}
	case int64:
		return int(v)
	}
	return v
}
