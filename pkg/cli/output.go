package cli

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/view"
)

func (a *App) json() bool { return a.output == "json" }

func (a *App) printJSON(v any) error { return view.Encode(a.Out, v) }

// printTable aligns rows for a reader; piped, the columns are parted by single tabs for a program.
func (a *App) printTable(header []string, rows [][]string) error {
	all := [][]string{header}
	for _, row := range rows {
		all = append(all, allLegible(row))
	}
	if !a.Terminal {
		return a.printPlain(all[1:])
	}
	widths := columnWidths(all)
	for i, row := range all {
		if _, err := fmt.Fprintln(a.Out, a.alignedRow(row, widths, i == 0)); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) printPlain(rows [][]string) error {
	for _, row := range rows {
		if _, err := fmt.Fprintln(a.Out, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return nil
}

// columnWidths counts characters, the last column left out: nothing stands behind it.
func columnWidths(rows [][]string) []int {
	widths := make([]int, len(rows[0])-1)
	for _, row := range rows {
		for i := range widths {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	return widths
}

func (a *App) alignedRow(row []string, widths []int, header bool) string {
	cells := slices.Clone(row)
	for i, text := range row {
		if style := styleOf(text, header); a.Color && style != "" {
			cells[i] = style + text + plain
		}
		if i < len(widths) {
			cells[i] += strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text))
		}
	}
	return strings.Join(cells, "  ")
}

// What a terminal takes for bold, red, yellow, and the end of it.
const (
	bold   = "\033[1m"
	red    = "\033[31m"
	yellow = "\033[33m"
	plain  = "\033[0m"
)

// styleOf makes the words stand out that somebody may have to act on.
func styleOf(text string, header bool) string {
	switch {
	case header:
		return bold
	case slices.Contains([]string{"failed", "FAILED", "missing"}, text):
		return red
	case slices.Contains([]string{heldBack, leftOver, "in part", "partial", "pending", "releasing", "refused", "unsupported", "absent"}, text):
		return yellow
	}
	return ""
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func allLegible(cells []string) []string {
	shown := make([]string, len(cells))
	for i, text := range cells {
		shown[i] = inert.Text(text)
	}
	return shown
}
