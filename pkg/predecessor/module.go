package predecessor

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.starlark.net/syntax"
)

// Bounds of one Python file. Real ones have some 100 lines.
const (
	maxFile    = 256 << 10
	maxNesting = 100
	maxPassed  = 100
)

// module is what a Python file assigns. Nothing of it is executed: a value that is not written out is an error of
// that value, and whatever is no assignment is passed over.
type module struct {
	file   string
	values map[string]assigned
	passed []passage
	// touched are names that a statement which was passed over speaks of, with its line.
	touched map[string]int
	// used are names that other values go by.
	used   map[string]bool
	budget int
}

// assigned is what a name stands for at the end of the file.
type assigned struct {
	value any
	line  int
	err   error
	// size is what the value cost; whoever uses it again pays it again.
	size int
}

// passage is a statement that was passed over.
type passage struct {
	line, end int
	text      string
}

// parseModule reads Python with the parser of Starlark, a dialect of it. What that does not know (imports, classes) is
// blanked statement by statement, so that lines keep their numbers.
func parseModule(file string, text []byte) (*module, error) {
	if err := plausible(text); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	m := &module{file: file, values: map[string]assigned{}, touched: map[string]int{}, used: map[string]bool{}, budget: maxFile}
	lines := strings.Split(strings.ReplaceAll(string(bytes.TrimPrefix(text, []byte("\ufeff"))), "\r\n", "\n"), "\n")
	f, err := m.parse(lines)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for _, stmt := range f.Stmts {
		m.take(stmt)
	}
	return m, nil
}

// plausible refuses what no configuration is, and what would cost the parser too much.
func plausible(text []byte) error {
	switch {
	case len(text) > maxFile:
		return fmt.Errorf("is larger than %d KiB: not a configuration", maxFile>>10)
	case bytes.IndexByte(text, 0) >= 0:
		return errors.New("holds NUL bytes: not a text file")
	}
	depth := 0
	for _, c := range text {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(depth-1, 0)
		}
		if depth > maxNesting {
			return fmt.Errorf("nests more than %d brackets: not a configuration", maxNesting)
		}
	}
	return nil
}

// parse passes over what the parser does not know.
func (m *module) parse(lines []string) (*syntax.File, error) {
	options := syntax.FileOptions{Set: true, While: true, TopLevelControl: true, GlobalReassign: true}
	for range maxPassed {
		f, err := options.Parse(m.file, strings.Join(lines, "\n")+"\n", 0)
		var bad syntax.Error
		switch {
		case err == nil:
			return f, nil
		case !errors.As(err, &bad):
			return nil, err
		case !m.blank(lines, int(bad.Pos.Line)-1):
			return nil, fmt.Errorf("line %d: %s", bad.Pos.Line, bad.Msg)
		}
	}
	return nil, fmt.Errorf("more than %d statements are no assignments: not a configuration", maxPassed)
}

// blank takes out the statement that the line belongs to.
func (m *module) blank(lines []string, at int) bool {
	start := min(max(at, 0), len(lines)-1)
	for start > 0 && inside(lines[start]) {
		start--
	}
	if strings.TrimSpace(lines[start]) == "" {
		return false
	}
	end := start + 1
	for end < len(lines) && (inside(lines[end]) || branch.MatchString(lines[end])) {
		end++
	}
	p := passage{line: start + 1, end: end, text: named(lines[start])}
	for i := start; i < end; i++ {
		m.touch(word.FindAllString(lines[i], -1), p.line)
		lines[i] = ""
	}
	m.passed = append(m.passed, p)
	return true
}

// named is the beginning of a statement, without any value: that may be a secret.
func named(line string) string {
	begin, _, _ := strings.Cut(line, "#")
	if at := strings.IndexAny(begin, `="'([{`); at >= 0 {
		begin = begin[:at]
	}
	return strings.ToValidUTF8(strings.TrimSpace(begin[:min(len(begin), 60)]), "")
}

var (
	word   = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
	branch = regexp.MustCompile(`^(else|elif|except|finally)\b`)
)

// inside reports that a line cannot begin a statement at the top of a file.
func inside(line string) bool {
	return strings.TrimSpace(line) == "" || strings.ContainsAny(line[:1], " \t)]}")
}

func (m *module) touch(names []string, line int) {
	for _, name := range names {
		if m.touched[name] == 0 {
			m.touched[name] = line
		}
	}
}

// take keeps an assignment, and passes over the rest.
func (m *module) take(stmt syntax.Stmt) {
	start, end := stmt.Span()
	a, is := stmt.(*syntax.AssignStmt)
	name, simple := (*syntax.Ident)(nil), false
	if is {
		name, simple = a.LHS.(*syntax.Ident)
	}
	switch {
	case docstring(stmt):
	case !simple || a.Op != syntax.EQ && a.Op != syntax.PLUS_EQ:
		m.pass(stmt, int(start.Line), int(end.Line))
	case m.torn(int(start.Line), int(end.Line)):
		m.values[name.Name] = assigned{line: int(start.Line), err: errors.New("is written in a way that cannot be read without executing it")}
	default:
		m.assign(name.Name, int(start.Line), a)
	}
}

func (m *module) assign(name string, line int, a *syntax.AssignStmt) {
	budget := m.budget
	v, err := m.eval(a.RHS, 0)
	if a.Op == syntax.PLUS_EQ && err == nil {
		before := m.values[name]
		if err = before.err; err == nil {
			v, err = m.join(before.value, v)
		}
	}
	m.values[name] = assigned{v, line, err, budget - m.budget}
}

// docstring reports a text that stands for itself.
func docstring(stmt syntax.Stmt) bool {
	e, is := stmt.(*syntax.ExprStmt)
	if !is {
		return false
	}
	_, is = e.X.(*syntax.Literal)
	return is
}

func (m *module) pass(stmt syntax.Stmt, line, end int) {
	var names []string
	syntax.Walk(stmt, func(n syntax.Node) bool {
		if id, is := n.(*syntax.Ident); is {
			names = append(names, id.Name)
		}
		return true
	})
	m.touch(names, line)
	m.passed = append(m.passed, passage{line, end, statementName(stmt)})
}

// statementName says what a statement is, for people.
func statementName(stmt syntax.Stmt) string {
	switch stmt.(type) {
	case *syntax.DefStmt:
		return "a function"
	case *syntax.IfStmt:
		return "a condition"
	case *syntax.ForStmt, *syntax.WhileStmt:
		return "a loop"
	case *syntax.AssignStmt:
		return "an assignment to something else than one name"
	}
	return "a statement"
}

// torn reports that a part of an assignment was passed over.
func (m *module) torn(start, end int) bool {
	return slices.ContainsFunc(m.passed, func(p passage) bool { return p.line > start && p.line <= end })
}
