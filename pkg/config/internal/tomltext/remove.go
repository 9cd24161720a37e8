package tomltext

import (
	"bytes"
	"fmt"
	"reflect"
)

// Remove is the text without a key, or without a table and all below it. Comments behind and inside go with it,
// those above stay.
func (t *Text) Remove(at Path) (*Text, error) {
	if !t.has(at) {
		return nil, fmt.Errorf("there is no %s", at)
	}
	wanted := pruned(removed(plain(t.values), at))
	next, err := t.without(at)
	if err != nil || !reflect.DeepEqual(pruned(plain(next.values)), wanted) {
		return nil, fmt.Errorf("%s cannot be removed in the form in which the file is written: remove it in an editor", at)
	}
	return next, nil
}

func (t *Text) without(at Path) (*Text, error) {
	cuts := t.cuts(at)
	if len(cuts) > 0 {
		return t.with(cuts...)
	}
	next := t
	for {
		n, i := holder(next.lines, at)
		if n == nil {
			return next, nil
		}
		var err error
		if next, err = next.with(n.takeOut(i)); err != nil || at.last().Element {
			return next, err
		}
	}
}

// cuts are the sections and lines that are a path or below it. Comments between two such sections go with them.
func (t *Text) cuts(at Path) []splice {
	var cuts []splice
	end := -1 // of the section before, when it is cut
	for _, s := range t.sections() {
		if s.head == nil || !s.path.begins(at) {
			cuts, end = append(cuts, t.pairCuts(s, at)...), -1
			continue
		}
		cut := t.withBlank(s)
		if end >= 0 {
			cut.start = end
		}
		cuts, end = append(cuts, splice{span: cut}), cut.end
	}
	return cuts
}

// pairCuts are the lines of a section that are a path or below it.
func (t *Text) pairCuts(s section, at Path) []splice {
	var cuts []splice
	for _, n := range s.nodes {
		if n.kind == pair && n.path.begins(at) {
			cuts = append(cuts, splice{span: span{t.lineBegin(n.start), t.nextLine(n.end)}})
		}
	}
	return cuts
}

func (t *Text) lineBegin(at int) int { return bytes.LastIndexByte(t.body[:at], '\n') + 1 }

// withBlank is a section with the empty lines behind it, or before it when it is the last.
func (t *Text) withBlank(s section) span {
	cut := span{t.lineBegin(s.head.start), s.content}
	for cut.end < len(t.body) && len(bytes.TrimSpace(t.lineAt(cut.end))) == 0 {
		cut.end = t.nextLine(cut.end)
	}
	for cut.end == len(t.body) && cut.start > 0 {
		above := t.lineBegin(cut.start - 1)
		if len(bytes.TrimSpace(t.lineAt(above))) > 0 {
			break
		}
		cut.start = above
	}
	return cut
}

// holder gives the inline table or array that holds what a path leads to, and its place there.
func holder(nodes []*node, at Path) (*node, int) {
	for _, n := range nodes {
		for i, one := range n.inside {
			if one.path.begins(at) {
				return n, i
			}
		}
		if inner, i := holder(n.inside, at); inner != nil {
			return inner, i
		}
	}
	return nil, 0
}

// takeOut cuts one of what is inside, and one comma.
func (n *node) takeOut(i int) splice {
	switch one := n.inside[i]; {
	case i+1 < len(n.inside):
		return splice{span: span{one.start, n.inside[i+1].start}}
	case i > 0:
		return splice{span: span{n.inside[i-1].end, one.end}}
	}
	return splice{span: span{n.value.start + 1, n.value.end - 1}}
}
