package panos

import (
	"testing"
	"time"
)

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]Version{
		"10.1": {10, 1}, "10.1.3-h1": {10, 1}, "9.1.0": {9, 1}, "11.0-b4": {11, 0},
	} {
		if got, err := ParseVersion(text); err != nil || got != want {
			t.Errorf("ParseVersion(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "10", "ten.one", "-1.0", "10.", "10.x"} {
		if got, err := ParseVersion(text); err == nil {
			t.Errorf("ParseVersion(%q) = %v, want an error", text, got)
		}
	}
}

func TestAtLeast(t *testing.T) {
	for _, c := range []struct {
		v, o Version
		want bool
	}{
		{Version{9, 1}, Version{9, 1}, true},
		{Version{9, 0}, Version{9, 1}, false},
		{Version{10, 0}, Version{9, 1}, true},
		{Version{9, 2}, Version{10, 0}, false},
	} {
		if got := c.v.AtLeast(c.o); got != c.want {
			t.Errorf("%v.AtLeast(%v) = %v, want %v", c.v, c.o, got, c.want)
		}
	}
}

func TestUptimeIsReadOrUnknown(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0 days, 18:28:38":       18*time.Hour + 28*time.Minute + 38*time.Second,
		"1 days, 4:05:06\n":      28*time.Hour + 5*time.Minute + 6*time.Second,
		"0 days, 0:00:00":        0,
		"":                       -1,
		"uptime":                 -1,
		"-3 days, 0:00:00":       -1,
		"9 days, 24:00:00":       -1,
		"99999999 days, 0:00:00": -1,
	} {
		got, ok := System{Up: text}.Uptime()
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
