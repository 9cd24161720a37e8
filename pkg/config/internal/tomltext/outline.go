package tomltext

import (
	"bytes"

	"github.com/pelletier/go-toml/v2/unstable"
)

type kind int

const (
	comment kind = iota
	header
	arrayHeader
	pair
	element
)

// form is how a value is written, as far as it matters to who adds to it.
type form int

const (
	scalar form = iota
	inlineArray
	inlineTable
)

// span is from one byte of the body up to another.
type span struct{ start, end int }

// part is one key of a dotted key, as it stands in the text.
type part struct {
	span
	path Path
}

// node is a header, pair, comment, or element of an array.
type node struct {
	span
	kind kind
	line int
	// path leads to the table or value; of an element in [[…]] with its place.
	path  Path
	parts []part
	// value, form and inside are those of pairs and elements; inside are the pairs of a table, the elements of an array.
	value  span
	form   form
	inside []*node
}

// place notes the line of all that a node names. A table's own header wins over what implies it.
func (n *node) place(lines map[string]int) {
	for i, p := range n.parts {
		own := n.kind == header && i == len(n.parts)-1
		for _, path := range []Path{keyed(p.path), p.path} {
			if text := path.String(); lines[text] == 0 || own {
				lines[text] = n.line
			}
		}
	}
	if n.kind == element {
		lines[n.path.String()] = n.line
	}
	for _, one := range n.inside {
		one.place(lines)
	}
}

// keyed is the path up to its last key.
func keyed(p Path) Path {
	for len(p) > 0 && p.last().Element {
		p = p.parent()
	}
	return p
}

// outliner walks the parser's expressions once, in order.
type outliner struct {
	text   []byte
	parser unstable.Parser
	// at is the offset of which line is the line.
	at, line int
	// table is where pairs go now, arrays how many tables each [[array]] has so far.
	table  Path
	arrays map[string]int
	beyond bool
}

func (t *Text) outline() error {
	o := &outliner{text: t.body, line: 1, arrays: map[string]int{}}
	o.parser.KeepComments = true
	o.parser.Reset(t.body)
	for o.parser.NextExpression() {
		n := o.expression(o.parser.Expression())
		if o.beyond {
			return &Error{Line: o.line, Err: ErrBeyond}
		}
		t.lines = append(t.lines, n)
	}
	if err := o.parser.Error(); err != nil {
		return o.syntax(err)
	}
	return nil
}

// lineOf counts on from where it counted last.
func (o *outliner) lineOf(offset int) int {
	if offset > o.at {
		o.line += bytes.Count(o.text[o.at:offset], []byte("\n"))
		o.at = offset
	}
	return o.line
}

func (o *outliner) expression(e *unstable.Node) *node {
	switch e.Kind {
	case unstable.Table, unstable.ArrayTable:
		return o.header(e)
	case unstable.KeyValue:
		return o.pair(e, o.table)
	}
	return &node{kind: comment, span: spanOf(e), line: o.lineOf(spanOf(e).start)}
}

func spanOf(n *unstable.Node) span {
	start := int(n.Raw.Offset)
	return span{start, start + int(n.Raw.Length)}
}

func (o *outliner) header(e *unstable.Node) *node {
	n := &node{kind: header}
	if e.Kind == unstable.ArrayTable {
		n.kind = arrayHeader
	}
	o.parts(n, e.Key(), nil)
	first, last := n.parts[0].span, n.parts[len(n.parts)-1].span
	n.start = bytes.LastIndexByte(o.text[:first.start], '[')
	n.end = last.end + bytes.IndexByte(o.text[last.end:], ']') + 1
	if n.kind == arrayHeader {
		n.start--
		n.end++
	}
	o.table = n.path
	return n
}

// parts reads the keys of a header or pair. In a header, the name of an array stands for its last table.
func (o *outliner) parts(n *node, keys unstable.Iterator, table Path) {
	path := table
	for more := keys.Next(); more && !o.beyond; {
		key := keys.Node()
		p := part{span: spanOf(key), path: path.with(Step{Key: string(key.Data)})}
		more = keys.Next()
		if len(n.parts) == 0 {
			n.line = o.lineOf(p.start)
		}
		p.path = o.element(p.path, n.kind, !more)
		n.parts = append(n.parts, p)
		path = p.path
		o.bound(path)
	}
	n.path = path
}

func (o *outliner) element(path Path, k kind, last bool) Path {
	if k == pair {
		return path
	}
	name := path.String()
	if k == arrayHeader && last {
		o.arrays[name]++
	}
	if count := o.arrays[name]; count > 0 {
		return path.with(Step{Index: count - 1, Element: true})
	}
	return path
}

func (o *outliner) bound(path Path) {
	o.beyond = o.beyond || tooLong(path)
}

func tooLong(path Path) bool { return len(path) > MaxDepth || len(path.String()) > MaxPath }

func (o *outliner) pair(e *unstable.Node, table Path) *node {
	n := &node{kind: pair, span: spanOf(e)}
	if o.parts(n, e.Key(), table); !o.beyond {
		o.value(n, e.Value(), n.parts[len(n.parts)-1].end)
	}
	return n
}

// value finds the value of a pair or element that begins after an offset. The parser tells where a scalar is, of an
// inline table only the beginning, of an array nothing: both end with the bracket after the last thing inside.
func (o *outliner) value(n *node, v *unstable.Node, after int) {
	n.value = spanOf(v)
	switch v.Kind {
	case unstable.Array:
		n.form = inlineArray
		n.value.start = after + bytes.IndexByte(o.text[after:], '[')
		n.value.end = o.close(n, v, ']')
	case unstable.InlineTable:
		n.form = inlineTable
		n.value.end = o.close(n, v, '}')
	}
}

// close reads what is inside of an array or table, and gives its end.
func (o *outliner) close(n *node, v *unstable.Node, bracket byte) int {
	at := n.value.start + 1
	for it := v.Children(); it.Next() && !o.beyond; {
		child := it.Node()
		if child.Kind == unstable.Comment {
			at = endOf(child)
			continue
		}
		one := o.child(n, child, at)
		n.inside = append(n.inside, one)
		at = one.end
	}
	return at + bytes.IndexByte(o.text[at:], bracket) + 1
}

// endOf is where the last comment of a run ends: the later ones hang off the first.
func endOf(run *unstable.Node) int {
	end := spanOf(run).end
	for c := run.Child(); c.Valid(); c = c.Next() {
		end = spanOf(c).end
	}
	return end
}

func (o *outliner) child(n *node, child *unstable.Node, after int) *node {
	if child.Kind == unstable.KeyValue {
		return o.pair(child, n.path)
	}
	one := &node{kind: element, path: n.path.with(Step{Index: len(n.inside), Element: true})}
	if o.bound(one.path); !o.beyond {
		o.value(one, child, after)
		one.span = one.value
		one.line = o.lineOf(one.start)
	}
	return one
}
