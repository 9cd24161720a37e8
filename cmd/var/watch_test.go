package main_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/var-project/var/pkg/lab"
)

// asked are the names of ours in PromQL: nothing else there begins like them.
var asked = regexp.MustCompile(`\bvar_[a-z0-9_]+`)

// TestWhatAlertsAndDashboardAskForIsScraped looks at the built program after a pass in which a blocker did not start and a
// mail server did not answer.
func TestWhatAlertsAndDashboardAskForIsScraped(t *testing.T) {
	t.Parallel()
	address, s := freeAddress(t), newStage(t, families[0], panos{})
	s.world.End(brainName).Simulator().(*lab.Brain).Fill(workplaces(3))
	s.adjust = func(config string) string {
		return config + fmt.Sprintf("[blocker.gone]\nplugin = \"nobody\"\nlabel = \"Gone\"\n[admin]\nlisten = %q\n"+
			"[notify.mail]\nserver = \"127.0.0.1\"\nport = 1\nsecurity = \"none\"\nfrom = \"var@example.net\"\nto = [\"soc@example.net\"]\n", address)
	}
	s.configure(t)
	loop := s.start(t, "run", "--loop")
	if !within(aWhile, func() bool { return code("http://"+address+"/readyz") == http.StatusOK }) {
		t.Fatalf("it never was ready: %s", loop.end(t, os.Interrupt))
	}
	var text string
	if told := within(aWhile, func() bool { text = scrape(t, address); return len(untold(text)) == 0 }); !told {
		t.Errorf("%v are not there", untold(text))
	}
	if code("http://"+address+"/livez") != http.StatusOK || code("http://"+address+"/healthz") != http.StatusServiceUnavailable {
		t.Error("what fails makes the process look dead, or well")
	}
	scraped(t, text)
	if e := loop.end(t, os.Interrupt); e.code != 0 {
		t.Errorf("the loop: %s", e)
	}
}

// untold are the troubles of this test that the metrics do not tell yet: a failed message is counted before the journal
// knows that the channel is down.
func untold(text string) (lines []string) {
	failed := `var_notifications_total{channel="mail",outcome="failed"} `
	if !strings.Contains(text, failed) || strings.Contains(text, failed+"0\n") {
		lines = append(lines, failed)
	}
	for _, line := range []string{`var_blocker_up{blocker="gone"} 0`, `var_notify_channel_up{channel="mail"} 0`, `var_reconcile_last_success_timestamp_seconds 0`} {
		if !strings.Contains(text, "\n"+line+"\n") {
			lines = append(lines, line)
		}
	}
	return lines
}

// scraped expects that each name that is asked for has a series, and that Prometheus has nothing to say to any.
func scraped(t *testing.T, text string) {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"prometheus/var.rules.yml", "grafana/var.json"} {
		query, err := os.ReadFile("../../deploy/" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range asked.FindAllString(string(query), -1) {
			if !hasSeries(families, name) {
				t.Errorf("%s asks for %s, which has no series", file, name)
			}
		}
	}
	check := exec.CommandContext(t.Context(), "promtool", "check", "metrics")
	check.Stdin = strings.NewReader(text)
	if out, err := check.CombinedOutput(); err != nil || strings.Contains(string(out), "var_") {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

// hasSeries is about a metric, or a part of a histogram.
func hasSeries(families map[string]*dto.MetricFamily, name string) bool {
	if f := families[name]; f != nil {
		return len(f.GetMetric()) > 0
	}
	for _, part := range []string{"_bucket", "_sum", "_count"} {
		if f := families[strings.TrimSuffix(name, part)]; f != nil && f.GetType() == dto.MetricType_HISTOGRAM {
			return len(f.GetMetric()) > 0
		}
	}
	return false
}

// code is the status of an answer; 0: nobody answers.
func code(url string) int {
	res, err := http.Get(url) //nolint:gosec // the loop of this test
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}

// scrape gives the metrics as text.
func scrape(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
