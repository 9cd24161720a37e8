package scenario_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/tools/bench/internal/scenario"
)

const delay = 20 * time.Millisecond

// Every number here is counted by hand from what var has to do: nothing of it was measured.
func TestFloorIsTheLongestChainOfRequests(t *testing.T) {
	rows := map[string]struct {
		s    scenario.Scenario
		want []scenario.Step
	}{
		"groups: a write for each object and two for each of three nested groups, four at a time": {
			life(scenario.Life(scenario.Groups, 500), scenario.Block),
			[]scenario.Step{{"log in", 1}, {"read", 1}, {"list", 1}, {"act", (500 + 3*2 + 3) / 4}, {"record", (500 + 501 + 7) / 8}},
		},
		"groups: no object goes before its nested group was taken out, looked at and deleted": {
			life(scenario.Life(scenario.Groups, 500), scenario.Release),
			[]scenario.Step{{"log in", 1}, {"read", 1}, {"list", 1}, {"act", 3 + 500/4}, {"record", 126}},
		},
		"groups that hold more than a page of objects": {
			life(scenario.Life(scenario.Groups, 5000), scenario.Release),
			[]scenario.Step{{"log in", 1}, {"read", 5}, {"list", 5}, {"act", (5000 + 3*21 + 3) / 4}, {"record", (5000 + 5005 + 7) / 8}},
		},
		"PAN-OS takes a thousand in one message": {
			life(scenario.Life(scenario.PaloAlto, 500), scenario.Block),
			[]scenario.Step{{"log in", 1}, {"read", 1}, {"list", 1}, {"act", 1}, {"record", 126}},
		},
		"PAN-OS lists five hundred at once": {
			life(scenario.Life(scenario.PaloAlto, 5000), scenario.Release),
			[]scenario.Step{{"log in", 1}, {"read", 5}, {"list", 10}, {"act", 5}, {"record", (5000 + 5005 + 7) / 8}},
		},
		"a command runs once for each, four at a time, and cannot be asked": {
			life(scenario.Life(scenario.Command, 500), scenario.Block),
			[]scenario.Step{{"log in", 1}, {"read", 1}, {"list", 0}, {"act", 125}, {"record", 126}},
		},
		"ten detections share a destination and its tag, and have a note each": {
			life(scenario.Shared(500), scenario.Block),
			[]scenario.Step{{"log in", 1}, {"read", 1}, {"list", 1}, {"act", (50+3)/4 + 2}, {"record", (500 + 51 + 7) / 8}},
		},
		"brains are read and written side by side, and what they want of a device goes together": {
			life(scenario.Brains(20, 25), scenario.Block),
			[]scenario.Step{{"log in", 1}, {"read", 1}, {"list", 1}, {"act", 1}, {"record", (25 + 26 + 7) / 8}},
		},
		"blockers work side by side, and have a tag each": {
			life(scenario.Blockers(10, 20, 20), scenario.Block),
			[]scenario.Step{{"log in", 1}, {"read", 1}, {"list", 1}, {"act", 1}, {"record", (20 + 201 + 7) / 8}},
		},
		"RUX has one list of tags to read and to write for each, and a note": {
			life(scenario.Tenant(500), scenario.Block),
			[]scenario.Step{{"log in", 1}, {"read", 1}, {"list", 1}, {"act", 1}, {"record", (3*500 + 7) / 8}},
		},
		"nothing to do is to read and to list": {
			life(scenario.Idle(scenario.Feed, 100_000), scenario.Nothing),
			[]scenario.Step{{"log in", 1}, {"read", 100}, {"list", 1}, {"act", 0}, {"record", 0}},
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, scenario.Steps(row.s, scenario.Defaults)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			rounds := 0
			for _, step := range row.want {
				rounds += step.Rounds
			}
			if got, want := scenario.Floor(row.s, scenario.Defaults, delay), time.Duration(rounds)*delay; got != want {
				t.Errorf("floor %v, want %v", got, want)
			}
		})
	}
}

func TestFloorIsLowerWithMoreInFlight(t *testing.T) {
	for _, s := range scenario.All() {
		narrow := scenario.Floor(s, scenario.Concurrency{Brain: 1, Device: 1, Command: 1}, delay)
		if wide := scenario.Floor(s, scenario.Defaults, delay); wide > narrow || wide < delay {
			t.Errorf("%s: floor %v with the defaults, %v with one request at a time", s.Name(), wide, narrow)
		}
		if none := scenario.Floor(s, scenario.Defaults, 0); none != 0 {
			t.Errorf("%s: floor %v without delay", s.Name(), none)
		}
	}
}

func TestAllowanceIsAQuarterMoreAndTheStart(t *testing.T) {
	if got, want := scenario.Allowance(8*time.Second, 300*time.Millisecond), 10*time.Second+300*time.Millisecond; got != want {
		t.Errorf("allowed are %v, want %v", got, want)
	}
}

func life(s scenario.Setup, w scenario.Work) scenario.Scenario {
	return scenario.Scenario{Setup: s, Work: w}
}
