// Package tomltext finds the keys and values of a TOML file in its text and changes them there. Whatever
// is not changed stays byte for byte: comments, order, quotes, line ends.
package tomltext

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/BurntSushi/toml"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Bounds of what is read: the keys and places in a path, and its length in bytes. They keep a hostile file from
// costing more than its size.
const (
	MaxDepth = 16
	MaxPath  = 512
)

// ErrBeyond says that keys are longer or nested deeper than MaxPath and MaxDepth.
var ErrBeyond = errors.New("keys are longer or nested deeper than any that var knows")

// Error is why a text cannot be read.
type Error struct {
	// Line counts from 1.
	Line int
	// Path is the key at fault, empty when it is not known.
	Path string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives the cause: ErrBeyond, or an error in the words of the parser.
func (e *Error) Unwrap() error { return e.Err }

// Text is a TOML text that was read. It does not change: editing gives another.
type Text struct {
	// mark is the byte order mark, body what follows.
	mark, body []byte
	values     map[string]any
	// lines are headers, pairs and comments with a line of their own, in order.
	lines []*node
}

// Parse reads a text. An error is an *Error.
func Parse(text []byte) (*Text, error) {
	body := withoutMark(text)
	t := &Text{mark: text[:len(text)-len(body)], body: body, values: map[string]any{}}
	if err := t.outline(); err != nil {
		return nil, err
	}
	if _, err := toml.Decode(string(body), &t.values); err != nil {
		return nil, decodeError(err)
	}
	if n := (&seen{values: map[string]bool{}, tables: map[string]bool{}}).twice(t.lines); n != nil {
		return nil, &Error{Line: n.line, Path: n.path.String(), Err: errors.New("is defined twice")}
	}
	return t, nil
}

// seen are the values and tables of a text so far. The decoder lets some tables be defined again as values.
type seen struct{ values, tables map[string]bool }

// twice gives the first node that defines something again.
func (s *seen) twice(nodes []*node) *node {
	for _, n := range nodes {
		for i, p := range n.parts {
			key := p.path.unique()
			own := n.kind == pair && i == len(n.parts)-1
			if s.values[key] || own && s.tables[key] {
				return n
			}
			if own {
				s.values[key] = true
			} else {
				s.tables[key] = true
			}
		}
		if one := s.twice(n.inside); one != nil {
			return one
		}
	}
	return nil
}

// withoutMark takes off the byte order marks that the decoder takes off too.
func withoutMark(text []byte) []byte {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff", "\ufeff"} {
		if rest, ok := bytes.CutPrefix(text, []byte(mark)); ok {
			return rest
		}
	}
	return text
}

func decodeError(err error) *Error {
	var at toml.ParseError
	if errors.As(err, &at) {
		return &Error{Line: at.Position.Line, Path: at.LastKey, Err: errors.New(at.Message)}
	}
	return &Error{Line: 1, Err: errors.New("not TOML")}
}

// Bytes are the text.
func (t *Text) Bytes() []byte { return append(bytes.Clone(t.mark), t.body...) }

// Values are the decoded text.
func (t *Text) Values() map[string]any { return t.values }

// Lines gives the line of every table, key and element of an array, by its path as problems show it.
func (t *Text) Lines() map[string]int {
	lines := map[string]int{}
	for _, n := range t.lines {
		n.place(lines)
	}
	return lines
}

// syntax is the error of the parser, with the key that it was at.
func (o *outliner) syntax(err error) *Error {
	var at *unstable.ParserError
	if !errors.As(err, &at) {
		return &Error{Line: o.line, Err: err}
	}
	start := int(o.parser.Range(at.Highlight).Offset)
	return &Error{Line: o.lineOf(start), Path: o.keyAt(start), Err: fmt.Errorf("not TOML: %s", at.Message)}
}

// keyAt is the path of the key on the line of an offset.
func (o *outliner) keyAt(offset int) string {
	line := o.text[bytes.LastIndexByte(o.text[:offset], '\n')+1:]
	key, _, found := bytes.Cut(line, []byte("="))
	p := unstable.Parser{}
	p.Reset(append(bytes.Clone(key), "= 0"...))
	if !found || !p.NextExpression() || p.Expression().Kind != unstable.KeyValue {
		return ""
	}
	path := o.table
	for it := p.Expression().Key(); it.Next(); {
		if path = path.with(Step{Key: string(it.Node().Data)}); tooLong(path) {
			return ""
		}
	}
	return path.String()
}
