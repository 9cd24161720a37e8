package tomltext

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Comment is the text with lines of comment right above the key or table at a path. Lines that are there already are
// replaced when they are these or one of before; those of others stay above.
func (t *Text) Comment(at Path, before [][]string, lines []string) (*Text, error) {
	n := t.shown(at)
	if n == nil {
		return nil, fmt.Errorf("there is no %s", at)
	}
	begin := t.lineBegin(n.start)
	indent := string(t.body[begin:n.start])
	cut := span{begin, begin}
	for _, old := range append([][]string{lines}, before...) {
		if text := t.comments(old, indent); len(old) > 0 && bytes.HasSuffix(t.body[:begin], []byte(text)) {
			cut.start = begin - len(text)
			break
		}
	}
	if text := t.comments(lines, indent); text == string(t.body[cut.start:cut.end]) {
		return t, nil
	}
	next, err := t.with(splice{cut, t.comments(lines, indent)})
	if err != nil || !next.holds(plain(t.values)) {
		return nil, fmt.Errorf("%s: this cannot stand in a comment: %q", at, lines)
	}
	return next, nil
}

func (t *Text) comments(lines []string, indent string) string {
	var out strings.Builder
	for _, line := range lines {
		out.WriteString(indent + strings.TrimRight("# "+line, " \t\r") + t.eol())
	}
	return out.String()
}

// shown is the header or pair on whose line a path begins: its own header, else the first that is part of it, else
// the one that it is inside of.
func (t *Text) shown(at Path) *node {
	for _, fits := range []func(*node) bool{
		func(n *node) bool { return n.kind == header && slices.Equal(n.path, at) },
		func(n *node) bool { return n.path.begins(at) },
		func(n *node) bool { return n.kind == pair && at.begins(n.path) && t.has(at) },
	} {
		i := slices.IndexFunc(t.lines, func(n *node) bool { return n.kind != comment && fits(n) })
		if i >= 0 {
			return t.lines[i]
		}
	}
	return nil
}
