package main_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

// untag takes the block tag off the first n of the hosts that are held, as an analyst would, or by mistake.
func (h hostile) untag(n int) {
	h.hosts(func(host *lab.Host) {
		if host.ID < firstHost+n {
			host.Tags = slices.DeleteFunc(host.Tags, func(tag string) bool { return tag == blockTags["host"] })
		}
	})
}

// blockedHosts are the addresses of hosts that are in force.
func (h hostile) blockedHosts(t *testing.T) []string {
	t.Helper()
	return slices.DeleteFunc(h.inForce(t)["pa1 Hosts"], func(ip string) bool { return !strings.HasPrefix(ip, "10.50.0.") })
}

// wantHosts wants so many of the hosts in force.
func (h hostile) wantHosts(t *testing.T, want int, e ended) {
	t.Helper()
	if got := h.blockedHosts(t); len(got) != want {
		t.Errorf("%d hosts are in force, want %d: %v\n%s", len(got), want, got, e)
	}
}

// event is a line of var history.
type event struct {
	Action, Outcome, Name string
	Reasons               []string
	By                    struct{ Who, Reason string }
}

// history is what var tells of an action.
func (s *stage) history(t *testing.T, action string) []event {
	t.Helper()
	e := s.run(t, "history", "--limit", "0", "--output", "json")
	var view struct{ Events []event }
	if err := json.Unmarshal([]byte(e.out), &view); err != nil || e.code != 0 {
		t.Fatalf("var history: %v: %s", err, e)
	}
	return slices.DeleteFunc(view.Events, func(ev event) bool { return ev.Action != action })
}

// A gate that stays shut is no news: what it holds back is shown once, and again when that is something else.
func TestAGateIsAnnouncedAgainOnlyWhenThePlanChanges(t *testing.T) {
	t.Parallel()
	h := newHostile(t, families[0])
	h.untag(20)
	for pass, want := range []struct{ untagged, rows, announced int }{{20, 20, 1}, {20, 0, 1}, {21, 21, 2}, {21, 0, 2}} {
		h.untag(want.untagged)
		e := h.pass(t, 3)
		e.says(t, "held back")
		if rows := strings.Count(e.out, "held back"); rows != want.rows {
			t.Errorf("pass %d shows %d that are held back, want %d: %s", pass, rows, want.rows, e)
		}
		if told := len(h.history(t, "gate")); told != want.announced {
			t.Errorf("pass %d: the gate stands in the history %d times, want %d", pass, told, want.announced)
		}
		h.wantHosts(t, forty, e)
	}
}

// What a person forces is done once, and stands in the history with who and why.
func TestForceGetsPastAGate(t *testing.T) {
	t.Parallel()
	h := newHostile(t, families[2])
	h.untag(20)
	h.pass(t, 3)
	if e := h.run(t, "run", "--force"); e.code != 2 {
		t.Errorf("force without a reason: %s", e)
	}
	e := h.pass(t, 0, "--force", "--reason", "campaign is over, ticket 4711")
	e.says(t, "let through by force: 20 of 40 hosts")
	h.wantHosts(t, forty-20, e)
	forced := h.history(t, "force")
	if len(forced) != 1 || forced[0].By.Who == "" || forced[0].By.Reason != "campaign is over, ticket 4711" ||
		!strings.Contains(strings.Join(forced[0].Reasons, " "), "20 of 40 hosts") {
		t.Errorf("the history does not say who forced what and why: %+v", forced)
	}
	h.pass(t, 0)
	h.untag(35)
	h.pass(t, 3)
}

// A plan that a person has seen is carried out past the gates, and no more than what stood in it.
func TestAnAppliedPlanGetsPastAGate(t *testing.T) {
	t.Parallel()
	h := newHostile(t, families[0])
	h.untag(20)
	file := filepath.Join(h.dir, "plan.json")
	if e := h.run(t, "plan", "-o", file, "--exit-code"); e.code != 10 && e.code != 3 {
		t.Errorf("plan with something to do: %s", e)
	}
	h.untag(30)
	e := h.run(t, "apply", file, "--reason", "looked at it")
	if e.code != 0 {
		t.Errorf("want exit code 0: %s", e)
	}
	h.wantHosts(t, forty-20, e)
	applied := h.history(t, "apply")
	if len(applied) != 1 || applied[0].By.Who == "" || applied[0].By.Reason != "looked at it" {
		t.Errorf("the history does not say who applied what and why: %+v", applied)
	}
	if e := h.run(t, "apply", file); e.code != 0 || strings.Count(e.out, "done already") != 20 {
		t.Errorf("applied once more: %s", e)
	}
}

// Gates count what ends for want of a reason, not what somebody decided.
func TestNoGateHoldsBackWhatIsDecided(t *testing.T) {
	t.Parallel()
	decisions := map[string]func(*testing.T, hostile){
		"release tag": func(_ *testing.T, h hostile) {
			h.hosts(func(host *lab.Host) { host.Tags = append(host.Tags, "vectra_host_unblock") })
		},
		"no-block group": func(_ *testing.T, h hostile) {
			group := people().Groups[0]
			h.hosts(func(host *lab.Host) { group.Members = append(group.Members, itoa(host.ID)) })
			h.brain.PutGroups(group)
		},
		"never-block": configured("[hosts]", "[never_block]\ntargets = [\"10.50.0.0/24\"]\n[hosts]"),
		"a person": func(t *testing.T, h hostile) {
			if e := h.run(t, "release", "--source", brainName, "--all", "--yes", "--reason", "exercise"); e.code != 0 {
				t.Errorf("release: %s", e)
			}
		},
	}
	for name, decide := range decisions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHostile(t, families[2])
			decide(t, h)
			e := h.pass(t, 0)
			h.wantHosts(t, 0, e)
			h.pass(t, 0)
			if told := h.history(t, "gate"); len(told) > 0 {
				t.Errorf("a gate was announced: %+v", told)
			}
		})
	}
}
