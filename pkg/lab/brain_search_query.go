package lab

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
)

// searchQuery is the part of the query language that clients have been seen to use: field:value and field:>=value,
// joined by AND, OR, a space (which is AND), NOT and parentheses.
type searchQuery interface{ meets(o jsonObject) bool }

type searchAll []searchQuery

func (s searchAll) meets(o jsonObject) bool {
	for _, q := range s {
		if !q.meets(o) {
			return false
		}
	}
	return true
}

type searchAny []searchQuery

func (s searchAny) meets(o jsonObject) bool {
	for _, q := range s {
		if q.meets(o) {
			return true
		}
	}
	return false
}

type searchNot struct{ searchQuery }

func (s searchNot) meets(o jsonObject) bool { return !s.searchQuery.meets(o) }

// searchTerm compares whatever stands at a path; of lists, any element will do.
type searchTerm struct {
	path      []string
	op, value string
}

func (t searchTerm) meets(o jsonObject) bool {
	value, ok := o.get(t.path[0])
	if !ok {
		return false
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return false
	}
	var plain any
	return json.Unmarshal(raw, &plain) == nil && t.holds(plain, t.path[1:])
}

func (t searchTerm) holds(value any, path []string) bool {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			if t.holds(one, path) {
				return true
			}
		}
		return false
	case map[string]any:
		return len(path) > 0 && t.holds(v[path[0]], path[1:])
	case float64:
		n, err := strconv.ParseFloat(t.value, 64)
		return err == nil && compared(v-n, t.op)
	case bool:
		return strconv.FormatBool(v) == strings.ToLower(t.value)
	case string:
		return t.holdsText(v)
	}
	return false
}

func (t searchTerm) holdsText(text string) bool {
	if t.op == "=" {
		return t.value == "*" || strings.EqualFold(text, t.value)
	}
	at, ok := parseMoment(text)
	limit, also := parseMoment(t.value)
	return ok && also && compared(float64(at.Sub(limit)), t.op)
}

func compared(difference float64, op string) bool {
	switch op {
	case ">=":
		return difference >= 0
	case "<=":
		return difference <= 0
	case ">":
		return difference > 0
	case "<":
		return difference < 0
	default:
		return difference == 0
	}
}

var errSearch = errors.New("lab: the query cannot be read")

// searchParser reads a query from left to right; OR binds weakest.
type searchParser struct {
	prefix string
	rest   string
}

func parseSearch(prefix, text string) (searchQuery, error) {
	p := &searchParser{prefix: prefix, rest: text}
	if strings.TrimSpace(text) == "" {
		return searchAll{}, nil
	}
	q, err := p.any()
	if err == nil && p.peek() != "" {
		err = errSearch
	}
	return q, err
}

func (p *searchParser) any() (searchQuery, error) {
	var out searchAny
	for {
		q, err := p.all()
		if err != nil {
			return nil, err
		}
		out = append(out, q)
		if !p.word("or") {
			return out, nil
		}
	}
}

func (p *searchParser) all() (searchQuery, error) {
	var out searchAll
	for {
		q, err := p.one()
		if err != nil {
			return nil, err
		}
		out = append(out, q)
		p.word("and")
		if next := strings.ToLower(p.peek()); next == "" || next == ")" || next == "or" {
			return out, nil
		}
	}
}

func (p *searchParser) one() (searchQuery, error) {
	if p.word("not") {
		q, err := p.one()
		return searchNot{q}, err
	}
	if p.word("(") {
		q, err := p.any()
		if err == nil && !p.word(")") {
			err = errSearch
		}
		return q, err
	}
	return p.term()
}

func (p *searchParser) term() (searchQuery, error) {
	field, rest, ok := strings.Cut(strings.TrimSpace(p.rest), ":")
	if !ok || field == "" || strings.ContainsAny(field, " ()\"") {
		return nil, errSearch
	}
	p.rest = rest
	value, err := p.value()
	return parseTerm(p.prefix, field, value), err
}

// value is quoted, with \ before " and \, or runs to the next space or parenthesis.
func (p *searchParser) value() (string, error) {
	op := ""
	for strings.HasPrefix(p.rest, ">") || strings.HasPrefix(p.rest, "<") || strings.HasPrefix(p.rest, "=") {
		op, p.rest = op+p.rest[:1], p.rest[1:]
	}
	if strings.HasPrefix(p.rest, `"`) {
		text, err := p.quoted()
		return op + text, err
	}
	end := strings.IndexAny(p.rest, " )")
	if end < 0 {
		end = len(p.rest)
	}
	value := p.rest[:end]
	p.rest = p.rest[end:]
	if value == "" {
		return "", errSearch
	}
	return op + value, nil
}

func (p *searchParser) quoted() (string, error) {
	var out strings.Builder
	for i := 1; i < len(p.rest); i++ {
		switch c := p.rest[i]; {
		case c == '\\' && i+1 < len(p.rest):
			i++
			out.WriteByte(p.rest[i])
		case c == '"':
			p.rest = p.rest[i+1:]
			return out.String(), nil
		default:
			out.WriteByte(c)
		}
	}
	return "", errSearch
}

// peek is the next word, or the next parenthesis.
func (p *searchParser) peek() string {
	rest := strings.TrimSpace(p.rest)
	if rest == "" || rest[0] == '(' || rest[0] == ')' {
		return rest[:min(1, len(rest))]
	}
	if end := strings.IndexAny(rest, " ()"); end >= 0 {
		return rest[:end]
	}
	return rest
}

// word takes the next word when it is this one.
func (p *searchParser) word(want string) bool {
	if !strings.EqualFold(p.peek(), want) {
		return false
	}
	p.rest = strings.TrimSpace(p.rest)[len(want):]
	return true
}
