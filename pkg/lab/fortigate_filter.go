package lab

import (
	"net/http"
	"slices"
	"strings"
)

// fortiFilters all have to match; of one filter any alternative.
type fortiFilters [][]fortiFilter

type fortiFilter struct{ field, op, value string }

// fortiOps in the order in which they have to be looked for.
var fortiOps = []string{"==", "!=", "=@", "!@", "<=", ">=", "<", ">"}

func parseFortiFilters(params []string) (fortiFilters, error) {
	var out fortiFilters
	for _, param := range params {
		var any []fortiFilter
		for part := range strings.SplitSeq(param, ",") {
			f, ok := parseFortiFilter(part)
			if !ok {
				return nil, &fortiError{status: http.StatusBadRequest, cli: "invalid filter " + part}
			}
			any = append(any, f)
		}
		out = append(out, any)
	}
	return out, nil
}

func parseFortiFilter(text string) (fortiFilter, bool) {
	i := strings.IndexAny(text, "=!<>")
	if i <= 0 {
		return fortiFilter{}, false
	}
	for _, op := range fortiOps {
		if value, ok := strings.CutPrefix(text[i:], op); ok {
			return fortiFilter{field: text[:i], op: op, value: value}, true
		}
	}
	return fortiFilter{}, false
}

func (fs fortiFilters) match(row fortiRow) bool {
	for _, alternatives := range fs {
		if !slices.ContainsFunc(alternatives, func(f fortiFilter) bool { return f.match(row[f.field]) }) {
			return false
		}
	}
	return true
}

func (f fortiFilter) match(value any) bool {
	names, ok := value.([]string)
	if !ok {
		return f.matchOne(value)
	}
	if strings.HasPrefix(f.op, "!") {
		return !slices.ContainsFunc(names, func(n string) bool { return !f.matchOne(n) })
	}
	return slices.ContainsFunc(names, func(n string) bool { return f.matchOne(n) })
}

func (f fortiFilter) matchOne(value any) bool {
	text := asText(value)
	switch f.op {
	case "==":
		return text == f.value
	case "!=":
		return text != f.value
	case "=@":
		return strings.Contains(text, f.value)
	case "!@":
		return !strings.Contains(text, f.value)
	}
	c := compareFields(value, coerce(value, f.value))
	return c < 0 && f.op[0] == '<' || c > 0 && f.op[0] == '>' || c == 0 && len(f.op) == 2
}
