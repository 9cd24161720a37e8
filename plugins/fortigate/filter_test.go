package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/lab"
)

func TestGroupFindsAnObjectThatTheFilterMissed(t *testing.T) {
	w := newWorld(t, 1)
	w.mustBlock(hosts(1)...)
	w.fault(0, lab.Fault{Match: "GET address", What: lab.AnswerStatus, Status: 200, Body: `{"status":"success","results":[],"version":"v7.4.5"}`, Times: 1})
	w.mustBlock(hosts(1)...)
	w.fault(0, lab.Fault{Match: "GET address", What: lab.AnswerStatus, Status: 200, Body: `{"status":"success","results":[],"version":"v7.4.5"}`, Times: 1})
	if got := w.entries(0); len(got) != 1 {
		t.Errorf("the list has %v, want the one", got)
	}
	w.fault(0, lab.Fault{Match: "GET address", What: lab.AnswerStatus, Status: 200, Body: `{"status":"success","results":[],"version":"v7.4.5"}`, Times: 1})
	rs := w.mustBlock(hosts(1)...)
	w.mustBlock(hosts(1)...)
	if got := w.enforced(0, "Internal-Block"); len(got) != 1 {
		t.Errorf("%q act, want the one", got)
	}
	w.fault(0, lab.Fault{Match: "GET address", What: lab.AnswerStatus, Status: 200, Body: `{"status":"success","results":[],"version":"v7.4.5"}`, Times: 1})
	w.mustUnblock(rs...)
	if got := w.holds(0).Addresses; len(got) != 0 {
		t.Errorf("%v is left", got)
	}
}

func TestGroupOnFirmwareThatCannotFilterByAPartOfAName(t *testing.T) {
	w := newWorld(t, 1, func(_ *settings, c *lab.FortiGateConfig) { c.Version = "v6.4.1" })
	w.change(w.gates[0], "fill", `{"count":5,"prefix":"theirs-"}`)
	rs := w.mustBlock(hosts(3)...)
	w.resetCounters()
	w.mustBlock(hosts(3)...)
	for _, e := range w.ends[0].Last(100) {
		if e.Method != "GET" || strings.Contains(e.Path, "filter") {
			t.Errorf("%s %s for what is blocked already, want reads without a filter", e.Method, e.Path)
		}
	}
	w.mustUnblock(rs...)
	if got := len(w.holds(0).Addresses); got != 5 {
		t.Errorf("%d addresses are left, want the five foreign ones", got)
	}
}

// A filter tells alternatives by commas, and not every firmware may know alternatives: the group is found all the same.
func TestGroupsThatAFilterDoesNotShow(t *testing.T) {
	for name, tt := range map[string]struct {
		group string
		fault []lab.Fault
	}{
		"a comma in the name": {"Block, please", nil},
		"no alternatives": {"Internal-Block", []lab.Fault{{
			Match: "GET addrgrp", What: lab.AnswerStatus, Status: 200, Body: `{"status":"success","results":[],"version":"v7.4.5"}`, Times: 1,
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1, func(s *settings, _ *lab.FortiGateConfig) { s.InternalGroup = tt.group })
			if tt.fault == nil {
				w.change(w.gates[0], "create", object("firewall/addrgrp", fmt.Sprintf(`{"name":%q,"member":[{"name":"none"}]}`, tt.group)))
			}
			for range 2 {
				w.fault(0, tt.fault...)
				w.mustBlock(hosts(3)...)
				if got := len(w.enforced(0, tt.group)); got != 3 {
					t.Errorf("%d act, want 3", got)
				}
			}
			if got := len(w.holds(0).Groups[tt.group]); got != 2 {
				t.Errorf("the group has %d members, want the placeholder and one shard", got)
			}
			w.fault(0, tt.fault...)
			if got := len(w.entries(0)); got != 3 {
				t.Errorf("%d entries, want 3", got)
			}
			w.fault(0, tt.fault...)
			var rs []blocker.Release
			for _, h := range hosts(3) {
				rs = append(rs, blocker.Release{Target: h})
			}
			w.mustUnblock(rs...)
			if got := len(w.enforced(0, tt.group)); got != 0 {
				t.Errorf("%d still act", got)
			}
		})
	}
}
