package tomltext

import "bytes"

// section is a header with all below it up to the next one; the first has no header.
type section struct {
	text *Text
	head *node
	path Path
	// nodes are the pairs and comments that belong to it; content is where the line after the last of them begins.
	nodes   []*node
	content int
}

// sections are the parts of a text. Comments right above a header belong to what it heads.
func (t *Text) sections() []section {
	all := []section{{text: t}}
	for i, n := range t.lines {
		now := &all[len(all)-1]
		switch n.kind {
		case header, arrayHeader:
			all = append(all, section{text: t, head: n, path: n.path, content: t.nextLine(n.end)})
		case comment:
			if !t.heads(i) {
				now.add(n)
			}
		default:
			now.add(n)
		}
	}
	return all
}

func (s *section) add(n *node) {
	s.nodes = append(s.nodes, n)
	s.content = s.text.nextLine(n.end)
}

// heads says whether only lines of comment are between a comment and the next header.
func (t *Text) heads(i int) bool {
	for ; i+1 < len(t.lines); i++ {
		now, next := t.lines[i], t.lines[i+1]
		if bytes.Count(t.body[now.end:next.start], []byte("\n")) != 1 {
			return false
		}
		if next.kind != comment {
			return next.kind != pair
		}
	}
	return false
}
