package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
)

func (a *App) json() bool { return a.output == "json" }

func (a *App) printJSON(v any) error {
	enc := json.NewEncoder(a.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// printTable aligns rows for a reader; piped, the columns are parted by single tabs for a program.
func (a *App) printTable(header []string, rows [][]string) error {
	if !a.Terminal {
		return a.printPlain(rows)
	}
	w := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{header}, rows...) {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}

func (a *App) printPlain(rows [][]string) error {
	for _, row := range rows {
		if _, err := fmt.Fprintln(a.Out, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return nil
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
