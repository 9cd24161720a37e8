package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

// findings are the checks of the first firewall: "ok", "not checked" or the class of the error by name.
func findings(reports []blocker.DeviceReport) map[string]string {
	all := map[string]string{}
	for _, c := range reports[0].Checks {
		switch {
		case c.Err != nil:
			all[c.Name] = string(blocker.ClassOf(c.Err))
		case strings.HasPrefix(c.Detail, "not checked"):
			all[c.Name] = "not checked"
		default:
			all[c.Name] = "ok"
		}
	}
	return all
}

func TestProbeTellsWhetherABlockWouldTakeEffect(t *testing.T) {
	ok := func() map[string]string {
		return map[string]string{
			"login": "ok", "capacity": "ok", "register": "ok",
			"source tag Block_Host: group": "ok", "source tag Block_Host: rule": "ok",
			"destination tag Block_Detection: group": "ok", "destination tag Block_Detection: rule": "ok",
			"account tag Block_Account: group": "ok", "account tag Block_Account: rule": "ok",
		}
	}
	cases := map[string]struct {
		harm func(*estate)
		want map[string]string
	}{
		"all is well": {func(*estate) {}, nil},
		"no group": {func(e *estate) { e.change(0, "dag", map[string]any{"name": "hosts"}) }, map[string]string{
			"source tag Block_Host: group": "permanent", "source tag Block_Host: rule": "",
		}},
		"no user group": {func(e *estate) { e.change(0, "dug", map[string]any{"name": "people"}) }, map[string]string{
			"account tag Block_Account: group": "permanent", "account tag Block_Account: rule": "",
		}},
		"rule disabled": {func(e *estate) {
			e.change(0, "rule", deny("b", lab.PANOSRule{Destination: []string{"outside"}, Disabled: true}))
		}, map[string]string{"destination tag Block_Detection: rule": "permanent"}},
		"rule allows": {func(e *estate) {
			e.change(0, "rule", map[string]any{"rule": lab.PANOSRule{Name: "a", Source: []string{"hosts"}, Action: "allow"}})
		}, map[string]string{"source tag Block_Host: rule": "permanent"}},
		"no right to register": {func(e *estate) {
			e.change(0, "set-rights", map[string]any{"admin": "admin", "no_user_id": true})
		}, map[string]string{"register": "unauthorized"}},
		"full": {func(e *estate) {
			e.change(0, "fill", map[string]any{"count": 1000, "tags": []string{"theirs"}})
		}, map[string]string{"capacity": "capacity"}},
		"policy not readable": {func(e *estate) {
			e.fault(0, lab.Fault{Match: "config", What: lab.AnswerStatus, Status: 403})
		}, map[string]string{
			"source tag Block_Host: rule": "not checked", "destination tag Block_Detection: rule": "not checked",
			"account tag Block_Account: group": "not checked", "account tag Block_Account: rule": "",
		}},
		"before dynamic user groups": {func(e *estate) {
			e.change(0, "set", map[string]any{"version": "9.0.0"})
		}, map[string]string{"account tag Block_Account: group": "unsupported", "account tag Block_Account: rule": ""}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t, lab.PANOSConfig{})
			e.prepare(0)
			c.harm(e)
			before := e.sims[0].Holds()
			want := ok()
			for check, finding := range c.want {
				want[check] = finding
				if finding == "" {
					delete(want, check)
				}
			}
			if diff := cmp.Diff(want, findings(e.open(nil).Probe(t.Context()))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(before, e.sims[0].Holds()); diff != "" {
				t.Errorf("the probe changed the firewall:\n%s", diff)
			}
		})
	}
}

func TestProbeOfAFirewallThatCannotBeEnteredStopsThere(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(nil)
	e.change(0, "set-rights", map[string]any{"admin": "admin", "no_operations": true})
	if diff := cmp.Diff(map[string]string{"login": "unauthorized"}, findings(b.Probe(t.Context()))); diff != "" {
		t.Error(diff)
	}
}

func TestProbeLooksOnlyAtTheKindsThatAreWanted(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(func(s *settings) { s.Timeout = time.Hour })
	b.kinds = []entity.Kind{entity.KindStatic, entity.KindDetection}
	for name := range findings(b.Probe(t.Context())) {
		if strings.Contains(name, "Block_Host") || strings.Contains(name, "Block_Account") {
			t.Errorf("%s was looked at", name)
		}
	}
}

func TestProbeSaysThatARealPanoramaIsNoFirewall(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{Targets: []string{"001122334455"}})
	report := e.open(nil).Probe(t.Context())[0]
	if !strings.Contains(report.Checks[0].Detail, "Panorama without target") {
		t.Errorf("%+v", report.Checks[0])
	}
}
