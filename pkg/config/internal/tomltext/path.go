package tomltext

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// Step is one part of a path: a key, or the place of an element in an array.
type Step struct {
	Key     string
	Index   int
	Element bool
}

// Path leads from the top of a file to a table, key or element.
type Path []Step

// written is how a step looks at the start of a path: a bare or quoted key, or an index.
var written = regexp.MustCompile(`^(?:\[(\d{1,6})\]|\.?("(?:[^"\\]|\\.)*"|'[^']*'|[^.\[\]"'\s]+))`)

// ParsePath reads a path as problems show it: blocker.edge.settings.device[0].url. A key with a
// dot, bracket, quote or space in it is quoted as in TOML.
func ParsePath(text string) (Path, error) {
	var path Path
	for rest := text; rest != ""; {
		part := written.FindStringSubmatch(rest)
		if part == nil || len(path) >= MaxDepth || (len(path) == 0) != (part[0] == part[2]) && part[1] == "" {
			return nil, fmt.Errorf(`%q is no path of keys such as run.interval or blocker.edge.settings.device[0].url`, text)
		}
		path = append(path, step(part[1], part[2]))
		rest = rest[len(part[0]):]
	}
	if len(path) == 0 || path[0].Element || !utf8.ValidString(text) {
		return nil, fmt.Errorf("%q names no key", text)
	}
	return path, nil
}

func step(index, key string) Step {
	if index != "" {
		n, _ := strconv.Atoi(index) // digits, and few of them
		return Step{Index: n, Element: true}
	}
	return Step{Key: unquoted(key)}
}

// unquoted has the decoder read a quoted key.
func unquoted(key string) string {
	if key[0] != '"' && key[0] != '\'' {
		return key
	}
	var one struct{ K string }
	if _, err := toml.Decode("K = "+key, &one); err != nil {
		return key
	}
	return one.K
}

// String is the path as problems show it, without quotes.
func (p Path) String() string {
	var text strings.Builder
	for i, s := range p {
		switch {
		case s.Element:
			fmt.Fprintf(&text, "[%d]", s.Index)
		case i > 0:
			text.WriteString("." + s.Key)
		default:
			text.WriteString(s.Key)
		}
	}
	return text.String()
}

// unique is a text that no other path has.
func (p Path) unique() string {
	var text strings.Builder
	for _, s := range p {
		if s.Element {
			fmt.Fprintf(&text, "[%d]", s.Index)
		} else {
			fmt.Fprintf(&text, ".%q", s.Key)
		}
	}
	return text.String()
}

// with is a path of its own that goes on from p.
func (p Path) with(more ...Step) Path { return append(slices.Clip(p), more...) }

func (p Path) begins(prefix Path) bool {
	return len(p) >= len(prefix) && slices.Equal(p[:len(prefix)], prefix)
}

// parent is the path without its last step.
func (p Path) parent() Path { return p[:len(p)-1] }

func (p Path) last() Step { return p[len(p)-1] }

var bare = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// dotted writes the keys of a path as TOML; places in arrays are left out, as headers do.
func (p Path) dotted() string {
	var keys []string
	for _, s := range p {
		if !s.Element {
			keys = append(keys, quoted(s.Key))
		}
	}
	return strings.Join(keys, ".")
}

// quoted writes a key.
func quoted(key string) string {
	if bare.MatchString(key) {
		return key
	}
	return text(key)
}
