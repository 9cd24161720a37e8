package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/config/internal/tomltext"
	"github.com/var-project/var/pkg/internal/infile"
)

// Document is the text of a configuration file that is changed value by value: all that is not changed stays byte for
// byte, comments included. Paths are written as in problems: run.interval, brain.hq.url,
// blocker.edge.settings.device[0].url; a name with a dot or a space in it is quoted.
type Document struct {
	name string
	text *tomltext.Text
	// stored is what the file holds, nil when there was none.
	stored []byte
	// put are the comments that Comment has put, so that it can take them away again.
	put [][]string
}

// OpenDocument reads a configuration file. One that is not there is an empty document, which Save creates.
func OpenDocument(path string) (*Document, error) {
	text, err := readDocument(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d, err := ParseDocument(path, nil)
		return d, err
	case err != nil:
		return nil, err
	}
	d, err := ParseDocument(path, text)
	if err != nil {
		return nil, err
	}
	d.stored = text
	return d, nil
}

func readDocument(path string) ([]byte, error) {
	text, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", path, cause(err))
	}
	return text, nil
}

// readFile reads a file up to a byte more than it may have.
func readFile(path string) ([]byte, error) {
	f, err := infile.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// ParseDocument is OpenDocument on a text that was read already; name is the file that Save writes. Of what is not TOML
// the error is a Problem.
func ParseDocument(name string, text []byte) (*Document, error) {
	if len(text) > maxFile {
		return nil, tooLarge(name)
	}
	parsed, err := tomltext.Parse(bytes.Clone(text))
	if err != nil {
		return nil, syntax(name, err)
	}
	return &Document{name: name, text: parsed}, nil
}

// Get gives what the file says at a path, not a default: a string, bool, int64, float64, time.Time, []any or
// map[string]any.
func (d *Document) Get(path string) (any, bool) {
	at, err := tomltext.ParsePath(path)
	if err != nil {
		return nil, false
	}
	return d.text.Get(at)
}

// Set puts a value at a path: a string, bool, int, float64, time.Duration, []string, map[string]any (written as an
// inline table, unless it is a table with a header already) or []map[string]any (written as [[…]]). One that is there is
// replaced in place, and keeps the comment behind it. The tables that are needed are made; an index equal to the
// number of tables appends one.
func (d *Document) Set(path string, value any) error {
	return d.edit(path, func(at tomltext.Path) (*tomltext.Text, error) { return d.text.Set(at, value) })
}

func (d *Document) edit(path string, change func(tomltext.Path) (*tomltext.Text, error)) error {
	at, err := tomltext.ParsePath(path)
	if err != nil {
		return err
	}
	text, err := change(at)
	if err != nil {
		return err
	}
	if len(text.Bytes()) > maxFile {
		return tooLarge(d.name)
	}
	d.text = text
	return nil
}

// Comment puts "# text" right above a key or table, a line for each of text. What Comment has put there before is replaced;
// comments of others stay.
func (d *Document) Comment(path, text string) error {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return d.edit(path, func(at tomltext.Path) (*tomltext.Text, error) {
		next, err := d.text.Comment(at, d.put, lines)
		if err == nil && !slices.ContainsFunc(d.put, func(old []string) bool { return slices.Equal(old, lines) }) {
			d.put = append(d.put, lines)
		}
		return next, err
	})
}

// Remove takes out a key, or a table with all below it, and what Comment has put above it.
func (d *Document) Remove(path string) error {
	return d.edit(path, func(at tomltext.Path) (*tomltext.Text, error) {
		if err := d.lacks(at); err != nil {
			return nil, err
		}
		bare, err := d.text.Comment(at, d.put, nil)
		if err != nil {
			return nil, err
		}
		return bare.Remove(at)
	})
}

// Rename gives a table or key another name: Rename("brain.hq", "eu") makes it brain.eu.
func (d *Document) Rename(path, name string) error {
	return d.edit(path, func(at tomltext.Path) (*tomltext.Text, error) { return d.text.Rename(at, name) })
}

// Config is what the document says, checked as by Parse.
func (d *Document) Config() (*Config, []Problem) { return Parse(d.name, d.Bytes()) }

// Salvage is Config of whatever can be read, as the function of this name gives it.
func (d *Document) Salvage() (*Config, []Problem) { return salvage(d.name, d.Bytes()) }

// Clone is a document of its own with the same text, for the same file.
func (d *Document) Clone() *Document {
	c := *d
	c.put = slices.Clone(d.put)
	return &c
}

// Bytes are the text as it is now.
func (d *Document) Bytes() []byte { return d.text.Bytes() }

// Changed says whether the text is another than that of the file.
func (d *Document) Changed() bool { return !bytes.Equal(d.Bytes(), d.stored) }
