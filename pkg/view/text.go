package view

import (
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
)

// Stamp is a time in UTC as RFC 3339 has it; "-" where there is none.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}

// Person is "anna: reason, since 2026-11-21T19:18:30Z" on one legible line.
func Person(by entity.By) string {
	text := inert.Line(by.Who)
	if by.Reason != "" {
		text += ": " + inert.Line(by.Reason)
	}
	if !by.At.IsZero() {
		text += ", since " + Stamp(by.At)
	}
	return text
}
