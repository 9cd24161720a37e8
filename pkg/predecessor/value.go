package predecessor

import (
	"cmp"
	"errors"
	"fmt"

	"go.starlark.net/syntax"
)

// The values of Python that a configuration holds: string, int64, float64, bool and these.
type (
	none  struct{}
	list  []any
	tuple []any
	// dict has its entries by their texts; other keys are no configuration's.
	dict map[string]any
)

// maxDepth bounds how far an expression is followed.
const maxDepth = 200

var (
	errComputed = errors.New("is computed: nothing is executed, so write its value there")
	errLarge    = errors.New("is larger than a configuration's")
)

// eval reads a value that is written out: literals, names that were assigned before, and concatenations.
func (m *module) eval(e syntax.Expr, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errLarge
	}
	switch e := e.(type) {
	case *syntax.ParenExpr:
		return m.eval(e.X, depth+1)
	case *syntax.Literal:
		return m.literal(e)
	case *syntax.Ident:
		return m.lookUp(e.Name)
	case *syntax.UnaryExpr:
		return m.signed(e, depth)
	case *syntax.BinaryExpr:
		return m.sum(e, depth)
	case *syntax.ListExpr:
		all, err := m.all(e.List, depth)
		return list(all), err
	case *syntax.TupleExpr:
		all, err := m.all(e.List, depth)
		return tuple(all), err
	case *syntax.DictExpr:
		return m.entries(e, depth)
	}
	return nil, errComputed
}

func (m *module) literal(l *syntax.Literal) (any, error) {
	switch v := l.Value.(type) {
	case string:
		if l.Token == syntax.BYTES {
			return nil, errComputed
		}
		return v, m.spend(len(v))
	case int64, float64:
		return v, nil
	}
	return nil, errLarge
}

func (m *module) lookUp(name string) (any, error) {
	switch name {
	case "True", "False":
		return name == "True", nil
	case "None":
		return none{}, nil
	}
	v, ok := m.values[name]
	m.used[name] = true
	if !ok || m.touched[name] != 0 {
		return nil, fmt.Errorf("goes by %s, which is not assigned a plain value before", name)
	}
	return v.value, cmp.Or(v.err, m.spend(v.size))
}

func (m *module) signed(e *syntax.UnaryExpr, depth int) (any, error) {
	if e.X == nil {
		return nil, errComputed
	}
	v, err := m.eval(e.X, depth+1)
	if err != nil {
		return nil, err
	}
	switch n := v.(type) {
	case int64:
		if e.Op == syntax.MINUS {
			return -n, nil
		}
		if e.Op == syntax.PLUS {
			return n, nil
		}
	case float64:
		if e.Op == syntax.MINUS {
			return -n, nil
		}
		if e.Op == syntax.PLUS {
			return n, nil
		}
	}
	return nil, errComputed
}

func (m *module) sum(e *syntax.BinaryExpr, depth int) (any, error) {
	if e.Op != syntax.PLUS {
		return nil, errComputed
	}
	left, err := m.eval(e.X, depth+1)
	if err != nil {
		return nil, err
	}
	right, err := m.eval(e.Y, depth+1)
	if err != nil {
		return nil, err
	}
	return m.join(left, right)
}

// join concatenates two texts, lists or tuples. The result costs: a name may stand in it twice.
func (m *module) join(left, right any) (any, error) {
	switch l := left.(type) {
	case string:
		if r, is := right.(string); is {
			return l + r, m.spend(len(l) + len(r))
		}
	case list:
		if r, is := right.(list); is {
			return append(l[:len(l):len(l)], r...), m.spend(len(l) + len(r))
		}
	case tuple:
		if r, is := right.(tuple); is {
			return append(l[:len(l):len(l)], r...), m.spend(len(l) + len(r))
		}
	}
	return nil, errComputed
}

func (m *module) all(es []syntax.Expr, depth int) ([]any, error) {
	all := make([]any, len(es))
	if err := m.spend(len(es)); err != nil {
		return nil, err
	}
	for i, e := range es {
		v, err := m.eval(e, depth+1)
		if err != nil {
			return nil, err
		}
		all[i] = v
	}
	return all, nil
}

func (m *module) entries(e *syntax.DictExpr, depth int) (any, error) {
	d := dict{}
	for _, item := range e.List {
		entry, is := item.(*syntax.DictEntry)
		if !is {
			return nil, errComputed
		}
		pair, err := m.all([]syntax.Expr{entry.Key, entry.Value}, depth)
		if err != nil {
			return nil, err
		}
		key, is := pair[0].(string)
		if !is {
			return nil, errComputed
		}
		d[key] = pair[1]
	}
	return d, nil
}

// spend keeps concatenations of concatenations from filling the memory.
func (m *module) spend(n int) error {
	if m.budget -= n; m.budget < 0 {
		return errLarge
	}
	return nil
}
