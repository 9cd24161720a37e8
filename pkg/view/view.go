// Package view has the stable shapes of what var shows of itself: status, why and history, and the decisions in them.
// It fills them from the journal alone. The command line prints them as JSON or as tables; the page shows the same.
package view

import (
	"encoding/json"
	"io"
)

// Encode writes a shape as JSON, indented for readers.
func Encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
