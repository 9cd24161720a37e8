package report

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// Marks stand around the table of a page.
const (
	beginMark = "<!-- table: written by make bench-docs -->"
	endMark   = "<!-- end of the table -->"
)

// Markdown writes rows for a page.
func Markdown(w io.Writer, rows []Row) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %d cores with %s, median of %d rounds.\n\n", runtime.NumCPU(), runtime.Version(), most(rows))
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(r.cells(), " | "))
	}
	fmt.Fprintf(&b, "\nRequests by end and kind:\n\n```\n%s\n```\n", strings.Join(requestLines(rows), "\n"))
	fmt.Fprintf(&b, "\nSettings that are not defaults:\n\n```\n%s\n```\n", strings.Join(settingLines(rows), "\n"))
	_, err := io.WriteString(w, b.String())
	return err
}

func most(rows []Row) int {
	n := 0
	for _, r := range rows {
		n = max(n, r.Rounds)
	}
	return n
}

// Update puts the table between the marks of a page.
func Update(page string, rows []Row) error {
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, begins := bytes.Cut(old, []byte(beginMark))
	_, after, ends := bytes.Cut(rest, []byte(endMark))
	if !begins || !ends {
		return fmt.Errorf("%s: put the lines %q and %q where the table is to stand", page, beginMark, endMark)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%s\n", before, beginMark)
	if err := Markdown(&b, rows); err != nil {
		return err
	}
	fmt.Fprintf(&b, "%s%s", endMark, after)
	return os.WriteFile(page, b.Bytes(), 0o644)
}
