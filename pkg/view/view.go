// Package view has the stable shapes of what var shows of itself: status, why and history, and the decisions in them.
// It fills them from the journal alone. The command line prints them as JSON or as tables; the page shows the same.
package view

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/var-project/var/pkg/internal/inert"
)

// Encode writes a shape as JSON, indented for readers, on whose terminals it steers nothing.
func Encode(w io.Writer, v any) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(inert.JSON(text.Bytes()))
	return err
}
