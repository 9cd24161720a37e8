package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func windowKeys() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"window.days":     testWindowDays,
		"window.start":    testWindowStart,
		"window.end":      testWindowEnd,
		"window.timezone": testWindowZone,
		"window.releases": testWindowReleases,
	}
}

// ahead is the time of the day so far from now.
func ahead(d time.Duration) string { return time.Now().UTC().Add(d).Format("15:04") }

// opening is a window by the clock of UTC.
func opening(start, end string) string {
	return fmt.Sprintf("window.start = %q\nwindow.end = %q\nwindow.timezone = \"UTC\"", start, end)
}

// waits says that a run does not block, which is no trouble, and tells so.
func (s *stage) waits(lines string) {
	s.t.Helper()
	s.want(ExitDone, lines, "run")
	s.holds(hostElement, false)
	if !strings.Contains(s.err.String(), ": outside the window until ") {
		s.t.Errorf("nobody is told why: %s", &s.err)
	}
}

func (s *stage) blocks(lines string) {
	s.t.Helper()
	s.want(ExitDone, lines, "run")
	s.holds(hostElement, true)
}

func testWindowDays(t *testing.T) {
	s := newStage(t)
	days := func(of ...int) string {
		var names []string
		for _, n := range of {
			names = append(names, fmt.Sprintf("%q", time.Now().UTC().AddDate(0, 0, n).Weekday()))
		}
		return "window.timezone = \"UTC\"\nwindow.days = [" + strings.Join(names, ", ") + "]"
	}
	s.waits(days(3))
	s.blocks(days(0, 1))
}

func testWindowStart(t *testing.T) {
	s := newStage(t)
	s.waits(opening(ahead(time.Hour), ahead(2*time.Hour)))
	s.blocks(opening(ahead(-time.Hour), ahead(2*time.Hour)))
}

func testWindowEnd(t *testing.T) {
	s := newStage(t)
	s.waits(opening(ahead(-2*time.Hour), ahead(-time.Hour)))
	s.blocks(opening(ahead(-2*time.Hour), ahead(time.Hour)))
}

func testWindowZone(t *testing.T) {
	s := newStage(t)
	lines := opening(ahead(-time.Hour), ahead(time.Hour))
	s.waits(strings.ReplaceAll(lines, "UTC", "Asia/Tokyo"))
	s.blocks(lines)
}

// A window that is closed delays releases only where that is wanted, and never what a release tag asks for.
func testWindowReleases(t *testing.T) {
	s := newStage(t)
	s.blocks("")
	shut := opening(ahead(time.Hour), ahead(2*time.Hour))
	s.cured()
	s.want(ExitDone, shut+"\nwindow.releases = \"window\"", "run")
	s.holds("10.0.0.1", true)
	s.want(ExitDone, shut, "run")
	s.holds("10.0.0.1", false)
}
