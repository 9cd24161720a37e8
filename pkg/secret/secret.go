// Package secret holds a text that cannot be printed by accident.
package secret

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// Redacted is what every printed form of a secret shows.
const Redacted = "[redacted]"

// String is a secret text. Its zero value is empty. The text is behind a
// pointer, since fmt calls no methods on unexported fields.
type String struct{ text *string }

// New makes a secret of a text.
func New(text string) String { return String{&text} }

// Reveal is the one way to the text.
func (s String) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty reports that there is no text.
func (s String) Empty() bool { return s.Reveal() == "" }

// String shows nothing of the text.
func (String) String() string { return Redacted }

// GoString shows nothing of the text.
func (String) GoString() string { return Redacted }

// Format shows nothing of the text, whatever the verb.
func (String) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(Redacted)) }

// MarshalText shows nothing of the text.
func (String) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// MarshalJSON shows nothing of the text.
func (String) MarshalJSON() ([]byte, error) { return json.Marshal(Redacted) }

// LogValue shows nothing of the text.
func (String) LogValue() slog.Value { return slog.StringValue(Redacted) }

// UnmarshalText takes the text in.
func (s *String) UnmarshalText(text []byte) error {
	*s = New(string(text))
	return nil
}
