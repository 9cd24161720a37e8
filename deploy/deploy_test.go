// Package deploy_test holds what is deployed beside the program to what the program is.
package deploy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/metrics"
)

const (
	rulesFile     = "prometheus/var.rules.yml"
	dashboardFile = "grafana/var.json"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// series are the names of ours in PromQL: nothing else there begins like them.
var series = regexp.MustCompile(`\bvar_[a-z0-9_]+`)

// known are the names under which a metric is asked for.
func known() []string {
	var names []string
	for _, d := range metrics.New(metrics.Build{}).Definitions() {
		names = append(names, d.Name)
		if d.Type == "histogram" {
			names = append(names, d.Name+"_bucket", d.Name+"_sum", d.Name+"_count")
		}
	}
	return names
}

func TestPrometheusTakesTheRules(t *testing.T) {
	for _, args := range [][]string{{"check", "rules", rulesFile}, {"test", "rules", "prometheus/var.rules.test.yml"}} {
		if out, err := exec.CommandContext(t.Context(), "promtool", args...).CombinedOutput(); err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
	}
}

func TestRulesAndDashboardAskForMetricsThatThereAre(t *testing.T) {
	for _, file := range []string{rulesFile, dashboardFile} {
		asked := series.FindAllString(read(t, file), -1)
		if len(asked) == 0 {
			t.Errorf("%s asks for nothing", file)
		}
		for _, name := range asked {
			if !slices.Contains(known(), name) {
				t.Errorf("%s asks for %s, which nobody exposes", file, name)
			}
		}
	}
}

// What is exposed and looked at by nobody would better not be there.
func TestEveryMetricIsLookedAt(t *testing.T) {
	all := read(t, rulesFile) + read(t, dashboardFile)
	for _, d := range metrics.New(metrics.Build{}).Definitions() {
		if !strings.Contains(all, d.Name) && d.Name != "var_admin_listen_failures_total" { // it cannot be scraped while it counts
			t.Errorf("%s stands neither in an alert nor on the dashboard", d.Name)
		}
	}
}

var alert = regexp.MustCompile(`(?m)^ +- alert: (\w+)$`)

func TestEveryAlertSaysWhatToDo(t *testing.T) {
	rules, tests, page := read(t, rulesFile), read(t, "prometheus/var.rules.test.yml"), read(t, "../docs/watch.md")
	parts := alert.Split(rules, -1)[1:]
	for i, m := range alert.FindAllStringSubmatch(rules, -1) {
		name := m[1]
		for _, line := range []string{"summary: ", "description: ", "severity: ", "runbook: docs/watch.md#" + strings.ToLower(name) + "\n"} {
			if !strings.Contains(parts[i]+"\n", line) {
				t.Errorf("%s has no %q", name, line)
			}
		}
		if !strings.Contains(page, "\n### "+name+"\n") {
			t.Errorf("docs/watch.md says nothing of %s", name)
		}
		if !strings.Contains(tests, `alertname="`+name+`"`) {
			t.Errorf("nothing shows that %s is ever raised", name)
		}
	}
}

// panel is a part of a dashboard in Grafana's model.
type panel struct {
	ID         int    `json:"id"`
	Type       string `json:"type"`
	Title      string `json:"title"`
	Datasource struct {
		UID string `json:"uid"`
	} `json:"datasource"`
	Targets []struct {
		Expr string `json:"expr"`
	} `json:"targets"`
	GridPos struct{ H, W, X, Y int } `json:"gridPos"`
}

func TestTheDashboardIsOneThatGrafanaShows(t *testing.T) {
	var board struct {
		Panels     []panel `json:"panels"`
		Title      string  `json:"title"`
		UID        string  `json:"uid"`
		Schema     int     `json:"schemaVersion"`
		Templating struct {
			List []struct{ Name, Type string }
		} `json:"templating"`
	}
	if err := json.Unmarshal([]byte(read(t, dashboardFile)), &board); err != nil {
		t.Fatal(err)
	}
	if board.Title == "" || board.UID == "" || board.Schema == 0 || board.Templating.List[0].Type != "datasource" {
		t.Errorf("%q %q %d %+v", board.Title, board.UID, board.Schema, board.Templating)
	}
	ids := map[int]bool{}
	for _, p := range board.Panels {
		if ids[p.ID] || p.Title == "" || p.GridPos.W == 0 || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("panel %d %q at %+v", p.ID, p.Title, p.GridPos)
		}
		ids[p.ID] = true
		if p.Type == "row" {
			continue
		}
		if p.Datasource.UID != "${datasource}" || len(p.Targets) == 0 {
			t.Errorf("panel %q asks %q for %d things", p.Title, p.Datasource.UID, len(p.Targets))
		}
	}
	t.Run("queries", func(t *testing.T) { parses(t, board.Panels) })
}

// parses has Prometheus parse each query, as rules of a group of its own.
func parses(t *testing.T, panels []panel) {
	file := t.TempDir() + "/queries.yml"
	var rules strings.Builder
	rules.WriteString("groups:\n  - name: queries\n    rules:\n")
	for _, p := range panels {
		for i, target := range p.Targets {
			expr := strings.NewReplacer("$__rate_interval", "5m", "$job", ".*", "$instance", ".*").Replace(target.Expr)
			quoted, err := json.Marshal(expr)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&rules, "      - {record: 'panel:%d_%d', expr: %s}\n", p.ID, i, quoted)
		}
	}
	if err := os.WriteFile(file, []byte(rules.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "promtool", "check", "rules", "--lint=none", file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
