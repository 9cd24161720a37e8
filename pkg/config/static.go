package config

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/internal/infile"
)

// Bounds of the static list: a file beyond maxStatic bytes is an error, and of many
// problems the first maxProblems are told one by one.
const (
	maxStatic   = 16 << 20
	maxLine     = 4 << 10
	maxProblems = 100
)

// StaticList is what the static destination list says.
type StaticList struct {
	// Destinations are canonical addresses, networks and domains, sorted, each once.
	Destinations []string
	// Problems are the lines that were left out, and as warnings those that were read differently than written.
	Problems []Problem
}

// ReadStatic reads a static destination list: one address, network or domain per line, with
// # comments. What is not public is taken only inside permit. Invalid lines are left out
// and told. An error means that nothing is known of the list (missing, unreadable, too large, not a list at
// all), which is not the same as an empty list.
func ReadStatic(path string, permit []netip.Prefix) (StaticList, error) {
	f, err := infile.Open(path)
	if err != nil {
		return StaticList{}, fmt.Errorf("static list: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxStatic+1))
	if err != nil {
		return StaticList{}, fmt.Errorf("static list %s: %w", path, err)
	}
	return ParseStatic(path, text, permit)
}

// ParseStatic is ReadStatic on a text that was read already; name stands in the problems.
func ParseStatic(name string, text []byte, permit []netip.Prefix) (StaticList, error) {
	if len(text) > maxStatic {
		return StaticList{}, fmt.Errorf("static list %s: larger than %d MiB", name, maxStatic>>20)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return StaticList{}, fmt.Errorf("static list %s: not a text file; save it as UTF-8 with one destination per line", name)
	}
	r := staticReader{file: name, permit: permit}
	r.read(bytes.TrimPrefix(text, []byte("\ufeff")))
	return r.list()
}

type staticReader struct {
	file     string
	permit   []netip.Prefix
	found    []string
	problems []Problem
	line     int
	// garbled counts the lines that were no destination of any kind, dropped the problems beyond maxProblems.
	garbled, understood, dropped int
}

func (r *staticReader) read(text []byte) {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, max(len(text), 1)+1)
	for lines.Scan() {
		r.line++
		entry, _, _ := strings.Cut(lines.Text(), "#")
		if entry = strings.TrimSpace(entry); entry != "" {
			r.take(entry)
		}
	}
}

func (r *staticReader) take(entry string) {
	d, err := parseDestination(entry)
	if err != nil {
		r.garbled++
		r.tell(false, "%s: %v; the line is left out", shown(entry), err)
		return
	}
	r.understood++
	if err := d.refused(r.permit); err != nil {
		r.tell(false, "%s: %v; the line is left out", shown(entry), err)
		return
	}
	if d.hostBits {
		r.tell(true, "%s has bits beyond its length; read as %s", shown(entry), d.text)
	}
	r.found = append(r.found, d.text)
}

func (r *staticReader) tell(warning bool, format string, args ...any) {
	if len(r.problems) >= maxProblems {
		r.dropped++
		return
	}
	r.problems = append(r.problems, Problem{File: r.file, Line: r.line, Text: fmt.Sprintf(format, args...), Warning: warning})
}

func (r *staticReader) list() (StaticList, error) {
	if r.garbled > 0 && r.understood == 0 {
		return StaticList{}, errors.Join(
			fmt.Errorf("static list %s: none of its %d lines is an address, network or domain", r.file, r.garbled),
			r.problems[0])
	}
	if r.dropped > 0 {
		r.problems = append(r.problems, Problem{File: r.file, Text: fmt.Sprintf("%d more lines have problems", r.dropped)})
	}
	slices.Sort(r.found)
	return StaticList{Destinations: slices.Compact(r.found), Problems: r.problems}, nil
}

// shown quotes an entry for a message, cut to a length that fits a line.
func shown(entry string) string {
	const limit = 80
	if len(entry) > limit {
		return fmt.Sprintf("%q…", entry[:limit])
	}
	return fmt.Sprintf("%q", entry)
}
