package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// alarmed is a stage with a firewall and a blocker that keeps a file, on both of which something is blocked.
type alarmed struct {
	*stage
	// blocked is what is in force, calm what was before.
	blocked, calm map[string][]string
}

func newAlarmed(t *testing.T) alarmed {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "bin")
	link(t, programs(t), bin)
	a := alarmed{stage: newStageOf(t, bin, quxToken, panos{})}
	trial := fmt.Sprintf("[blocker.trial]\nplugin = \"example\"\n[[blocker.trial.settings.device]]\nname = \"one\"\nfile = %q\n", a.trial())
	a.adjust = func(config string) string { return config + trial }
	a.configure(t)
	a.write(t, "trial.json", "{}")
	a.calm = a.everything(t)
	a.write(t, "destinations.txt", "185.199.112.7\n185.199.113.0/24\n")
	a.admin.change(t, brainName, "add_tag", map[string]any{"kind": "host", "id": player, "tag": blockTags["host"]})
	a.pass(t, 0)
	a.blocked = a.everything(t)
	return a
}

func (a alarmed) trial() string { return filepath.Join(a.dir, "trial.json") }

// everything is what firewall and file enforce.
func (a alarmed) everything(t *testing.T) map[string][]string {
	t.Helper()
	all := a.inForce(t)
	var file struct{ Entries []struct{ Element string } }
	text, err := os.ReadFile(a.trial())
	if err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range file.Entries {
		all["trial"] = append(all["trial"], e.Element)
	}
	slices.Sort(all["trial"])
	return all
}

// misbehave writes into the file of the trial how it behaves; the empty way is well.
func (a alarmed) misbehave(t *testing.T, way string) {
	t.Helper()
	var page map[string]any
	text, err := os.ReadFile(a.trial())
	if err == nil {
		err = json.Unmarshal(text, &page)
	}
	if err != nil {
		t.Fatal(err)
	}
	page["fail"] = way
	a.write(t, "trial.json", asText(page))
}

// alarms are what may be out of order when somebody panics. Each says which places can be cleared all the same.
var alarms = []struct {
	name string
	// disturb answers with what brings it into order again.
	disturb func(*testing.T, alarmed) (mend func())
	// deadline is how long panic waits: where something hangs it is as long as the test takes.
	deadline string
	code     int
	// left is what cannot be cleared before that.
	left string
}{
	{"nothing", func(*testing.T, alarmed) func() { return func() {} }, longest, 0, ""},
	{"the brain is down", func(_ *testing.T, a alarmed) func() {
		a.world.End(brainName).Down(true)
		return func() { a.world.End(brainName).Down(false) }
	}, longest, 0, ""},
	{"the brain's name cannot be resolved", reconfigured(func(a alarmed, config string) string {
		return strings.Replace(config, a.world.End(brainName).URL, "https://brain.invalid", 1)
	}), longest, 0, ""},
	{"the static list is gone", func(t *testing.T, a alarmed) func() {
		list := filepath.Join(a.dir, "destinations.txt")
		return away(t, list)
	}, longest, 0, ""},
	{"a blocker hangs", func(t *testing.T, a alarmed) func() {
		a.misbehave(t, "slow")
		return func() { a.misbehave(t, "") }
	}, "8s", 4, "trial"},
	{"a device is down", func(_ *testing.T, a alarmed) func() {
		a.world.End("pa1").Down(true)
		return func() { a.world.End("pa1").Down(false) }
	}, longest, 4, "dc"},
	{"a plugin is missing", func(t *testing.T, a alarmed) func() {
		return away(t, filepath.Join(a.bin, "plugins", "var-plugin-example"))
	}, longest, 4, "trial"},
	{"a blocker begins few requests", reconfigured(func(_ alarmed, config string) string {
		return strings.Replace(config, "[blocker.dc]\n", "[blocker.dc]\nrate = 0.01\n", 1)
	}), longest, 0, ""},
	{"the settings of a blocker are broken", reconfigured(func(_ alarmed, config string) string {
		return strings.Replace(config, "\nfile = ", "\nfiel = ", 1)
	}), longest, 4, "trial"},
	{"the configuration has mistakes elsewhere", reconfigured(func(_ alarmed, config string) string {
		return strings.Replace(config, "[hosts]", "[hosts]\nscroe = 7", 1)
	}), longest, 0, ""},
}

func reconfigured(change func(alarmed, string) string) func(*testing.T, alarmed) func() {
	return func(t *testing.T, a alarmed) func() {
		well := a.adjust
		a.adjust = func(config string) string { return change(a, well(config)) }
		a.configure(t)
		return func() {
			a.adjust = well
			a.configure(t)
		}
	}
}

// away takes a file away, and brings it back.
func away(t *testing.T, file string) (back func()) {
	t.Helper()
	rename := func(from, to string) {
		if err := os.Rename(from, to); err != nil {
			t.Error(err)
		}
	}
	rename(file, file+".away")
	return func() { rename(file+".away", file) }
}

// Whatever is out of order, panic clears what can be reached, says what is left, and nothing is blocked again before
// somebody resumes. Then everything is as it was.
func TestPanicClearsWhatCanBeReached(t *testing.T) {
	t.Parallel()
	programs(t)
	for _, row := range alarms {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			a := newAlarmed(t)
			mend := row.disturb(t, a)
			e := a.run(t, "panic", "--yes", "--deadline", row.deadline, "--reason", "drill")
			if e.code != row.code {
				t.Errorf("want exit code %d: %s", row.code, e)
			}
			a.cleared(t, row.left, e)
			mend()
			if e := a.run(t, "panic", "--yes", "--reason", "drill"); e.code != 0 {
				t.Errorf("once all is in order: %s", e)
			}
			a.cleared(t, "", e)
			a.pass(t, 3).says(t, "panic by", "drill", `until "var resume"`)
			a.cleared(t, "", e)
			a.resumes(t)
		})
	}
}

// cleared wants everything as it was before var came, but for what one blocker holds.
func (a alarmed) cleared(t *testing.T, left string, e ended) {
	t.Helper()
	now := a.everything(t)
	for place := range a.blocked {
		want := a.calm[place]
		if left != "" && (place == left || left == "dc" && strings.HasPrefix(place, "pa1 ")) {
			want = a.blocked[place]
		}
		if !slices.Equal(now[place], want) {
			t.Errorf("%s has %v in force, want %v: %s", place, now[place], want, e)
		}
	}
	if left != "" {
		e.says(t, left)
	}
}

// resumes wants the next pass to block again what is wanted.
func (a alarmed) resumes(t *testing.T) {
	t.Helper()
	if e := a.run(t, "resume"); e.code != 0 {
		t.Errorf("resume: %s", e)
	}
	e := a.pass(t, 0)
	if now := a.everything(t); fmt.Sprint(now) != fmt.Sprint(a.blocked) {
		t.Errorf("in force is %v, want %v: %s", now, a.blocked, e)
	}
}

// A loop that runs beside it obeys: it blocks nothing again, however many passes it makes.
func TestALoopBlocksNothingAfterPanic(t *testing.T) {
	t.Parallel()
	a := newAlarmed(t)
	loop := a.start(t, "run", "--loop")
	a.passes(t, 1)
	e := a.run(t, "panic", "--yes", "--reason", "drill")
	if e.code != 0 {
		t.Errorf("panic: %s", e)
	}
	a.write(t, "destinations.txt", "185.199.112.7\n185.199.115.0/24\n")
	a.passes(t, 3)
	a.cleared(t, "", e)
	loop.end(t, syscall.SIGTERM).says(t, "panic by")
	a.write(t, "destinations.txt", "185.199.112.7\n185.199.113.0/24\n")
	a.resumes(t)
}

// passes waits until the loop has made so many more.
func (a alarmed) passes(t *testing.T, n int) {
	t.Helper()
	a.admin.forgetRequests(t, brainName)
	looks := func() int { return a.admin.requests(t, brainName)["GET groups"] }
	if !within(aWhile, func() bool { return looks() > 2*n }) { // a pass reads two groups
		t.Fatalf("the loop made no %d passes: %d groups were read", n, looks())
	}
}
