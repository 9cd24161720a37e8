package report_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/tools/bench/internal/measure"
	"github.com/var-project/var/tools/bench/internal/play"
	"github.com/var-project/var/tools/bench/internal/report"
	"github.com/var-project/var/tools/bench/internal/scenario"
	"github.com/var-project/var/tools/bench/internal/stage"
)

const delay = 20 * time.Millisecond

// played is a round that took so long.
func played(wall time.Duration, memory int64) play.Round {
	return play.Round{
		Cost: measure.Cost{Wall: wall, CPU: wall / 10, Peak: map[string]int64{"var": memory << 20, "paloalto": 12 << 20}},
		Work: scenario.Nothing, Delay: delay, Startup: measure.Cost{Wall: 300 * time.Millisecond},
		Asked: map[string]stage.Asked{
			"hq00":     {Kinds: map[string]int{"GET hosts": 2, "POST token": 1}, InFlight: 8},
			"b00-fw00": {Kinds: map[string]int{"show registered-ip": 3}, InFlight: 2},
			"b00-fw01": {Kinds: map[string]int{"show registered-ip": 3}, InFlight: 1},
		},
	}
}

func idle(n int) scenario.Scenario {
	return scenario.Scenario{Setup: scenario.Idle(scenario.PaloAlto, n), Work: scenario.Nothing}
}

func TestSummarizeTakesTheMiddleAndTheMostMemory(t *testing.T) {
	r := report.Summarize(idle(1000), []play.Round{
		played(900*time.Millisecond, 40), played(700*time.Millisecond, 60), played(800*time.Millisecond, 50),
	})
	if r.Wall != 800*time.Millisecond || r.CPU != 80*time.Millisecond || r.Fastest != 700*time.Millisecond || r.Slowest != 900*time.Millisecond {
		t.Errorf("wall %v (%v to %v), CPU %v", r.Wall, r.Fastest, r.Slowest, r.CPU)
	}
	if got := r.Peak["var"]; got != 60<<20 {
		t.Errorf("memory %d, want that of the largest round", got)
	}
	floor := scenario.Floor(idle(1000), scenario.Defaults, delay)
	if r.Floor != floor || r.Ratio != float64(r.Wall)/float64(floor) || r.Allowed != scenario.Allowance(floor, 300*time.Millisecond) {
		t.Errorf("floor %v, ratio %v, allowed %v", r.Floor, r.Ratio, r.Allowed)
	}
}

func TestVerdictIsThatOfTheAllowance(t *testing.T) {
	allowed := scenario.Allowance(scenario.Floor(idle(1000), scenario.Defaults, delay), 300*time.Millisecond)
	for wall, want := range map[time.Duration]string{allowed: "within", allowed + 1: "OVER"} {
		var b strings.Builder
		if err := report.Table(&b, []report.Row{report.Summarize(idle(1000), []play.Round{played(wall, 40)})}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), " "+want+" ") {
			t.Errorf("after %v the table says:\n%s", wall, b.String())
		}
	}
}

func TestTableShowsEndsThatWereAskedTheSameTogether(t *testing.T) {
	rows := []report.Row{report.Summarize(idle(1000), []play.Round{played(time.Second, 40)})}
	var b strings.Builder
	if err := report.Table(&b, rows); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"nothing/1000/paloalto 2 ends like b00-fw00: show registered-ip 3",
		"nothing/1000/paloalto hq00: GET hosts 2, POST token 1",
		"max_blocks = 0",
	} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("the table lacks %q:\n%s", line, b.String())
		}
	}
}

func TestWithoutDelayThereIsNoFloor(t *testing.T) {
	round := played(time.Second, 40)
	round.Delay = 0
	if r := report.Summarize(idle(1000), []play.Round{round}); r.Floor != 0 || r.Ratio != 0 || r.Allowed != 0 {
		t.Errorf("floor %v, ratio %v, allowed %v", r.Floor, r.Ratio, r.Allowed)
	}
}

func TestJSONHoldsWhatTheTableShows(t *testing.T) {
	rows := []report.Row{report.Summarize(idle(1000), []play.Round{played(time.Second, 40)})}
	var b strings.Builder
	if err := report.JSON(&b, rows); err != nil {
		t.Fatal(err)
	}
	var got struct{ Rows []report.Row }
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows, got.Rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestUpdateReplacesWhatStandsBetweenTheMarks(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	const before, after = "# Title\n\n<!-- table: written by make bench-docs -->\n", "<!-- end of the table -->\n\nThe end.\n"
	if err := os.WriteFile(page, []byte(before+"old\n"+after), 0o600); err != nil {
		t.Fatal(err)
	}
	rows := []report.Row{report.Summarize(idle(1000), []play.Round{played(time.Second, 40)})}
	if err := report.Update(page, rows); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	if !strings.HasPrefix(got, before) || !strings.HasSuffix(got, after) || strings.Contains(got, "old") || !strings.Contains(got, "| nothing/1000/paloalto |") {
		t.Errorf("the page is now:\n%s", got)
	}
}

func TestUpdateRefusesAPageWithoutMarks(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("# Title\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := report.Update(page, nil); err == nil {
		t.Error("it was written into")
	}
	if text, err := os.ReadFile(page); err != nil || string(text) != "# Title\n" {
		t.Errorf("the page is now %q (%v)", text, err)
	}
}

func TestGrowthDrawsEachSizeOnce(t *testing.T) {
	var rows []report.Row
	for i, n := range []int{100_000, 1000, 10_000} {
		rows = append(rows, report.Summarize(idle(n), []play.Round{played(time.Duration(i+1)*time.Second, 40)}))
	}
	picture := report.Growth(rows)
	for d := xml.NewDecoder(strings.NewReader(picture)); ; {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v:\n%s", err, picture)
		}
	}
	if points := strings.Count(picture, "<circle"); points != 2*3 {
		t.Errorf("%d points, want three in each of two charts", points)
	}
	if lines := strings.Count(picture, "<polyline"); lines != 2 {
		t.Errorf("%d lines, want one in each of two charts", lines)
	}
}

func TestGrowthOfNothingIsAPictureToo(t *testing.T) {
	if picture := report.Growth(nil); strings.Contains(picture, "NaN") || strings.Contains(picture, "Inf") {
		t.Error(picture)
	}
}
