package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// span is a flag for a length of time: what Go reads, and days and weeks before it ("1w", "2d12h").
type span struct {
	time.Duration
	least, most time.Duration
}

const day = 24 * time.Hour

// Type names what the flag takes, in the help.
func (*span) Type() string { return "duration" }

// String is the value as it was given, or the default.
func (s *span) String() string {
	if s.Duration == 0 {
		return ""
	}
	return spanText(s.Duration)
}

// Set reads a flag.
func (s *span) Set(text string) error {
	d, err := parseSpan(text)
	if err != nil {
		return err
	}
	if d < s.least || d > s.most {
		return fmt.Errorf("want %s to %s", spanText(s.least), spanText(s.most))
	}
	s.Duration = d
	return nil
}

func parseSpan(text string) (time.Duration, error) {
	rest, total := strings.TrimSpace(text), time.Duration(0)
	for _, unit := range []struct {
		letter string
		length time.Duration
	}{{"w", 7 * day}, {"d", day}} {
		number, after, found := strings.Cut(rest, unit.letter)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			return 0, badSpan(text)
		}
		total, rest = total+time.Duration(n)*unit.length, after
	}
	if rest == "" && total > 0 {
		return total, nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d < 0 {
		return 0, badSpan(text)
	}
	return total + d, nil
}

func badSpan(text string) error {
	return fmt.Errorf("%q is no length of time: write 30m, 4h, 2d or 1w", text)
}

// spanText is short: "4h", "2d", "36h30m0s" only where nothing shorter says it.
func spanText(d time.Duration) string {
	switch {
	case d >= day && d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}
