package tomltext

import (
	"bytes"
	"fmt"
	"slices"
)

// splice puts text in the place of a span.
type splice struct {
	span
	text string
}

// with is the text after some splices that do not overlap.
func (t *Text) with(all ...splice) (*Text, error) {
	slices.SortFunc(all, func(a, b splice) int { return a.start - b.start })
	var out bytes.Buffer
	out.Write(t.mark)
	at := 0
	for _, s := range all {
		out.Write(t.body[at:s.start])
		out.WriteString(s.text)
		at = s.end
	}
	out.Write(t.body[at:])
	return Parse(out.Bytes())
}

// first is what the first of several ways to edit gives that leads to the values that are wanted: how tables
// may be added to is decided by the decoder, not here.
func (t *Text) first(wanted any, at Path, ways []splice) (*Text, error) {
	for _, way := range ways {
		if next, err := t.with(way); err == nil && next.holds(wanted) {
			return next, nil
		}
	}
	return nil, fmt.Errorf("%s cannot be changed in the form in which the file is written: change it in an editor", at)
}

// Set is the text with a value at a path: see Encode for the values. One that is there is replaced where it stands;
// else it is put behind its neighbours, and the tables around it are made.
func (t *Text) Set(at Path, v any) (*Text, error) {
	switch v := v.(type) {
	case map[string]any:
		if t.isTable(at) || at.last().Element && t.free(at) && len(v) > 0 {
			return t.setTable(at, v)
		}
	case []map[string]any:
		if t.free(at) {
			return t.setTables(at, v)
		}
	}
	if t.isTable(at) {
		return nil, fmt.Errorf("%s is a table: name one of its keys", at)
	}
	return t.set(at, v)
}

func (t *Text) set(at Path, v any) (*Text, error) {
	written, err := Encode(v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	value, err := decoded(written)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	wanted, err := changed(plain(t.values), at, value)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", at, err)
	case t.holds(wanted):
		return t, nil
	}
	if n := t.find(at); n != nil {
		return t.first(wanted, at, []splice{{n.value, written}})
	}
	return t.first(wanted, at, t.ways(at, written))
}

// isTable says whether a path is a table that is no single value in the text.
func (t *Text) isTable(at Path) bool {
	v, there := t.Get(at)
	_, ok := v.(map[string]any)
	return there && ok && t.find(at) == nil
}

// free says whether a path is not inside of a single value of the text, so that it may be a table with a header.
func (t *Text) free(at Path) bool {
	for known := len(at); known > 0; known-- {
		if t.find(at[:known]) != nil {
			return false
		}
	}
	return true
}

// setTable makes a table with a header hold what a map says, and nothing else.
func (t *Text) setTable(at Path, wanted map[string]any) (*Text, error) {
	v, _ := t.Get(at)
	now, _ := v.(map[string]any)
	next := t
	var err error
	for _, key := range sortedKeys(now) {
		if _, stays := wanted[key]; !stays && err == nil {
			next, err = next.Remove(at.with(Step{Key: key}))
		}
	}
	for _, key := range sortedKeys(wanted) {
		if err == nil {
			next, err = next.Set(at.with(Step{Key: key}), wanted[key])
		}
	}
	return next, err
}

// setTables makes an array of tables with headers hold these tables, and no others.
func (t *Text) setTables(at Path, wanted []map[string]any) (*Text, error) {
	v, _ := t.Get(at)
	now, _ := v.([]any)
	next := t
	var err error
	for i := len(now) - 1; i >= len(wanted) && err == nil; i-- {
		next, err = next.Remove(at.with(Step{Index: i, Element: true}))
	}
	for i := range wanted {
		if err == nil {
			next, err = next.Set(at.with(Step{Index: i, Element: true}), wanted[i])
		}
	}
	return next, err
}

// find gives the pair or element whose value is at a path, nil when there is none.
func (t *Text) find(at Path) *node { return find(t.lines, at) }

func find(nodes []*node, at Path) *node {
	for _, n := range nodes {
		if n.kind != pair && n.kind != element || !at.begins(n.path) {
			continue
		}
		if len(n.path) == len(at) {
			return n
		}
		if one := find(n.inside, at); one != nil {
			return one
		}
	}
	return nil
}

// Rename is the text in which the table or key at a path has another name.
func (t *Text) Rename(at Path, name string) (*Text, error) {
	value, there := t.Get(at)
	next := at.parent().with(Step{Key: name})
	_, taken := t.Get(next)
	switch {
	case !there || at.last().Element:
		return nil, fmt.Errorf("there is no %s", at)
	case taken:
		return nil, fmt.Errorf("there is a %s already", next)
	}
	wanted, err := changed(removed(plain(t.values), at), next, value)
	if err != nil {
		return nil, err
	}
	text, err := t.with(named(t.lines, at, quoted(name))...)
	if err != nil || !text.holds(wanted) {
		return nil, fmt.Errorf("%s cannot be renamed in the form in which the file is written: rename it in an editor", at)
	}
	return text, nil
}

// named gives every place where a key is written another name.
func named(nodes []*node, at Path, name string) []splice {
	var all []splice
	for _, n := range nodes {
		for _, p := range n.parts {
			if slices.Equal(keyed(p.path), at) {
				all = append(all, splice{p.span, name})
			}
		}
		all = append(all, named(n.inside, at, name)...)
	}
	return all
}
