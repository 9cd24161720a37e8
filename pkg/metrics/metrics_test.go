package metrics_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/metrics"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/reconcile"
)

var (
	epoch     = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	hosts     = []entity.Kind{entity.KindHost}
	edge      = entity.Blocker{Name: "edge", Kinds: hosts}
	dc        = entity.Blocker{Name: "dc", Kinds: hosts}
	errBroken = errors.New("connection refused")
)

func configured() *metrics.Metrics {
	m := metrics.New(metrics.Build{Version: "v1", Revision: "abc"})
	m.Configured(metrics.Names{
		Sources: []string{"hq"}, Kinds: map[string][]entity.Kind{"hq": hosts}, Blockers: []entity.Blocker{edge, dc}, Channels: []string{"mail"},
	})
	return m
}

func target(id string) *entity.Target {
	return &entity.Target{Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: id}, Name: "10.0.0." + id}
}

// logs gives a log whose lines are counted, and thrown away after that.
func logs(m *metrics.Metrics) *slog.Logger {
	return slog.New(m.CountLines(slog.NewJSONHandler(new(bytes.Buffer), nil)))
}

func item(action entity.Action, reasons ...plan.Reason) plan.Item {
	return plan.Item{Action: action, Target: target("7"), Blocker: "edge", Reasons: reasons}
}

// after is a pass over hq that found this.
func after(reports ...reconcile.Report) metrics.Round {
	return metrics.Round{Began: epoch, Ended: epoch.Add(3 * time.Second), Reports: reports, Compared: true}
}

func planned(items ...plan.Item) reconcile.Report {
	return reconcile.Report{Source: "hq", Plan: plan.Plan{Source: "hq", Items: items}}
}

// deeds are what changes each metric. One that nothing changes is not exported.
var deeds = map[string]func(*metrics.Metrics){
	"var_config_last_reload_success":               func(m *metrics.Metrics) { m.Reloaded(epoch, true) },
	"var_config_last_reload_timestamp_seconds":     func(m *metrics.Metrics) { m.Reloaded(epoch, true) },
	"var_run_interval_seconds":                     func(m *metrics.Metrics) { m.Every(time.Minute) },
	"var_stopped":                                  func(m *metrics.Metrics) { m.Refreshed(metrics.State{Panic: true}, nil) },
	"var_window_open":                              func(m *metrics.Metrics) { m.Refreshed(metrics.State{Open: true}, nil) },
	"var_open_intents":                             func(m *metrics.Metrics) { m.Refreshed(metrics.State{OpenIntents: 2}, nil) },
	"var_journal_up":                               func(m *metrics.Metrics) { m.Refreshed(metrics.State{}, nil) },
	"var_log_messages_total":                       func(m *metrics.Metrics) { logs(m).Error("no") },
	"var_admin_listen_failures_total":              func(m *metrics.Metrics) { m.NotListening() },
	"var_reconcile_passes_total":                   func(m *metrics.Metrics) { m.Passed(after(planned())) },
	"var_reconcile_duration_seconds":               func(m *metrics.Metrics) { m.Swept(time.Second) },
	"var_reconcile_last_success_timestamp_seconds": func(m *metrics.Metrics) { m.Passed(after(planned())) },
	"var_reconcile_last_end_timestamp_seconds":     func(m *metrics.Metrics) { m.Passed(after(reconcile.Report{Source: "hq", Fatal: errBroken})) },
	"var_source_last_success_timestamp_seconds":    func(m *metrics.Metrics) { m.Complete(map[string]time.Time{"hq": epoch}) },
	"var_source_errors_total":                      func(m *metrics.Metrics) { m.Passed(after(reconcile.Report{Source: "hq", Fatal: errBroken})) },
	"var_source_objects": func(m *metrics.Metrics) {
		m.Passed(after(reconcile.Report{Source: "hq", Seen: map[entity.Kind]int{entity.KindHost: 3}}))
	},
	"var_plan_changes": func(m *metrics.Metrics) { m.Passed(after(planned(item(entity.ActionBlock)))) },
	"var_gate_tripped": func(m *metrics.Metrics) {
		m.Passed(after(reconcile.Report{Source: "hq", Plan: plan.Plan{Gates: []plan.Gate{{Kind: entity.KindHost, Direction: plan.DirectionBlock}}}}))
	},
	"var_neverblock_hits_total": func(m *metrics.Metrics) {
		m.Passed(after(planned(item(entity.ActionSpare, plan.Reason{Rule: plan.RuleNeverBlock, Detail: "never_block 10.0.0.0/8"}))))
	},
	"var_notes_pending": func(m *metrics.Metrics) { m.Passed(after(reconcile.Report{Source: "hq", Notes: 4})) },
	"var_unknown_labels": func(m *metrics.Metrics) {
		m.Passed(after(reconcile.Report{Source: "hq", Strays: map[string]int{"Old": 9}}))
	},
	"var_blocks_active": func(m *metrics.Metrics) {
		m.Held([]entity.Holding{{Target: *target("7"), Blocker: "edge", State: entity.Partial}}, nil)
	},
	"var_stranded_holdings": func(m *metrics.Metrics) {
		m.Passed(after(planned(item(entity.ActionKeep, plan.Reason{Rule: plan.RuleStranded}))))
	},
	"var_enforced_ratio": func(m *metrics.Metrics) {
		m.Held(nil, []reconcile.Enforcement{{Blocker: "edge", Device: "fw1", Held: 4, Enforced: 3}})
	},
	"var_device_read": func(m *metrics.Metrics) {
		m.Held(nil, []reconcile.Enforcement{{Blocker: "edge", Device: "fw1", Problem: "refused"}})
	},
	"var_drift_entries":                          func(m *metrics.Metrics) { m.Passed(after(planned(item(entity.ActionRepair)))) },
	"var_foreign_conflicts":                      func(m *metrics.Metrics) { m.Passed(after(reconcile.Report{Orphans: []plan.Orphan{{Blocker: "edge"}}})) },
	"var_blocker_up":                             func(m *metrics.Metrics) { m.Up("edge", true) },
	"var_blocker_last_success_timestamp_seconds": func(m *metrics.Metrics) { m.Called(dispatch.Call{Blocker: "edge", Name: "list"}, epoch) },
	"var_blocker_request_duration_seconds": func(m *metrics.Metrics) {
		m.Called(dispatch.Call{Blocker: "edge", Name: "list", Err: errBroken}, epoch)
	},
	"var_actions_total": func(m *metrics.Metrics) {
		m.Passed(after(reconcile.Report{Results: []dispatch.Result{{Item: item(entity.ActionBlock), Err: errBroken}}}))
	},
	"var_plugin_restarts_total": func(m *metrics.Metrics) { m.Restarted("edge") },
	"var_notifications_total":   func(m *metrics.Metrics) { m.Notified("mail", errBroken) },
	"var_notify_channel_up":     func(m *metrics.Metrics) { m.Waiting("mail", 0, true) },
	"var_outbox_pending":        func(m *metrics.Metrics) { m.Waiting("mail", 12, false) },
}

// constant is what tells of the build and does not change while it runs.
const constant = "var_build_info"

func TestEveryMetricIsChangedByWhatItTellsOf(t *testing.T) {
	for _, d := range configured().Definitions() {
		deed, known := deeds[d.Name]
		if d.Name == constant {
			continue
		}
		if !known {
			t.Errorf("%s: nothing is known that changes it", d.Name)
			continue
		}
		m := configured()
		before := text(t, m, d.Name)
		deed(m)
		if now := text(t, m, d.Name); now == before || !strings.Contains(now, d.Name) {
			t.Errorf("%s: what it tells of happened, and it is still\n%s", d.Name, now)
		}
	}
	if len(deeds)+1 != len(configured().Definitions()) {
		t.Errorf("%d deeds for %d metrics", len(deeds), len(configured().Definitions()))
	}
}

// everything has happened once.
func everything() *metrics.Metrics {
	m := configured()
	for _, deed := range deeds {
		deed(m)
	}
	return m
}

func TestNamesUnitsAndHelpAreAsPrometheusWantsThem(t *testing.T) {
	m := everything()
	problems, err := testutil.GatherAndLint(prometheus.GathererFunc(m.Gather))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ours(problems) {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
	for _, d := range m.Definitions() {
		if d.Help == "" || !strings.HasSuffix(d.Help, ".") || (d.Type == "counter") != strings.HasSuffix(d.Name, "_total") {
			t.Errorf("%s %s: %q", d.Type, d.Name, d.Help)
		}
	}
}

func ours(all []promlint.Problem) []promlint.Problem {
	return slices.DeleteFunc(all, func(p promlint.Problem) bool { return !strings.HasPrefix(p.Metric, "var_") })
}

// A label that could have any value would fill the memory of whoever scrapes it.
func TestLabelsAreNoTargetsAddressesOrErrors(t *testing.T) {
	bounded := map[string]bool{
		"source": true, "blocker": true, "device": true, "channel": true, // of the configuration
		"kind": true, "direction": true, "action": true, "outcome": true, "state": true, "phase": true, "call": true,
		"list": true, "stop": true, "level": true, "version": true, "revision": true, "go_version": true,
	}
	m := everything()
	for _, d := range m.Definitions() {
		for _, label := range d.Labels {
			if !bounded[label] {
				t.Errorf("%s has the label %s", d.Name, label)
			}
		}
	}
	if all := text(t, m, ""); strings.Contains(all, "10.0.0.") || strings.Contains(all, errBroken.Error()) {
		t.Errorf("targets or errors are told of:\n%s", all)
	}
}

func TestWhatLeavesTheConfigurationLeavesNoSeries(t *testing.T) {
	m := everything()
	m.Configured(metrics.Names{Sources: []string{"branch"}, Blockers: []entity.Blocker{dc}, Channels: []string{"audit"}})
	m.Held(nil, []reconcile.Enforcement{{Blocker: "edge", Device: "fw1"}, {Blocker: "dc", Device: "fw2", Held: 1, Enforced: 1}})
	m.Passed(after(reconcile.Report{Source: "branch"}))
	all := text(t, m, "")
	for _, gone := range []string{`"hq"`, `"edge"`, `"mail"`, `"fw1"`} {
		if strings.Contains(all, gone) {
			t.Errorf("%s is still there:\n%s", gone, all)
		}
	}
	for _, here := range []string{`"branch"`, `"dc"`, `"audit"`, `"fw2"`} {
		if !strings.Contains(all, here) {
			t.Errorf("%s is not there", here)
		}
	}
}

func TestCountersGoOnAfterAReload(t *testing.T) {
	m := everything()
	before := text(t, m, "var_actions_total")
	m.Configured(metrics.Names{Sources: []string{"hq"}, Blockers: []entity.Blocker{edge, dc}, Channels: []string{"mail"}})
	if diff := cmp.Diff(before, text(t, m, "var_actions_total")); diff != "" {
		t.Error(diff)
	}
}

func TestAGateIsShownAsLongAsItHoldsBack(t *testing.T) {
	m := configured()
	deeds["var_gate_tripped"](m)
	if got := text(t, m, "var_gate_tripped"); !strings.Contains(got, `kind="host",source="hq"} 1`) {
		t.Errorf("tripped: %s", got)
	}
	m.Passed(after(reconcile.Report{Source: "hq", Leased: errBroken}))
	if got := text(t, m, "var_gate_tripped"); !strings.Contains(got, "} 1") {
		t.Errorf("nobody looked since: %s", got)
	}
	m.Passed(after(planned()))
	if got := text(t, m, "var_gate_tripped"); strings.Contains(got, "} 1") {
		t.Errorf("open again: %s", got)
	}
}

func TestWhatCouldNotBeReadHasNoShareInForce(t *testing.T) {
	m := configured()
	m.Held(nil, []reconcile.Enforcement{{Blocker: "edge", Device: "fw1", Held: 4, Problem: "refused"}, {Blocker: "edge", Device: "fw2"}})
	want := "# HELP"
	got := text(t, m, "var_enforced_ratio")
	if strings.Contains(got, "fw1") || !strings.Contains(got, `device="fw2"} 1`) || !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s", got)
	}
}

// When the journal does not answer, a panic that is known of stays known.
func TestWithoutAJournalThingsAreShownAsTheyWere(t *testing.T) {
	m := configured()
	m.Refreshed(metrics.State{Panic: true}, nil)
	m.Refreshed(metrics.State{}, errBroken)
	if got := text(t, m, "var_stopped"); !strings.Contains(got, `{stop="panic"} 1`) {
		t.Errorf("got %s", got)
	}
	if got := text(t, m, "var_journal_up"); !strings.Contains(got, "var_journal_up 0") {
		t.Errorf("got %s", got)
	}
}

func TestOutcomesOfChanges(t *testing.T) {
	soft := &entity.Error{Class: entity.Unsupported, Err: errBroken}
	pending := &entity.Holding{State: entity.Pending}
	for want, r := range map[string]dispatch.Result{
		"done":        {Done: entity.ActionBlock},
		"failed":      {Err: errBroken},
		"in_part":     {Done: entity.ActionBlock, Err: errBroken},
		"pending":     {Done: entity.ActionBlock, Holding: pending},
		"unsupported": {Err: soft},
		"held_back":   {HeldBack: "panic"},
		"left":        {Err: dispatch.ErrDeadline},
	} {
		m := configured()
		r.Item = item(entity.ActionBlock)
		m.Passed(after(reconcile.Report{Source: "hq", Results: []dispatch.Result{r}}))
		if got := text(t, m, "var_actions_total"); !strings.Contains(got, `outcome="`+want+`"} 1`) {
			t.Errorf("%s: %s", want, got)
		}
	}
}

func TestPassesByHowTheyEnded(t *testing.T) {
	for want, r := range map[string]reconcile.Report{
		"done":      planned(),
		"failed":    {Fatal: errBroken},
		"leased":    {Leased: errBroken},
		"partial":   {Err: errBroken},
		"held_back": planned(plan.Item{Action: entity.ActionBlock, Target: target("7"), Blocker: "edge", Gated: "too many"}),
	} {
		m := configured()
		r.Source = "hq"
		m.Passed(after(r))
		if got := text(t, m, "var_reconcile_passes_total"); !strings.Contains(got, `outcome="`+want+`",source="hq"} 1`) {
			t.Errorf("%s: %s", want, got)
		}
		if well := !strings.Contains(text(t, m, "var_reconcile_last_success_timestamp_seconds"), "seconds 0"); well != (want == "done") {
			t.Errorf("%s: it went well: %v", want, well)
		}
	}
}

// text is what a scrape gives of a metric, of all of ours without a name.
func text(t *testing.T, m *metrics.Metrics, name string) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler(nil, slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	var lines []string
	for line := range strings.Lines(w.Body.String()) {
		if strings.Contains(line, " var_") && strings.HasPrefix(line, "#") || strings.HasPrefix(line, "var_") {
			lines = append(lines, line)
		}
	}
	lines = slices.DeleteFunc(lines, func(line string) bool { return !strings.Contains(line, name) })
	return strings.Join(lines, "")
}
