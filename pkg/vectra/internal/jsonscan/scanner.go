// Package jsonscan reads a JSON text once, from front to back, without a tree and without reflection: jsontext in the
// words of one who knows what to look for. What nobody asks for is checked and passed over. A text is good when it
// was read to its End without an error: what was read before the end of a broken one must not be used.
package jsonscan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Kind is what a value is.
type Kind = jsontext.Kind

// The kinds of values. None is where no value begins.
const (
	None   Kind = 0
	Object Kind = '{'
	Array  Kind = '['
	String Kind = '"'
	Number Kind = '0'
	True   Kind = 't'
	False  Kind = 'f'
	Null   Kind = 'n'
)

// tolerant reads what encoding/json reads: brains repeat keys, and cut texts in the middle of a character.
var tolerant = []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}

// Scanner stands before one value of a text. Slices that it gives are parts of the text.
type Scanner struct {
	text    []byte
	input   bytes.Buffer
	decoder jsontext.Decoder
	err     error
}

// New begins at the start of a text.
func New(text []byte) *Scanner {
	s := &Scanner{}
	s.Reset(text)
	return s
}

// Reset begins at the start of another text.
func (s *Scanner) Reset(text []byte) {
	s.text, s.input, s.err = text, *bytes.NewBuffer(text), nil
	s.decoder.Reset(&s.input, tolerant...)
}

// Err says where and why the text is broken; nil as long as nothing is.
func (s *Scanner) Err() error { return s.err }

var errMore = errors.New("more follows")

// End expects that nothing follows, and says whether the whole text is good.
func (s *Scanner) End() error {
	if s.err != nil {
		return s.err
	}
	switch _, err := s.decoder.ReadToken(); {
	case err == nil:
		s.fail(errMore)
	case !errors.Is(err, io.EOF):
		s.fail(err)
	}
	return s.err
}

// fail keeps the first failure.
func (s *Scanner) fail(err error) {
	if s.err == nil {
		s.err = fmt.Errorf("it is no JSON: %w", err)
	}
}

// Kind is the kind of the next value.
func (s *Scanner) Kind() Kind {
	if s.err != nil {
		return None
	}
	switch k := s.decoder.PeekKind(); k {
	case '}', ']':
		return None
	default:
		return k
	}
}

// Skip passes over the next value and checks its form.
func (s *Scanner) Skip() { s.Raw() }

// Raw passes over the next value and gives it as it is written.
func (s *Scanner) Raw() []byte {
	if s.err != nil {
		return nil
	}
	value, err := s.decoder.ReadValue()
	if err != nil {
		s.fail(err)
		return nil
	}
	end := int(s.decoder.InputOffset())
	return s.text[end-len(value) : end]
}

// Text reads a string without its quotes and escapes. It is a part of the text unless something in it had to be
// replaced. A value that is no string is passed over: nil.
func (s *Scanner) Text() []byte {
	if s.Kind() != String {
		s.Skip()
		return nil
	}
	quoted := s.Raw()
	if s.err != nil {
		return nil
	}
	if body := quoted[1 : len(quoted)-1]; bytes.IndexByte(body, '\\') < 0 && utf8.Valid(body) {
		return body
	}
	body, _ := jsontext.AppendUnquote(nil, quoted) // what is no UTF-8 it replaces, and says so
	return body
}

// Here is the place where the next value begins.
func (s *Scanner) Here() int {
	at := int(s.decoder.InputOffset())
	return len(s.text) - len(bytes.TrimLeft(s.text[at:], " \t\r\n,:"))
}

// Since is the text between a place and this one.
func (s *Scanner) Since(from int) []byte {
	if s.err != nil {
		return nil
	}
	return s.text[from:s.decoder.InputOffset()]
}
