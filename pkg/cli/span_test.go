package cli

import (
	"testing"
	"time"
)

func TestSpansHaveDaysAndWeeks(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"4h": 4 * time.Hour, "30m": 30 * time.Minute, "2d": 48 * time.Hour, "1w": 168 * time.Hour, "1w2d3h": 219 * time.Hour,
		"1d12h": 36 * time.Hour, "90s": 90 * time.Second,
	} {
		if got, err := parseSpan(text); err != nil || got != want {
			t.Errorf("parseSpan(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "4", "d", "-1h", "1d-2h", "2d2w", "1x", "99999w", "1w-1d"} {
		if got, err := parseSpan(text); err == nil {
			t.Errorf("parseSpan(%q) = %v, want an error", text, got)
		}
	}
}

func TestSpansAreBoundedAndShown(t *testing.T) {
	s := &span{least: time.Minute, most: 365 * day}
	for _, text := range []string{"1s", "366d"} {
		if err := s.Set(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
	for text, want := range map[string]string{"36h": "36h", "48h": "2d", "90m": "90m", "61s": "1m1s"} {
		if err := s.Set(text); err != nil || s.String() != want {
			t.Errorf("%q is shown as %q, %v, want %q", text, s.String(), err, want)
		}
	}
}
