// Package jsonscan reads a JSON text once, from front to back, without a tree and without reflection. What nobody
// asks for is checked and passed over. A text is good when it was read to its End without an error: what was read
// before the end of a broken one must not be used.
package jsonscan

import "fmt"

// Kind is what a value is.
type Kind byte

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

// deepest is how deep values may be nested: as deep as encoding/json goes.
const deepest = 10000

// Scanner stands before one value of a text. Slices that it gives are parts of the text.
type Scanner struct {
	text  []byte
	at    int
	depth int
	err   error
}

// New begins at the start of a text.
func New(text []byte) *Scanner { return &Scanner{text: text} }

// Err says where and why the text is broken; nil as long as nothing is.
func (s *Scanner) Err() error { return s.err }

// End expects that nothing follows, and says whether the whole text is good.
func (s *Scanner) End() error {
	if s.blank(); s.at < len(s.text) {
		s.fail("more follows")
	}
	return s.err
}

// fail keeps the first failure and leaves nothing to read.
func (s *Scanner) fail(why string) {
	if s.err == nil {
		s.err = fmt.Errorf("it is no JSON: %s at byte %d", why, s.at)
	}
	s.at = len(s.text)
}

// Kind is the kind of the next value.
func (s *Scanner) Kind() Kind {
	switch c := s.peek(); c {
	case '{', '[', '"', 't', 'f', 'n':
		return Kind(c)
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return Number
	}
	return None
}

// peek is the next character that is no blank; zero at the end.
func (s *Scanner) peek() byte {
	if s.blank(); s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *Scanner) blank() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// Skip passes over the next value and checks its form.
func (s *Scanner) Skip() {
	switch s.Kind() {
	case Object:
		s.skipObject()
	case Array:
		s.skipArray()
	case String:
		s.quoted()
	case Number:
		s.number()
	case True:
		s.word("true")
	case False:
		s.word("false")
	case Null:
		s.word("null")
	default:
		s.fail("a value is missing")
	}
}

func (s *Scanner) word(w string) {
	if end := s.at + len(w); end <= len(s.text) && string(s.text[s.at:end]) == w {
		s.at = end
		return
	}
	s.fail("a word is wrong")
}

// Raw passes over the next value and gives it as it is written.
func (s *Scanner) Raw() []byte {
	from := s.Here()
	s.Skip()
	return s.Since(from)
}

// Here is the place where the next value begins.
func (s *Scanner) Here() int {
	s.blank()
	return s.at
}

// Since is the text between a place and this one.
func (s *Scanner) Since(from int) []byte {
	if s.err != nil {
		return nil
	}
	return s.text[from:s.at]
}
