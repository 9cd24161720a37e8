// Package predecessor reads what the systems left that var replaces, without executing any of it, and says what becomes
// of it: values of the configuration with where each came from, secrets under their new names, the static destinations, and
// all that could not be carried over, with what to do about it.
package predecessor

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/secret"
)

// Origin is where a value was found. Line is 0 where a file has none to tell.
type Origin struct {
	File string
	Line int
	Name string
}

// String is "config.py:12 BLOCK_HOST_TAG".
func (o Origin) String() string {
	switch {
	case o.File == "":
		return o.Name
	case o.Line == 0:
		return o.File + " " + o.Name
	}
	return fmt.Sprintf("%s:%d %s", o.File, o.Line, o.Name)
}

// Setting is one value of config.toml.
type Setting struct {
	// Path is that of config.Document; a path of a table with a nil Value only tells of it.
	Path  string
	Value any
	// From is where the value comes from; without it, Note says why it is there.
	From []Origin
	Note string
	// Off: the value is not written, only told in a comment.
	Off bool
}

// Secret is a secret that the configuration needs, with where the predecessor had it.
type Secret struct {
	// Name is ours: brain.hq.token.
	Name string
	// System and Key are the two names in the predecessor's keyring; its environment variable was System_Key.
	System, Key string
	// Clear is the secret itself where a file held it in clear; empty elsewhere.
	Clear secret.String
	// Optional secrets need not be there.
	Optional bool
}

// Note is something that somebody should know or do.
type Note struct {
	From Origin
	Text string
	// Left: it was not carried over.
	Left bool
}

// String begins with the place.
func (n Note) String() string { return n.From.String() + ": " + n.Text }

// Import is what was found, in the order in which it is written.
type Import struct {
	// Kind says what was read, for people.
	Kind     string
	Settings []Setting
	Secrets  []Secret
	Notes    []Note
	// Static is the text of the new static destination list; empty when there is none.
	Static []byte
	// TakenOver is the text of the file that tells which of these were blocked; empty when none was.
	TakenOver []byte
	// Folder is where the predecessor lived.
	Folder string
}

// Options say how to read.
type Options struct {
	// Flags are those of the older sibling, or the predecessor's own, as they stand in its crontab.
	Flags string
	// LookPath finds a program by its name; nil finds none.
	LookPath func(string) (string, error)
}

// Refusal is why nothing was imported: each problem names its place.
type Refusal struct{ Problems []Note }

// Error tells all problems, a line each.
func (r *Refusal) Error() string {
	errs := make([]error, len(r.Problems))
	for i, p := range r.Problems {
		errs[i] = errors.New(p.String())
	}
	return errors.Join(errs...).Error()
}

// importer collects what becomes of one predecessor.
type importer struct {
	Import
	options Options
	left    *remains
	wrong   []Note
}

// set adds a value that comes from somewhere.
func (i *importer) set(path string, value any, note string, from ...Origin) {
	i.Settings = append(i.Settings, Setting{Path: path, Value: value, From: from, Note: note})
}

// off adds a value that is told and not obeyed.
func (i *importer) off(path, note string, from ...Origin) {
	i.Settings = append(i.Settings, Setting{Path: path, From: from, Note: note, Off: true})
}

// tell notes what was carried over in another way than it seems.
func (i *importer) tell(from Origin, format string, args ...any) {
	i.Notes = append(i.Notes, Note{From: from, Text: fmt.Sprintf(format, args...)})
}

// leave notes what was not carried over.
func (i *importer) leave(from Origin, format string, args ...any) {
	i.Notes = append(i.Notes, Note{From: from, Text: fmt.Sprintf(format, args...), Left: true})
}

// refuse says why there can be no import: a guess might release what is blocked, or block what is spared.
func (i *importer) refuse(from Origin, format string, args ...any) {
	i.wrong = append(i.wrong, Note{From: from, Text: fmt.Sprintf(format, args...), Left: true})
}

// result is the import, or all that speaks against it.
func (i *importer) result() (*Import, error) {
	if len(i.wrong) > 0 {
		return nil, &Refusal{i.wrong}
	}
	return &i.Import, nil
}

// find looks a program up.
func (o Options) find(program string) (string, error) {
	if o.LookPath == nil {
		return "", errors.New("is not looked for")
	}
	path, err := o.LookPath(program)
	return cmp.Or(path, program), err
}
