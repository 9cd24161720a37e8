package config

import (
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

// Bounds of what is read: a path of keys in bytes, and tables and arrays inside each other.
// They keep a hostile file from costing more than its size.
const (
	maxPath  = 512
	maxDepth = 16
)

// places gives the line of every table, key and array element of a TOML text; the
// decoder tells none. Paths are written as in problems:
// blocker.edge.settings.device[0].url. What is not TOML is left to the decoder to
// refuse; beyond is the line on which the bounds are exceeded, else 0.
func places(text string) (lines map[string]int, beyond int) {
	s := &scanner{
		text:   withoutMark(text),
		line:   1,
		lines:  map[string]int{},
		arrays: map[string]int{},
	}
	s.walk()
	return s.lines, s.beyond
}

// withoutMark takes off the byte order marks that the decoder takes off too.
func withoutMark(text string) string {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff", "\ufeff"} {
		if rest, ok := strings.CutPrefix(text, mark); ok {
			return rest
		}
	}
	return text
}

func (s *scanner) walk() {
	table := ""
	for s.blank(); !s.end(); s.blank() {
		if s.next() == '[' {
			table = s.header()
		} else {
			s.pair(table)
		}
	}
}

// scanner walks a TOML text once. Every loop of it moves on or stops at the
// end, so that text it does not understand costs lines, not the program.
type scanner struct {
	text  string
	at    int
	line  int
	lines map[string]int
	// arrays counts the tables of each [[array]] so far.
	arrays map[string]int
	depth  int
	beyond int
}

func (s *scanner) header() string {
	array := s.skip("[[")
	if !array {
		s.skip("[")
	}
	line, parts, path := s.line, s.key(), ""
	for i, part := range parts {
		if path = join(path, part); s.beyond > 0 {
			break
		}
		last := i == len(parts)-1
		if last && array {
			s.arrays[path]++
		}
		s.note(path, line, last && !array)
		if n := s.arrays[path]; n > 0 {
			path = index(path, n-1)
			s.note(path, line, last)
		}
	}
	for s.skip("]") {
	}
	return path
}

func (s *scanner) pair(table string) {
	line, path := s.line, table
	for _, part := range s.key() {
		if path = join(path, part); s.beyond > 0 {
			break
		}
		s.note(path, line, false)
	}
	s.skip("=")
	s.value(path)
}

func (s *scanner) value(path string) {
	if s.depth++; s.depth > maxDepth {
		s.stop()
	}
	defer func() { s.depth-- }()
	s.blank()
	switch s.next() {
	case '"', '\'':
		s.quoted()
	case '[':
		s.array(path)
	case '{':
		s.inline(path)
	default:
		s.bare()
	}
}

func (s *scanner) array(path string) {
	s.skip("[")
	for i := 0; ; i++ {
		s.blank()
		if s.end() || s.skip("]") {
			return
		}
		s.note(index(path, i), s.line, false)
		s.value(index(path, i))
		s.blank()
		s.skip(",")
	}
}

func (s *scanner) inline(path string) {
	s.skip("{")
	for {
		s.blank()
		if s.end() || s.skip("}") {
			return
		}
		s.pair(path)
		s.blank()
		s.skip(",")
	}
}

// note keeps the first line of a path; a table's own header wins over lines
// that only imply it.
func (s *scanner) note(path string, line int, header bool) {
	if len(path) > maxPath {
		s.stop()
		return
	}
	if _, known := s.lines[path]; !known || header {
		s.lines[path] = line
	}
}

// stop ends the walk where the text exceeds the bounds.
func (s *scanner) stop() {
	if s.beyond == 0 {
		s.beyond = s.line
	}
	s.at = len(s.text)
}

// key reads a dotted key: no more parts than a path within bounds can have.
func (s *scanner) key() []string {
	var parts []string
	for {
		s.space()
		parts = append(parts, s.name())
		s.space()
		if !s.skip(".") || len(parts) > maxPath {
			return parts
		}
	}
}

func (s *scanner) name() string {
	switch s.next() {
	case '"', '\'':
		return unquote(s.quoted())
	}
	return s.until(" \t.=]\r\n")
}

// unquote has the decoder read a quoted key.
func unquote(raw string) string {
	var key struct{ K string }
	if _, err := toml.Decode("K = "+raw, &key); err != nil {
		return raw
	}
	return key.K
}

// quoted moves over a string of any of the four kinds and returns it with its quotes.
func (s *scanner) quoted() string {
	start, quote := s.at, s.text[s.at:s.at+1]
	if triple := strings.Repeat(quote, 3); s.skip(triple) {
		s.close(triple)
		for s.skip(quote) {
		}
		return s.text[start:s.at]
	}
	s.skip(quote)
	s.close(quote)
	return s.text[start:s.at]
}

func (s *scanner) close(quote string) {
	for !s.end() && !s.skip(quote) {
		if s.next() == '\\' && quote[0] == '"' {
			s.step()
		}
		s.step()
	}
}

func (s *scanner) bare() {
	s.step()
	s.until(",]}#\r\n")
}

func (s *scanner) until(stops string) string {
	start := s.at
	for !s.end() && strings.IndexByte(stops, s.next()) < 0 {
		s.step()
	}
	return s.text[start:s.at]
}

func (s *scanner) space() {
	for s.next() == ' ' || s.next() == '\t' {
		s.step()
	}
}

// blank moves over white space, line ends and comments.
func (s *scanner) blank() {
	for {
		switch s.next() {
		case ' ', '\t', '\r', '\n':
			s.step()
		case '#':
			s.until("\n")
		default:
			return
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

func (s *scanner) end() bool { return s.at >= len(s.text) }

// next is the byte ahead, 0 at the end.
func (s *scanner) next() byte {
	if s.end() {
		return 0
	}
	return s.text[s.at]
}

func (s *scanner) step() {
	if s.next() == '\n' {
		s.line++
	}
	if !s.end() {
		s.at++
	}
}

func (s *scanner) skip(text string) bool {
	if !strings.HasPrefix(s.text[min(s.at, len(s.text)):], text) {
		return false
	}
	s.at += len(text)
	return true
}
