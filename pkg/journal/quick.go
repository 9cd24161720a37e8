package journal

import (
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"
)

// quick reads JSON as this package writes it, without reflection: a pass reads all that is held. It is never the
// judge: what it finds odd is left to encoding/json, and what it does not find odd it reads alike.
type quick struct {
	text []byte
	at   int
	odd  bool
	pool *pool
}

// pool holds texts and lists that many rows have in common, by how they are written.
type pool struct {
	texts map[string]string
	lists map[string][]string
}

func newPool() *pool { return &pool{texts: map[string]string{}, lists: map[string][]string{}} }

// text is a string that is shared with all who have the same one.
func (p *pool) text(b []byte) string {
	s, known := p.texts[string(b)]
	if !known {
		s = string(b)
		p.texts[s] = s
	}
	return s
}

func (q *quick) peek() byte {
	if q.at < len(q.text) {
		return q.text[q.at]
	}
	return 0
}

func (q *quick) take(c byte) bool {
	if q.peek() != c {
		return false
	}
	q.at++
	return true
}

func (q *quick) want(c byte) {
	if !q.take(c) {
		q.odd = true
	}
}

// object calls field with each name of an object, to read its value.
func (q *quick) object(field func(name []byte)) {
	q.want('{')
	if q.take('}') {
		return
	}
	for !q.odd {
		name, plain := q.quoted()
		q.odd = q.odd || !plain
		q.want(':')
		field(name)
		if q.take('}') {
			return
		}
		q.want(',')
	}
}

// quoted is the inside of a string as it is written; plain: that is what it says.
func (q *quick) quoted() (body []byte, plain bool) {
	q.want('"')
	plain = true
	for start := q.at; q.at < len(q.text); q.at++ {
		switch c := q.text[q.at]; {
		case c == '"':
			q.at++
			return q.text[start : q.at-1], plain
		case c == '\\':
			q.at++
			plain = false
		case c >= utf8.RuneSelf:
			plain = false
		case c < ' ':
			q.odd = true
		}
	}
	q.odd = true
	return nil, false
}

// string is one that few others have.
func (q *quick) string() string {
	start := q.at
	body, plain := q.quoted()
	if plain || q.odd {
		return string(body)
	}
	var s string
	q.decode(q.text[start:q.at], &s)
	return s
}

// shared is a string that many have.
func (q *quick) shared() string {
	start := q.at
	body, plain := q.quoted()
	if plain || q.odd {
		return q.pool.text(body)
	}
	written := q.text[start:q.at]
	s, known := q.pool.texts[string(written)]
	if !known {
		q.decode(written, &s)
		q.pool.texts[string(written)] = s
	}
	return s
}

// list is a list of strings that many have.
func (q *quick) list() []string {
	written := q.value()
	l, known := q.pool.lists[string(written)]
	if !known {
		q.decode(written, &l)
		l = slices.Clip(l)
		q.pool.lists[string(written)] = l
	}
	return l
}

// own is a list of strings that few others have; known are strings, or all of the list, that are there already.
func (q *quick) own(known []string) (l []string) {
	q.want('[')
	for !q.odd {
		l = append(l, q.oneOf(known...))
		if q.take(']') {
			break
		}
		q.want(',')
	}
	if slices.Equal(l, known) {
		return known
	}
	return l
}

// oneOf is a string that often is one of some that are there already.
func (q *quick) oneOf(known ...string) string {
	start := q.at
	body, plain := q.quoted()
	for _, k := range known {
		if plain && string(body) == k {
			return k
		}
	}
	q.at = start
	return q.string()
}

// skip leaves out a string.
func (q *quick) skip() {
	start := q.at
	if _, plain := q.quoted(); !plain {
		q.at = start
		q.string()
	}
}

func (q *quick) bool() bool {
	switch {
	case q.literal("true"):
		return true
	case !q.literal("false"):
		q.odd = true
	}
	return false
}

func (q *quick) literal(word string) bool {
	if len(q.text)-q.at < len(word) || string(q.text[q.at:q.at+len(word)]) != word {
		return false
	}
	q.at += len(word)
	return true
}

// int is a number that is not negative, of at most nine digits.
func (q *quick) int() (n int) {
	start := q.at
	for ; q.peek() >= '0' && q.peek() <= '9'; q.at++ {
		n = n*10 + int(q.peek()-'0')
	}
	digits := q.at - start
	if digits == 0 || digits > 9 || digits > 1 && q.text[start] == '0' {
		q.odd = true
	}
	return n
}

func (q *quick) time() (t time.Time) {
	start := q.at
	q.quoted()
	if q.odd || t.UnmarshalJSON(q.text[start:q.at]) != nil {
		q.odd = true
	}
	return t
}

// slow leaves one value to encoding/json.
func (q *quick) slow(into any) { q.decode(q.value(), into) }

func (q *quick) decode(written []byte, into any) {
	if q.odd || json.Unmarshal(written, into) != nil {
		q.odd = true
	}
}

// value is an object or a list as it is written.
func (q *quick) value() []byte {
	start, depth := q.at, 0
	for !q.odd {
		switch q.peek() {
		case '"':
			q.quoted()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case 0:
			q.odd = true
		}
		q.at++
		if depth <= 0 {
			break
		}
	}
	return q.text[min(start, len(q.text)):min(q.at, len(q.text))]
}
