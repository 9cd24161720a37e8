package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/admin"
	"github.com/var-project/var/pkg/journal"
)

// lookout asks a loop over HTTP, as those do who watch it.
type lookout struct {
	*stage
	address string
}

func newLookout(t *testing.T) *lookout {
	t.Helper()
	s := newStage(t)
	return &lookout{s, freePort(t)}
}

// freePort is an address that nobody listens on, nor will: the others on this machine are at 127.0.0.1. Where that is
// all there is of loopback, it is taken from there.
func freePort(t *testing.T) string {
	t.Helper()
	own := fmt.Sprintf("127.%d.%d.%d:0", 1+rand.IntN(254), rand.IntN(256), 1+rand.IntN(254)) //nolint:gosec // no secret
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", own)
	if err != nil {
		l, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (l *lookout) lines() string { return fmt.Sprintf("\nadmin.listen = %q\n", l.address) }

// ask gives the status and the body of an answer. The listener begins with the loop, and not in step with it.
func (l *lookout) ask(path string) (int, string) {
	l.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		res, err := http.Get("http://" + l.address + path) //nolint:gosec // the loop of this test
		if err != nil {
			if time.Now().After(deadline) {
				l.t.Fatal(err)
			}
			continue
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			l.t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
}

// answers reports that somebody listens at an address.
func answers(address string) bool {
	c, err := net.Dial("tcp", address)
	if err == nil {
		c.Close()
	}
	return err == nil
}

// shows expects lines of the metrics.
func (l *lookout) shows(when string, lines ...string) {
	l.t.Helper()
	_, body := l.ask("/metrics")
	for _, line := range lines {
		if !strings.Contains(body, "\n"+line) {
			name, _, _ := strings.Cut(line, "{")
			l.t.Errorf("%s: want %s, got\n%s", when, line, grep(body, name))
		}
	}
}

func grep(text, word string) string {
	var found []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, word) && !strings.HasPrefix(line, "#") {
			found = append(found, line)
		}
	}
	return strings.Join(found, "")
}

func (l *lookout) health() (code int, h admin.Health) {
	l.t.Helper()
	code, body := l.ask("/healthz")
	if err := json.Unmarshal([]byte(body), &h); err != nil {
		l.t.Fatal(err)
	}
	return code, h
}

// says expects problems that health tells of, none without any.
func (l *lookout) says(when string, problems ...string) {
	l.t.Helper()
	code, h := l.health()
	if h.OK != (len(problems) == 0) || h.OK != (code == http.StatusOK) {
		l.t.Errorf("%s: %d, %+v", when, code, h)
	}
	for _, want := range problems {
		if !strings.Contains(strings.Join(h.Problems, "\n"), want) {
			l.t.Errorf("%s: want %q among %q", when, want, h.Problems)
		}
	}
}

func TestWhoWatchesSeesThatAllIsWell(t *testing.T) {
	l := newLookout(t)
	l.loops(l.lines(), func() bool {
		l.shows("after a pass",
			`var_blocks_active{blocker="desk",kind="host",state="complete"} 3`,
			`var_blocks_active{blocker="desk",kind="account",state="refused"} 3`,
			fmt.Sprintf(`var_actions_total{action="block",blocker="desk",outcome="done"} %d`, len(l.book().Held)),
			`var_actions_total{action="block",blocker="desk",outcome="unsupported"} 3`,
			`var_plan_changes{action="block",source="hq"} 8`, `var_source_objects{kind="host",source="hq"} 3`,
			`var_enforced_ratio{blocker="desk",device="book"} 1`,
			`var_reconcile_passes_total{outcome="done",source="hq"} 1`,
			`var_blocker_up{blocker="desk"} 1`, `var_config_last_reload_success 1`, `var_journal_up 1`,
			`var_stopped{stop="panic"} 0`, `var_window_open 1`, `var_run_interval_seconds 300`,
			`var_reconcile_duration_seconds_count{phase="look"} 1`, `var_reconcile_duration_seconds_count{phase="sweep"} 1`,
			`var_blocker_request_duration_seconds_count{blocker="desk",call="list"} 1`,
		)
		l.says("after a pass")
		for _, probe := range []string{"/livez", "/readyz"} {
			if code, body := l.ask(probe); code != http.StatusOK {
				t.Errorf("%s: %d %s", probe, code, body)
			}
		}
		return false
	})
	if answers(l.address) {
		t.Error("somebody answers when the loop is over")
	}
}

// What a person stops in another process is seen at once, not with the next pass.
func TestWhoWatchesSeesAPanicAtOnce(t *testing.T) {
	l := newLookout(t)
	l.loops(l.lines(), func() bool {
		l.shows("before", `var_stopped{stop="panic"} 0`)
		j, err := journal.Open(t.Context(), "sqlite://"+l.path("var.db"), "")
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close() //nolint:errcheck // it was only asked for a stop
		if err := j.Stop(t.Context(), journal.StopPanic, (&App{Now: l.now, Getenv: os.Getenv}).by("drill")); err != nil {
			t.Fatal(err)
		}
		l.shows("in a panic", `var_stopped{stop="panic"} 1`)
		l.says("in a panic", "drill")
		return false
	})
}

func TestWhoWatchesSeesWhatFails(t *testing.T) {
	l := newLookout(t)
	l.lack(l.cloud, "read accounts")
	broken := l.cloudToo() + "\nblocker.gone.plugin = \"nobody\"\nblocker.gone.label = \"Gone\"\ngate.max_blocks = 1" + l.lines()
	l.loops(broken, func() bool {
		l.shows("after a pass with failures",
			`var_source_errors_total{kind="account",source="cloud"} 1`, `var_source_errors_total{kind="account",source="hq"} 0`,
			`var_blocker_up{blocker="gone"} 0`, `var_blocker_up{blocker="desk"} 1`,
			`var_gate_tripped{direction="block",kind="host",source="hq"} 1`,
			`var_reconcile_passes_total{outcome="partial",source="cloud"} 1`,
			`var_reconcile_last_success_timestamp_seconds 0`,
			`var_source_last_success_timestamp_seconds{source="cloud"} 0`,
		)
		l.says("after a pass with failures", "source cloud:", "blocker gone:", "gate of source hq:")
		if code, body := l.ask("/livez"); code != http.StatusOK {
			t.Errorf("a failure makes the process look dead: %d %s", code, body)
		}
		return false
	})
}

// A reload that is refused is seen; one that is taken over takes away what is not configured any more, and keeps counters.
func TestWhoWatchesSeesReloads(t *testing.T) {
	l := newLookout(t)
	first := l.address
	l.loops(l.cloudToo()+l.lines(),
		func() bool { l.write("config.toml", "brain.hq = 7"); return true },
		func() bool {
			l.shows("refused", `var_config_last_reload_success 0`)
			l.says("refused", "reload")
			l.address = freePort(t)
			l.write("config.toml", l.base(l.lines()))
			return true
		},
		func() bool {
			l.shows("taken over", `var_config_last_reload_success 1`, `var_reconcile_passes_total{outcome="done",source="hq"}`)
			l.says("taken over")
			if _, body := l.ask("/metrics"); strings.Contains(body, `"cloud"`) {
				t.Errorf("a brain that is not configured:\n%s", grep(body, "cloud"))
			}
			if answers(first) {
				t.Error("somebody answers at the old place")
			}
			return false
		},
	)
}

// A port that somebody has does not keep a loop from its passes.
func TestAPortThatIsTakenStopsNoLoop(t *testing.T) {
	l := newLookout(t)
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", l.address)
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	l.loops(l.lines(), func() bool {
		other := &stage{t: t, dir: l.dir, hq: l.hq, cloud: l.cloud, machine: l.machine}
		other.want(ExitDone, l.lines(), "status")
		if told := "admin: nobody answers at " + l.address; !strings.Contains(other.err.String(), told) {
			t.Errorf("status does not say %q:\n%s", told, &other.err)
		}
		return false
	})
	if len(l.book().Held) == 0 || !strings.Contains(l.err.String(), "admin listener does not listen") {
		t.Errorf("held %v\n%s", l.book().Held, &l.err)
	}
	if l.want(ExitDone, l.lines(), "status"); strings.Contains(l.err.String(), "admin:") {
		t.Errorf("after the loop: %s", &l.err)
	}
}
