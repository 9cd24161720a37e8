package jsonscan

import (
	"encoding/json"
	"unicode/utf8"
)

// Text reads a string without its quotes and escapes. It is a part of the text unless something in it had to be
// replaced. A value that is no string is passed over: nil.
func (s *Scanner) Text() []byte {
	if s.peek() != '"' {
		s.Skip()
		return nil
	}
	from := s.at
	plain := s.quoted()
	if s.err != nil {
		return nil
	}
	if body := s.text[from+1 : s.at-1]; plain || clean(body) {
		return body
	}
	var replaced string
	if err := json.Unmarshal(s.text[from:s.at], &replaced); err != nil {
		s.fail(err.Error())
	}
	return []byte(replaced)
}

// clean reports that a string stands for itself.
func clean(body []byte) bool {
	for _, c := range body {
		if c == '\\' {
			return false
		}
	}
	return utf8.Valid(body)
}

// ordinary are the characters of a string that need no second look.
var ordinary = func() (is [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		is[c] = c != '"' && c != '\\'
	}
	return is
}()

// quoted passes over a string, and reports that every character in it is ordinary.
func (s *Scanner) quoted() (plain bool) {
	text, at, plain := s.text, s.at+1, true
	for at < len(text) {
		c := text[at]
		if ordinary[c] {
			at++
			continue
		}
		switch {
		case c == '"':
			s.at = at + 1
			return plain
		case c == '\\':
			at += escape(text[at:])
		case c < ' ':
			s.fail("a control character stands in a string")
			return false
		default:
			at++
		}
		plain = false
	}
	s.fail("a string does not end")
	return false
}

// escape is how long an escape is; one that does not exist goes on to the end.
func escape(text []byte) int {
	if len(text) < 2 {
		return len(text)
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(text) > 6 && isHex(text[2]) && isHex(text[3]) && isHex(text[4]) && isHex(text[5]) {
			return 6
		}
	}
	return len(text)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// number passes over a number.
func (s *Scanner) number() {
	if s.is('-') {
		s.at++
	}
	if s.is('0') {
		s.at++
	} else {
		s.digits()
	}
	if s.is('.') {
		s.at++
		s.digits()
	}
	if s.is('e') || s.is('E') {
		s.at++
		if s.is('+') || s.is('-') {
			s.at++
		}
		s.digits()
	}
}

func (s *Scanner) is(c byte) bool { return s.at < len(s.text) && s.text[s.at] == c }

// digits passes over one digit at least.
func (s *Scanner) digits() {
	from := s.at
	for s.at < len(s.text) && '0' <= s.text[s.at] && s.text[s.at] <= '9' {
		s.at++
	}
	if s.at == from {
		s.fail("a digit is missing")
	}
}
