package setup

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Answers of the last question that are no names of sections.
const (
	toWrite = "write"
	toFile  = "file"
	toLeave = "leave"
	toAll   = "all"
	toLook  = "look"
)

// review shows what would be written and asks what to do with it: write it, leave, or go over a section again. What is
// always offered comes first, so that its numbers stay; to write is never the default: an Enter too many must not do it.
func (t *talk) review(ctx context.Context) (string, error) {
	good, err := t.tellDraft()
	if err != nil {
		return "", err
	}
	var ways []Option
	if good {
		ways = t.ways()
	}
	usual := toLeave
	switch {
	case t.failed:
	case len(ways) > 0:
		usual = toLook
	case !t.seen:
		usual = toAll
	}
	options := []Option{{toAll, "go over everything, from the first question to the last"}}
	for _, s := range sections() {
		options = append(options, Option{s.name, s.label})
	}
	options = append(options, Option{toLook, "show once more what changes"}, Option{toLeave, "leave, and write nothing"})
	options = append(options, ways...)
	t.seen = true
	return t.ask(ctx, Question{Key: "what next", Help: "Every answer can still be changed.", Form: One, Default: usual, Options: options})
}

// ways are the ways to write what was answered; none when nothing changes.
func (t *talk) ways() []Option {
	secrets := t.KeepSecrets && len(t.given) > 0
	switch {
	case bytes.Equal(t.draft.Bytes(), t.original.Bytes()) && !secrets:
		return nil
	case secrets:
		return []Option{{toWrite, "write it, and store the secrets"}, {toFile, "write the file alone, and store no secret"}}
	}
	return []Option{{toWrite, "write it"}}
}

// tellDraft shows the changes and what is wrong with them, and reports whether they can be written.
func (t *talk) tellDraft() (good bool, err error) {
	lines := []string{"\nthe file is as it was"}
	if !bytes.Equal(t.draft.Bytes(), t.original.Bytes()) {
		lines = []string{"\nwhat changes in the file:", t.changes()}
	}
	for _, name := range slices.Sorted(maps.Keys(t.given)) {
		if t.KeepSecrets {
			lines = append(lines, "into the keyring: "+name)
		} else {
			lines = append(lines, "not stored: "+name)
		}
	}
	good = true
	for _, p := range t.reading(t.draft).problems {
		lines = append(lines, oneLine(p.String()))
		good = good && p.Warning
	}
	if !good {
		lines = append(lines, "this cannot be written before these problems are mended")
	}
	return good, t.tell(strings.Join(lines, "\n"))
}

// changes are the lines that go and come.
func (t *talk) changes() string {
	var lines []string
	text := string(diff.Diff("before", t.original.Bytes(), "after", t.draft.Bytes()))
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if strings.HasPrefix(line, "diff ") || strings.HasPrefix(line, "--- ") || strings.HasPrefix(line, "+++ ") {
			continue
		}
		lines = append(lines, fmt.Sprintf("  %s", visible(line)))
	}
	return strings.Join(lines, "\n")
}

// visible is a line of the file without what a terminal would obey; its blanks stay.
func visible(line string) string {
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	return strings.ReplaceAll(line[:indent], "\t", "    ") + clean(strings.ReplaceAll(line[indent:], "\t", "    "))
}
