package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

// stage is a world of one brain and the devices of some blockers, with a folder that var works in.
type stage struct {
	family   family
	blockers []means
	world    *lab.World
	admin    admin
	dir      string
	// wait is the timeout of every call to a device, hear that of every call to the brain, interval the pause of a loop.
	wait, hear, interval string
	// bin is the folder of the programs, env what else they find in their environment.
	bin string
	env []string
	// adjust, where it is set, has the last word on the configuration.
	adjust func(config string) string
}

// longest is how long var waits for an answer where nothing else is said: no machine is so busy.
const longest = "30s"

// newStage sets up the world as it is before var comes.
func newStage(t *testing.T, f family, blockers ...means) *stage {
	t.Helper()
	return newStageOf(t, programs(t), f, blockers...)
}

// newStageOf is newStage with the programs of a folder.
func newStageOf(t *testing.T, bin string, f family, blockers ...means) *stage {
	t.Helper()
	w, err := lab.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	s := &stage{
		family: f, blockers: blockers, world: w, admin: newAdmin(t, w), dir: t.TempDir(), wait: longest, hear: longest, interval: "1s", bin: bin,
	}
	b := f.open(w)
	b.Fill(people())
	w.Add(brainName, b)
	s.write(t, "ca.pem", string(w.CA()))
	s.write(t, "credentials/brain.hq.token", brainToken)
	s.write(t, "credentials/brain.hq.client_id", brainClient)
	s.write(t, "credentials/brain.hq.client_secret", brainSecret)
	s.write(t, "destinations.txt", "")
	for _, m := range blockers {
		m.furnish(t, s)
	}
	return s
}

func (s *stage) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// configure writes the configuration; more stands at its top.
func (s *stage) configure(t *testing.T, more ...string) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "state = %q\n%s\n", "sqlite://"+filepath.Join(s.dir, "var.db"), strings.Join(more, "\n"))
	fmt.Fprintf(&b, "[run]\ninterval = %q\n", s.interval)
	fmt.Fprintf(&b, "[brain.%s]\nurl = %q\napi = %q\nauth = %q\ntimeout = %q\nca_file = \"ca.pem\"\n",
		brainName, s.world.End(brainName).URL, s.family.version, s.family.auth, s.hear)
	b.WriteString(rules)
	for _, m := range s.blockers {
		b.WriteString(m.config(s))
	}
	text := b.String()
	if s.adjust != nil {
		text = s.adjust(text)
	}
	s.write(t, "config.toml", text)
}

// rules want something of every kind of request that a pass may have.
const rules = `
[hosts]
no_block_group = "NoBlock"
score = { threat = 80, match = "and", certainty = 80 }
urgency = 90
detection_types = ["Ransomware File Activity"]
[accounts]
no_block_group = "NoBlockAccounts"
score = { threat = 80, match = "and", certainty = 80 }
[detections]
types = ["Ransomware File Activity"]
[static]
destinations = "destinations.txt"
`

// device is the configuration of one device of a blocker.
func (s *stage) device(blocker, end string) string {
	return fmt.Sprintf("[[blocker.%s.settings.device]]\nname = %q\nurl = %q\nca_file = \"ca.pem\"\n", blocker, end, s.world.End(end).URL)
}

// start runs var beside the test.
func (s *stage) start(t *testing.T, args ...string) *process {
	t.Helper()
	env := append([]string{"HOME=" + s.dir, "CREDENTIALS_DIRECTORY=" + filepath.Join(s.dir, "credentials")}, s.env...)
	return start(t, env, filepath.Join(s.bin, "var"), append(args, "--config", filepath.Join(s.dir, "config.toml"))...)
}

func (s *stage) run(t *testing.T, args ...string) ended {
	t.Helper()
	return s.start(t, args...).wait(t)
}

// pass runs var and wants this exit code.
func (s *stage) pass(t *testing.T, code int, args ...string) ended {
	t.Helper()
	e := s.run(t, append([]string{"run"}, args...)...)
	if e.code != code {
		t.Fatalf("var run %s: want exit code %d: %s", strings.Join(args, " "), code, e)
	}
	return e
}

// ends are the devices of all blockers.
func (s *stage) ends() []string {
	var names []string
	for _, m := range s.blockers {
		names = append(names, m.ends()...)
	}
	return names
}

// inForce tells what every blocker has in force, as its ends themselves show it, by "end class".
func (s *stage) inForce(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, m := range s.blockers {
		for place, elements := range m.inForce(t, s) {
			slices.Sort(elements)
			all[place] = elements
		}
	}
	return all
}

// reality is what brain and devices hold, whatever var thinks of it.
type reality struct {
	InForce map[string][]string
	Tags    map[string][]string
	Notes   map[string][]string
}

func (s *stage) reality(t *testing.T) reality {
	t.Helper()
	b := s.brain(t)
	return reality{s.inForce(t), b.tags(), b.notes()}
}

// requests counts by end what everybody was asked since the last time, and forgets it.
func (s *stage) requests(t *testing.T) map[string]tally {
	t.Helper()
	counts := map[string]tally{}
	for _, end := range s.world.Ends() {
		counts[end.Name] = s.admin.requests(t, end.Name)
		s.admin.forgetRequests(t, end.Name)
	}
	return counts
}

// holding is what var status tells of one target on one blocker.
type holding struct {
	Kind, ID, Blocker, State string
	Elements                 []string
}

// status is what var says that it holds; it reads the journal alone.
func (s *stage) status(t *testing.T) (held []holding, open int) {
	t.Helper()
	e := s.run(t, "status", "--output", "json")
	var view struct {
		Holdings    []holding
		OpenIntents int `json:"open_intents"`
		OpenNotes   int `json:"open_notes"`
	}
	if err := json.Unmarshal([]byte(e.out), &view); err != nil || e.code != 0 {
		t.Fatalf("var status: %v: %s", err, e)
	}
	return view.Holdings, view.OpenIntents + view.OpenNotes
}
