package predecessor

import (
	"fmt"
	"math"
)

// highest is the highest threat or certainty that a brain gives.
const highest = 99

// unreachable stands for a score that no brain gives.
const unreachable = highest + 1

// condition is (threat, "and", certainty): what a score must reach.
type condition struct {
	threat, certainty int
	or                bool
}

// never reports that nothing fulfils it.
func (c condition) never() bool {
	if c.or {
		return c.threat > highest && c.certainty > highest
	}
	return c.threat > highest || c.certainty > highest
}

// always reports that everything fulfils it.
func (c condition) always() bool {
	if c.or {
		return c.threat <= 0 || c.certainty <= 0
	}
	return c.threat <= 0 && c.certainty <= 0
}

// table is the condition as config.toml has it.
func (c condition) table() map[string]any {
	match := "and"
	if c.or {
		match = "or"
	}
	return map[string]any{
		"threat": min(max(c.threat, 0), unreachable), "match": match, "certainty": min(max(c.certainty, 0), unreachable),
	}
}

// match says how the predecessor read the middle of a condition.
type match struct {
	// upper: AND and OR are allowed, and both meant or.
	upper bool
	// above: scores must be above what is written, where elsewhere they must reach it.
	above bool
}

// condition reads a parameter that is (threat, "and", certainty); ok is false when it is off or wrong.
func (s source) condition(name string, how match) (c condition, p param, ok bool) {
	if p = s.get(name); !p.there {
		return c, p, false
	}
	parts := items(p.value)
	if len(parts) != 3 {
		s.wrong(p, `three values such as (100, "and", 100)`)
		return c, p, false
	}
	threat, one := least(parts[0], how.above)
	certainty, two := least(parts[2], how.above)
	word, _ := parts[1].(string)
	if !one || !two || (word != "and" && word != "or" && !(how.upper && (word == "AND" || word == "OR"))) {
		s.wrong(p, `(threat, "and" or "or", certainty): the predecessor ends with an error on anything else`)
		return c, p, false
	}
	return condition{threat, certainty, word != "and"}, p, true
}

// least is the smallest whole score that reaches a number, or with above goes beyond it.
func least(v any, above bool) (int, bool) {
	var n float64
	switch v := v.(type) {
	case int64:
		n = float64(v)
	case float64:
		n = v
	default:
		return 0, false
	}
	if math.IsNaN(n) {
		return 0, false
	}
	n = min(max(n, -1000), 1000)
	if above {
		return int(math.Floor(n)) + 1, true
	}
	return int(math.Ceil(n)), true
}

// score writes a condition that selects by itself, and says what it is.
func (s source) score(path, name string, how match) condition {
	c, p, ok := s.condition(name, how)
	word := ""
	if parts := items(p.value); ok {
		word = fmt.Sprint(parts[1])
	}
	switch {
	case !ok:
		s.to.off(path, orMissing(p, "no condition on scores"), p.Origin)
		return condition{unreachable, unreachable, false}
	case c.never():
		s.to.off(path, fmt.Sprintf("%s is off: a brain never gives more than %d", python(p.value), highest), p.Origin)
	case c.always():
		s.to.refuse(p.Origin, "%s is reached by everything there is: var has no such rule; raise it first", python(p.value))
	case word == "AND":
		s.to.set(path, c.table(), `the predecessor reads "AND" as or`, p.Origin)
		s.to.tell(p.Origin, `the predecessor reads "AND" as or, and so does this; to have both needed: var config set %s.match and`, path)
	default:
		s.to.set(path, c.table(), "", p.Origin)
	}
	return c
}

// orMissing says why there is nothing.
func orMissing(p param, text string) string {
	if p.Line == 0 {
		return "not in the file: " + text
	}
	return "None: " + text
}
