package setup_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/setup"
)

// TestBadAnswersAreRefusedAtOnce gives a bad answer first, hears why, and gives a good one.
func TestBadAnswersAreRefusedAtOnce(t *testing.T) {
	for name, c := range map[string]struct{ key, bad, why, good string }{
		"a URL without a scheme":      {"brain.hq.url", "brain", "must be https", "https://brain.example.net"},
		"a URL with a password":       {"brain.hq.url", "https://me:pw@brain", "secrets never stand in the file", "https://brain.example.net"},
		"a name with capitals":        {"brain.NAME", "HQ", "cannot be a name", "hq"},
		"a name with a dot":           {"brain.NAME", "a.b", "cannot be a name", "hq"},
		"a name that is taken by var": {"brain.NAME", "static", "is taken", "hq"},
		"no name":                     {"blocker.NAME", "", "cannot be a name", "wall"},
		"a number beyond its bounds":  {"blocker.wall.settings.bricks", "101", "at most 100", "99"},
		"no number":                   {"hosts.score.threat", "many", "must be a number", "80"},
		"a score beyond all":          {"hosts.score.threat", "101", "at most 100", "80"},
		"a word for an option":        {"blocker.wall.settings.mode", "medium", "one of those", "low"},
		"a kind that it cannot":       {"blocker.wall.kinds", "account", "among those", "host"},
		"no table":                    {"blocker.wall.settings.colours", "red", "not understood", `{ a = "red" }`},
		"no day":                      {"window.days", "someday", "someday", "monday"},
		"no time zone":                {"window.timezone", "Middle/Earth", "Middle/Earth", "Europe/Brussels"},
		"tags that are the same":      {"hosts.unblock_tag", "vectra_host_block", "is the block tag as well", "off"},
		"too long":                    {"hosts.block_group", strings.Repeat("x", 17<<10), "longer than", "Block"},
		"no duration":                 {"run.interval", "soon", "duration", "7m"},
		"a path for a state":          {"state", "var.db", "sqlite://", "sqlite:///tmp/var.db"},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := on(t, ""), newcomer()
			p.answers[c.key] = []string{c.bad, c.good}
			result, err := s.meet(p)
			if err != nil || !result.Written {
				t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
			}
			if !p.heard(c.key+": ") || !p.heard(c.why) {
				t.Errorf("never heard %q about %s: %q", c.why, c.key, p.said)
			}
			if _, problems := config.Load(s.path); problems != nil {
				t.Error(problems)
			}
		})
	}
}

// TestKeysOfATerminalAreNoPartOfAnAnswer pastes what would steer a terminal, or forge a line of the file.
func TestKeysOfATerminalAreNoPartOfAnAnswer(t *testing.T) {
	s, p := on(t, ""), newcomer()
	p.answers["hosts.block_group"] = []string{"  Blo\x1bck\r\n\x00"}
	if _, err := s.meet(p); err != nil {
		t.Fatal(err)
	}
	if cfg, problems := config.Load(s.path); problems != nil || cfg.Hosts.BlockGroup != "Block" {
		t.Errorf("%v in %s", problems, s.text(t))
	}
}

// TestUnknownKeysAreShownAndGoWhenTheyMay mends a file that somebody misspelt.
func TestUnknownKeysAreShownAndGoWhenTheyMay(t *testing.T) {
	const text = "# ours\ncolour = \"red\" # why?\n[brain.hq]\nurl = \"https://brain.example.net\"\nurll = \"x\"\n[blocker.wall]\nplugin = \"wall\"\n"
	s := on(t, text)
	p := &person{answers: map[string][]string{
		"colour": {setup.Affirmed}, "brain.hq.urll": {setup.Affirmed}, "what next": {"write"},
	}}
	result, err := s.meet(p)
	if err != nil || !result.Written || !p.heard("colour: unknown key") || !p.heard(`did you mean "url"?`) {
		t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
	}
	if _, problems := config.Load(s.path); problems != nil || !strings.Contains(s.text(t), "# ours") {
		t.Errorf("%v in %s", problems, s.text(t))
	}
}

// TestAFileWithProblemsIsNotWritten leaves the only thing that is wanting as it is.
func TestAFileWithProblemsIsNotWritten(t *testing.T) {
	s := on(t, firstFile)
	p := &person{answers: map[string][]string{"run.interval": {"7m"}, "what next": {"run", "leave"}}}
	result, err := s.meet(p)
	if err != nil || result.Written || s.text(t) != firstFile || !p.heard("cannot be written before these problems are mended") {
		t.Errorf("%v, written: %v; said %q", err, result.Written, p.said)
	}
	for _, q := range p.asked {
		for _, o := range q.Options {
			if o.Value == "write" {
				t.Error("writing it is offered")
			}
		}
	}
}

// TestTroubleIsTriedAgain has credentials that are wrong at first, and settings that the plugin refuses.
func TestTroubleIsTriedAgain(t *testing.T) {
	s, p := on(t, ""), newcomer()
	s.bench.brain = func(b config.Brain, given setup.Secrets) setup.BrainReport {
		r := setup.BrainReport{Family: "QUX", API: "2.4", Checks: []setup.Check{{Of: "hq", Name: "log in"}}}
		if value := given["brain.hq.client_secret"]; value.Reveal() != "right" {
			r.Checks[0].Err = errors.New("wrong\nsecret\x1b[2J")
		}
		return r
	}
	s.bench.blocker = func(b config.Blocker, _ setup.Secrets) (schema.Problems, []setup.Check) {
		if b.Settings["bricks"] == nil {
			return schema.Problems{{Path: "bricks", Message: "more are needed"}}, nil
		}
		return nil, []setup.Check{{Of: "fw1", Name: "reachable", Err: errors.New("no route")}}
	}
	p.answers["brain.hq.client_secret"] = []string{"wrong", "right"}
	p.answers["brain.hq"] = []string{"credentials"}
	p.answers["blocker.wall.settings.device"] = []string{"+another", "+on"}
	p.answers["blocker.wall"] = []string{"settings", "again", "+on"}
	p.answers["blocker.wall.settings.bricks"] = []string{"10", "77"}
	p.answers["brain.hq.auth"] = []string{"token"}
	p.answers["brain.hq.token"] = []string{"right"}
	s.bench.brain = withToken(s.bench.brain)
	result, err := s.meet(p)
	if err != nil || !result.Written {
		t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
	}
	for _, words := range []string{"bricks: more are needed", "FAILED fw1 reachable: no route"} {
		if !p.heard(words) {
			t.Errorf("never said %q", words)
		}
	}
	for _, said := range p.said {
		if strings.Contains(said, "\x1b") {
			t.Errorf("told %q", said)
		}
	}
	cfg, problems := config.Load(s.path)
	if problems != nil || cfg.Brains["hq"].API != "2.4" || cfg.Blockers["wall"].Settings["bricks"] != int64(77) {
		t.Errorf("%v in %s", problems, s.text(t))
	}
}

// Whoever finds that the brain wants a token is asked for it, and what was typed before it does not stay behind.
func TestAnotherWayToLogInTakesThePlaceOfTheFirst(t *testing.T) {
	s, p := on(t, ""), newcomer()
	s.bench.brain = func(_ config.Brain, given setup.Secrets) setup.BrainReport {
		r := setup.BrainReport{Family: "QUX", API: "2.4", Checks: []setup.Check{{Of: "hq", Name: "log in"}}}
		if _, typed := given["brain.hq.token"]; !typed {
			r.Checks[0].Err = errors.New("unknown client")
		}
		return r
	}
	p.answers["brain.hq.auth"] = []string{"oauth", "token"}
	p.answers["brain.hq.token"] = []string{"right"}
	p.answers["brain.hq"] = []string{"address"}
	result, err := s.meet(p)
	if err != nil || !result.Written {
		t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
	}
	if _, left := s.ring.values["brain.hq.client_secret"]; left || s.ring.values["brain.hq.token"] != "right" {
		t.Errorf("the keyring holds %v", s.ring.values)
	}
}

func withToken(then func(config.Brain, setup.Secrets) setup.BrainReport) func(config.Brain, setup.Secrets) setup.BrainReport {
	return func(b config.Brain, given setup.Secrets) setup.BrainReport {
		if _, typed := given["brain.hq.token"]; typed {
			given = setup.Secrets{"brain.hq.client_secret": given["brain.hq.token"]}
		}
		return then(b, given)
	}
}

// TestRulesAreCounted says what they match, and which gate that meets.
func TestRulesAreCounted(t *testing.T) {
	s, p := on(t, ""), newcomer()
	s.bench.counts = []setup.Count{
		{Brain: "hq", Kind: entity.KindHost, Rule: "hosts.score", Matches: 14},
		{Brain: "hq", Kind: entity.KindHost, Rule: "hosts.block_tag", Matches: 51},
		{Brain: "hq", Kind: entity.KindHost, Rule: "hosts.urgency", Matches: 50},
		{Brain: "hq", Kind: entity.KindHost, Rule: "hosts.no_block_group", Matches: 1},
		{Brain: "hq", Kind: entity.KindAccount, Rule: "accounts.score", Err: errors.New("down")},
	}
	p.answers["gate.max_blocks"] = []string{"0"}
	p.answers["what next"] = []string{"gate", "write"}
	if _, err := s.meet(p); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{
		"hosts.score at hq: would block 14 hosts now; max_blocks is 50",
		"hosts.block_tag at hq: would block 51 hosts now; max_blocks is 50: all of them would be held back",
		"hosts.urgency at hq: would block 50 hosts now; max_blocks is 50\n",
		"hosts.no_block_group at hq: would spare or release 1 host now",
		"accounts.score at hq: not counted: down",
		"hosts.score at hq: would block 14 hosts now; there is no max_blocks",
	} {
		if !p.heard(words) {
			t.Errorf("never said %q: %q", words, p.said)
		}
	}
}

// TestTheWindowIsSaidInWords tells when blocking is allowed next, by the clock of the window.
func TestTheWindowIsSaidInWords(t *testing.T) {
	for name, c := range map[string]struct{ days, start, end, zone, words string }{
		"at night":    {"", "22:00", "06:00", "Europe/Brussels", "window: closed now; blocking is allowed again from Mon 23 Nov 22:00 CET on"},
		"by day":      {"weekday", "08:00", "17:00", "Europe/Brussels", "window: open now; blocking is allowed until Mon 23 Nov 17:00 CET"},
		"at weekends": {"weekend", "", "", "UTC", "window: closed now; blocking is allowed again from Sat 28 Nov 00:00 UTC on"},
		"always":      {"", "", "", "", "window: blocking is allowed at any time"},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := on(t, ""), newcomer()
			p.answers["window.days"], p.answers["window.timezone"] = []string{c.days}, []string{c.zone}
			p.answers["window.start"], p.answers["window.end"] = []string{c.start}, []string{c.end}
			if _, err := s.meet(p); err != nil {
				t.Fatal(err)
			}
			if !p.heard(c.words) {
				t.Errorf("never said %q: %q", c.words, p.said)
			}
		})
	}
}
