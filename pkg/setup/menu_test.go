package setup_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/setup"
)

// TestWhatWasAddedByMistakeCanBeTakenOut adds a brain, a blocker and a device too many, each with a secret.
func TestWhatWasAddedByMistakeCanBeTakenOut(t *testing.T) {
	s, p := on(t, ""), newcomer()
	p.answers["brains"] = []string{"+another", "+another", "-oops", "+on"}
	p.answers["brain.NAME"] = []string{"hq", "oops"}
	p.answers["brain.oops.url"], p.answers["brain.oops.client_id"] = []string{"https://oops.example.net"}, []string{"o"}
	p.answers["blockers"] = []string{"+another", "+another", "-oops", "+on"}
	p.answers["blocker.NAME"] = []string{"wall", "oops"}
	p.answers["blocker.oops.settings.device"] = []string{"+on"}
	p.answers["blocker.wall.settings.device"] = []string{"+another", "+another", "-fw1", "+on"}
	p.answers["blocker.wall.settings.device[1].name"], p.answers["blocker.wall.settings.device[1].url"] = []string{"fw2"}, []string{"https://fw2.example.net"}
	result, err := s.meet(p)
	if err != nil || !result.Written || strings.Contains(s.text(t), "oops") || strings.Contains(s.text(t), "fw1") {
		t.Fatalf("%v, written: %v\n%s", err, result.Written, s.text(t))
	}
	for name := range s.ring.values {
		if strings.Contains(name, "oops") || strings.Contains(name, "fw1") {
			t.Errorf("%s was kept", name)
		}
	}
	if cfg, problems := config.Load(s.path); problems != nil || len(cfg.Brains) != 1 || len(cfg.Blockers) != 1 {
		t.Errorf("%v in %s", problems, s.text(t))
	}
}

// TestBrainsAndBlockersThatWereThereBeforeStay: more than a device hangs on them, and may be held.
func TestBrainsAndBlockersThatWereThereBeforeStay(t *testing.T) {
	s, p := on(t, wholeFile), curious()
	if _, err := s.meet(p); err != nil {
		t.Fatal(err)
	}
	for _, q := range p.asked {
		for _, o := range q.Options {
			if strings.HasPrefix(o.Label, "take out") && q.Key != "blocker.wall.settings.device" {
				t.Errorf("%s offers to %s", q.Key, o.Label)
			}
		}
	}
}

// TestADeviceThatWasThereBeforeCanBeTakenOut after saying so twice: something may be held on it.
func TestADeviceThatWasThereBeforeCanBeTakenOut(t *testing.T) {
	const second = "# the other one\n[[blocker.wall.settings.device]]\nname = \"fw2\"\nurl = \"https://fw2.example.net\"\n"
	for answer, want := range map[string][]string{setup.Affirmed: {"fw2"}, setup.Denied: {"fw1", "fw2"}} {
		s := on(t, wholeFile+second)
		s.ring.values["blocker.wall.device.fw1.token"] = "kept"
		p := &person{answers: map[string][]string{
			"what next": {"blockers", "write", "leave"}, "blockers": {"wall", "+on"}, "blocker.wall.settings.device": {"-fw1", "+on"},
			"blocker.wall.settings.device[0]": {answer},
		}}
		result, err := s.meet(p)
		if err != nil || result.Written != (answer == setup.Affirmed) {
			t.Errorf("%s: %v, written: %v; said %q", answer, err, result.Written, p.said)
		}
		cfg, problems := config.Load(s.path)
		if problems != nil || s.ring.values["blocker.wall.device.fw1.token"] != "kept" {
			t.Errorf("%s: %v, the keyring holds %v", answer, problems, s.ring.values)
		}
		var names []string
		devices, _ := cfg.Blockers["wall"].Settings["device"].([]map[string]any)
		for _, d := range devices {
			names = append(names, fmt.Sprint(d["name"]))
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s: the devices are %q in\n%s", answer, names, s.text(t))
		}
	}
}

// TestNamesThatShareAVariableAreRefused: the secrets of both would be in the same place.
func TestNamesThatShareAVariableAreRefused(t *testing.T) {
	s, p := on(t, strings.Replace(wholeFile, "brain.hq", "brain.the-one", 1)), newcomer()
	p.answers["brains"], p.answers["brain.NAME"] = []string{"+another", "+on"}, []string{"the_one", "the-one", "other"}
	p.answers["brain.other.url"] = []string{"https://other.example.net"}
	p.answers["blocker.wall.settings.device"] = []string{"+another", "+on"}
	p.answers["blocker.wall.settings.device[1].name"] = []string{"FW1", "fw1", "fw2"}
	p.answers["blocker.wall.settings.device[1].url"] = []string{"https://fw2.example.net"}
	p.answers["blockers"] = []string{"wall", "+on"}
	p.answers["what next"] = []string{"all", "write"}
	if result, err := s.meet(p); err != nil || !result.Written {
		t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
	}
	for _, words := range []string{`brain.NAME: "the_one" cannot be told from "the-one"`, `"FW1" cannot be told from "fw1"`, "brain.NAME: there is one of that name", "device[1].name: there is one of that name"} {
		if !p.heard(words) {
			t.Errorf("never said %q: %q", words, p.said)
		}
	}
}

// TestABrainThatIsWrongCanBeMended looks at one whose address is none.
func TestABrainThatIsWrongCanBeMended(t *testing.T) {
	s := on(t, strings.Replace(wholeFile, "https://brain.example.net", "brain", 1))
	p := &person{answers: map[string][]string{
		"what next": {"brains", "write"}, "brains": {"hq", "+on"}, "brain.hq.url": {"https://brain.example.net"},
	}}
	result, err := s.meet(p)
	if err != nil || !result.Written || s.text(t) != wholeFile {
		t.Errorf("%v, written: %v; said %q", err, result.Written, p.said)
	}
}

// TestKeysThatDoNotCountAreNotAskedFor goes by the answers given, also by those that are changed later.
func TestKeysThatDoNotCountAreNotAskedFor(t *testing.T) {
	const settings, device = "blocker.wall.settings.", "blocker.wall.settings.device[0]."
	for mode, want := range map[string]map[string]bool{
		"high": {settings + "ladder": true, settings + "gate": false, device + "rungs": true, device + "width": true},
		"low":  {settings + "ladder": false, settings + "gate": true, device + "rungs": true, device + "width": false},
	} {
		s, p := on(t, ""), newcomer()
		w := wall()
		low, high, wide := &schema.When{Key: "mode", Values: []string{"low"}}, &schema.When{Key: "mode", Values: []string{"high"}}, &schema.When{Key: "wide", Values: []string{"true"}}
		last := len(w.Settings.Fields) - 1
		devices := &w.Settings.Fields[last].Fields
		*devices = append(*devices,
			schema.Field{Name: "wide", Type: schema.Bool}, schema.Field{Name: "rungs", Type: schema.Text},
			schema.Field{Name: "width", Type: schema.Text, When: wide})
		w.Settings.Fields = slices.Insert(w.Settings.Fields, last,
			schema.Field{Name: "ladder", Type: schema.Text, When: high, Required: true}, schema.Field{Name: "gate", Type: schema.Text, When: low})
		s.bench.plugins = []setup.Plugin{w}
		p.answers[settings+"mode"], p.answers[settings+"ladder"] = []string{mode}, []string{"long"}
		p.answers[device+"wide"] = []string{map[string]string{"high": setup.Affirmed, "low": setup.Denied}[mode]}
		if result, err := s.meet(p); err != nil || !result.Written {
			t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
		}
		for key, asked := range want {
			if slices.Contains(p.keys(), key) != asked {
				t.Errorf("mode %s: %s is asked for: %v, want %v", mode, key, !asked, asked)
			}
		}
	}
}

// TestWithoutPluginsNothingCanBlock is said, and nobody is caught in the menu.
func TestWithoutPluginsNothingCanBlock(t *testing.T) {
	s, p := on(t, ""), newcomer()
	s.bench.plugins = []setup.Plugin{{Name: "broken", Err: errors.New("no such file")}}
	p.answers["blockers"] = []string{"+another", "+on"}
	p.answers["what next"] = []string{"leave"}
	result, err := s.meet(p)
	if err != nil || result.Written || !p.heard("plugin broken cannot be used: no such file") || !p.heard("nothing can be added without a plugin") {
		t.Errorf("%v, written: %v; said %q", err, result.Written, p.said)
	}
}

// TestTheExampleIsNotWhatEnterTakes: it blocks nothing. The commit of a build is not told.
func TestTheExampleIsNotWhatEnterTakes(t *testing.T) {
	s, p := on(t, ""), newcomer()
	s.bench.plugins = []setup.Plugin{{Name: "example", Version: "0f3c2d1", Help: "Writes files."}, wall()}
	if _, err := s.meet(p); err != nil {
		t.Fatal(err)
	}
	at := slices.Index(p.keys(), "blocker.NAME.plugin")
	want := []setup.Option{{Value: "wall", Label: "wall 1.0: A wall."}, {Value: "example", Label: "example: Writes files."}}
	if q := p.asked[at]; q.Default != "wall" || !slices.Equal(q.Options, want) {
		t.Errorf("%+v", q)
	}
}
