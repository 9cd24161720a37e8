package page

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/view"
)

// At three in the morning: why is it blocked, and how does it get out?
func TestOneTargetIsShownWithTheWayOut(t *testing.T) {
	k := calm(3)
	h := holding(1)
	h.Problem, h.State, h.Missing = "fw2: connection refused", entity.Partial, []string{"fw2"}
	k.why.Targets = []view.Target{{
		Source: "hq", Kind: "host", ID: "1", Name: "ws-0001", NeverBlock: "never_block 10.0.0.0/8", Notes: []string{"VAR: Blocked"},
		Holdings: []view.Held{{Holding: h, Others: []view.Other{{Element: "10.0.0.2", Holder: "cloud/host/7"}}, Compared: []view.Device{{Device: "fw3", Held: 1, At: now}}}},
		Intents:  []view.Intent{{Action: "block", Blocker: "edge", At: now}}, History: []view.Event{{At: now, Times: 1, Action: "block", Outcome: "in part", Reasons: []string{"tag x"}}},
	}}
	body := read(k.wants(t, "/target?q=ws-0001"))
	for _, text := range []string{
		"blocked on edge partial", "tag vectra_host_block", "fw2: connection refused", "1 of 2", "not on fw2", "never_block 10.0.0.0/8",
		`var release hq/host/1 --reason "TEXT"`, "--for 4h", "also held for", "var release cloud/host/7", "fw3: 0 of 1 in force",
		"nobody knows how it ended", "VAR: Blocked", "in part", "/history?q=hq", "var why ws-0001",
	} {
		if !strings.Contains(body, text) {
			t.Errorf("%q is not told:\n%s", text, body)
		}
	}
}

func TestWhoIsSparedIsToldWithTheWayBack(t *testing.T) {
	k := calm(3)
	k.why.Targets = []view.Target{{Source: "hq", Kind: "host", ID: "1", Order: &view.Order{Verb: entity.VerbSpare, By: entity.By{Who: "anna", Reason: "reinstalled"}}}}
	body := k.wants(t, "/target?q=x", "not blocked", "anna: reinstalled", "var release --undo hq/host/1")
	if strings.Contains(body, "How to get it out") {
		t.Error("what is not blocked is got out")
	}
}

func TestWhoIsUnknownIsLookedForAmongWhatIsHeld(t *testing.T) {
	k := calm(30)
	code, body := k.get(t, "/target?q=ws-000")
	if code != http.StatusNotFound || !strings.Contains(body, "not blocked by var") || !strings.Contains(body, "ws-0009") || strings.Contains(body, "ws-0010") {
		t.Errorf("%d %s", code, body)
	}
}

// Whatever a word is made of, a shell takes it for that word.
func TestCommandsCanBeTypedAsTheyAreShown(t *testing.T) {
	words := []string{"hq/host/1969", "hand/static/185.199.0.0/16", `EXAMPLE\jdoe`, "a b", "it's", `$(reboot)`, "`id`", "-rf", "", "näme", "a\nb\x1b[2J", `a'\` + "\x01", "*?[a]~!#&;|<>"}
	for _, word := range words {
		out, err := exec.CommandContext(t.Context(), "bash", "-c", "printf %s "+quoted(word)).Output()
		if err != nil || string(out) != word {
			t.Errorf("%q is shown as %s, which is %q (%v)", word, quoted(word), out, err)
		}
	}
	if shown := typed("var why", "-rf", ""); shown != "var why -- '-rf'" {
		t.Errorf("a name that looks like a flag is shown as %s", shown)
	}
	if shown := typed("var release", strings.Repeat("x", 500), ""); len(shown) > 100 {
		t.Errorf("a command of %d bytes", len(shown))
	}
}
