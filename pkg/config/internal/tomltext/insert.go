package tomltext

import (
	"bytes"
	"maps"
	"slices"
	"strings"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// ways to put a value where there is none, the most readable first.
func (t *Text) ways(at Path, value string) []splice {
	known := len(at) - 1
	for known > 0 && !t.has(at[:known]) {
		known--
	}
	parent, rest := at[:known], at[known:]
	if n := t.find(parent); n != nil {
		return []splice{t.into(n, rest, value)}
	}
	var ways []splice
	if len(rest) == 1 && !rest[0].Element {
		ways = append(ways, t.beside(parent, at, value)...)
	}
	return append(append(ways, t.newSections(at, value)...), t.dotted(at, value)...)
}

func (t *Text) has(at Path) bool {
	_, ok := t.Get(at)
	return ok
}

// into puts a value behind the last of an inline table or array.
func (t *Text) into(n *node, rest Path, value string) splice {
	value = nested(rest, value)
	if len(n.inside) > 0 {
		end := n.inside[len(n.inside)-1].end
		return splice{span{end, end}, ", " + value}
	}
	if n.form == inlineTable {
		value = " " + value + " "
	}
	return splice{span{n.value.start + 1, n.value.end - 1}, value}
}

// nested writes the pair or element that leads to a value.
func nested(rest Path, value string) string {
	if len(rest) > 1 {
		value = nested(rest[1:], value)
		if !rest[1].Element {
			value = "{ " + value + " }"
		} else {
			value = "[" + value + "]"
		}
	}
	if rest[0].Element {
		return value
	}
	return quoted(rest[0].Key) + " = " + value
}

// beside puts a pair into the section of its table, else behind the dotted keys that make the table.
func (t *Text) beside(table, at Path, value string) []splice {
	var ways []splice
	for _, s := range t.sections() {
		if slices.Equal(s.path, table) {
			ways = append(ways, s.put(at.last().Key, quoted(at.last().Key)+" = "+value))
		}
	}
	for _, n := range slices.Backward(t.lines) {
		if n.kind == pair && n.path.begins(table) {
			ways = append(ways, t.below(n, t.tableOf(n), at, value))
			break
		}
	}
	return ways
}

// tableOf is the path of the section that a pair stands in.
func (t *Text) tableOf(n *node) Path { return n.path[:len(n.path)-len(n.parts)] }

// below puts a pair on the line behind another one.
func (t *Text) below(n *node, table, at Path, value string) splice {
	if len(at) <= len(table) {
		return splice{}
	}
	return t.line(n, at[len(table):].dotted()+" = "+value)
}

// dotted is the last way: a dotted key in the section of the nearest table around.
func (t *Text) dotted(at Path, value string) []splice {
	var ways []splice
	for known := len(at) - 1; known >= 0; known-- {
		for _, s := range t.sections() {
			if slices.Equal(s.path, at[:known]) && !slices.ContainsFunc(at[known:], func(s Step) bool { return s.Element }) {
				ways = append(ways, s.put(at.last().Key, at[known:].dotted()+" = "+value))
			}
		}
	}
	return ways
}

// newSections are ways to add a header for the table of a value. A step into an array adds a table to it.
func (t *Text) newSections(at Path, value string) []splice {
	var ways []splice
	for own := len(at) - 1; own > 0; own-- {
		table, rest := at[:own], at[own:]
		if slices.ContainsFunc(rest, func(s Step) bool { return s.Element }) {
			break
		}
		head := "[" + table.dotted() + "]"
		if table.last().Element {
			head = "[" + head + "]"
		}
		ways = append(ways, t.section(table, head, rest.dotted()+" = "+value))
	}
	if at.last().Element {
		ways = append(ways, t.section(at, "[["+at.dotted()+"]]", ""))
	}
	return ways
}

// section adds a header with a pair behind the sections that it is most akin to, else at the end.
func (t *Text) section(table Path, head, pair string) splice {
	eol := t.eol()
	text := eol + head + eol
	if pair != "" {
		text += pair + eol
	}
	end := len(t.body)
	for shared := len(table) - 1; shared > 0; shared-- {
		if s, ok := t.lastBelow(table[:shared]); ok {
			end = s.content
			break
		}
	}
	return t.insert(end, text)
}

func (t *Text) lastBelow(table Path) (section, bool) {
	for _, s := range slices.Backward(t.sections()) {
		if s.path.begins(table) {
			return s, true
		}
	}
	return section{}, false
}

// insert adds whole lines at the beginning of a line or the end of the text, with an empty line behind.
func (t *Text) insert(at int, text string) splice {
	if at > 0 && t.body[at-1] != '\n' {
		text = t.eol() + text
	}
	if at == 0 {
		text = strings.TrimLeft(text, "\r\n")
	}
	if at < len(t.body) && len(bytes.TrimSpace(t.lineAt(at))) > 0 {
		text += t.eol()
	}
	return splice{span{at, at}, text}
}

// line adds a line behind the one that a node ends on, indented as the node is.
func (t *Text) line(n *node, text string) splice {
	text = string(t.body[t.lineBegin(n.start):n.start]) + text
	end := t.nextLine(n.end)
	if end == len(t.body) && (end == 0 || t.body[end-1] != '\n') {
		return splice{span{end, end}, t.eol() + text}
	}
	return splice{span{end, end}, text + t.eol()}
}

// nextLine is where the line after an offset begins; the end of the text when there is none.
func (t *Text) nextLine(at int) int {
	if i := bytes.IndexByte(t.body[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(t.body)
}

func (t *Text) lineAt(at int) []byte { return t.body[at:t.nextLine(at)] }

// eol is how lines end here.
func (t *Text) eol() string {
	if i := bytes.IndexByte(t.body, '\n'); i > 0 && t.body[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// put adds a pair to a section: behind the comment that shows it as an example, else behind the last pair.
func (s section) put(key, text string) splice {
	var after *node
	for _, n := range s.nodes {
		if n.kind == comment && shows(s.text.body[n.start:n.end], key) {
			after = n
			break
		}
		if n.kind == pair {
			after = n
		}
	}
	switch {
	case after != nil:
		return s.text.line(after, text)
	case s.head != nil:
		return s.text.line(s.head, text)
	case s.content > 0:
		text = s.text.eol() + text
	}
	return s.text.insert(s.content, text+s.text.eol())
}

// shows says whether a comment is a pair that is switched off.
func shows(comment []byte, key string) bool {
	pair := bytes.TrimPrefix(bytes.TrimPrefix(comment, []byte("#")), []byte(" "))
	name, _, found := bytes.Cut(pair, []byte("="))
	return found && string(bytes.TrimRight(name, " \t")) == key
}
