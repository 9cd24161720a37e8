package main_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// firstAnswers are what somebody says who begins with nothing.
func (s *site) firstAnswers() map[string][]answer {
	ends, secrets := s.about.Ends, s.about.Secrets
	return map[string][]answer{
		"what next":                               {pick("write it")},
		"brains":                                  {pick("add one")},
		"brain.hq.url":                            {typed(ends["hq"].URL)},
		"brain.hq.ca_file":                        {typed(s.about.CA)},
		"brain.hq.client_id":                      {typed(secrets["brain.hq.client_id"])},
		"brain.hq.client_secret":                  {typed(secrets["brain.hq.client_secret"])},
		"blockers":                                {pick("add one")},
		"blocker.NAME.plugin":                     {pick("fortigate")},
		"blocker.NAME":                            {typed("edge")},
		"blocker.edge.settings.internal_group":    {typed("Internal-Block")},
		"blocker.edge.settings.external_group":    {typed("External-Block")},
		"blocker.edge.settings.device":            {pick("add one")},
		"blocker.edge.settings.device[0].name":    {typed("fw1")},
		"blocker.edge.settings.device[0].url":     {typed(ends["fw1"].URL)},
		"blocker.edge.settings.device[0].ca_file": {typed(s.about.CA)},
		"blocker.edge.device.fw1.token":           {typed(secrets["blocker.edge.device.fw1.token"])},
		"hosts.block_group":                       {typed("Block")},
		"hosts.score":                             {say("yes")},
		"hosts.score.threat":                      {typed("80")},
		"hosts.score.certainty":                   {typed("80")},
		"state":                                   {typed("sqlite://" + filepath.Join(s.dir, "var.db"))},
	}
}

func TestFromNothingToAFirstRun(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *site, p *person) {
		p.answers = s.firstAnswers()
		s.wantsMail(p)
		s.setUp(p)
		p.answerUntil("blocker.edge.kinds")
		p.offers("host", "static")
		p.answerUntil("var plan")
		p.reply("var plan")
		screen := p.end(0)
		for _, want := range []string{
			"hq is a QUX brain", "ok     hq log in", "ok     hq read hosts", "ok     fw1 write Internal-Block",
			"hosts.score at hq: would block 1 host now; max_blocks is 50", "window: blocking is allowed at any time",
			`+score = { threat = 80, certainty = 80 }`, "brain.hq.client_secret: kept in keyring file", "plan: block 6",
			"FAILED mail reach", "-      syslog reach: not checked", "notify.mail.password: kept in keyring file", "+[notify.mail]",
		} {
			if !strings.Contains(screen, want) {
				t.Errorf("never said: %s", want)
			}
		}
		if strings.Contains(screen, mailSecret) {
			t.Error("the password of the mail user is shown")
		}
		for name, value := range s.about.Secrets {
			if strings.Contains(screen, value) {
				t.Errorf("%s is shown", name)
			}
		}
		if e := s.command("run"); e.code != 0 || !strings.Contains(e.said(), "done 6") && !strings.Contains(e.said(), "block 6") {
			t.Error(e)
		}
	})
}

const mailSecret = "s3cr3t-of-the-mail"

// wantsMail adds answers for mail, whose server is down, and for syslog.
func (s *site) wantsMail(p *person) {
	for key, one := range map[string]answer{
		"notify.mail":          say("yes"),
		"notify.mail.server":   typed("127.0.0.1"),
		"notify.mail.from":     typed("var@example.net"),
		"notify.mail.to":       typed("soc@example.net, duty@example.net"),
		"notify.mail.user":     typed("var"),
		"notify.mail.password": typed(mailSecret),
		"notify.mail.again":    pick("leave it so"),
		"notify.syslog":        say("yes"),
		"notify.syslog.server": typed("127.0.0.1"),
	} {
		p.answers[key] = []answer{one}
	}
}

// commented is a configuration that somebody has written words into.
func (s *site) commented() string {
	return `# Ours since 2019. Ask the firewall team before you touch it.
state = "sqlite://` + filepath.Join(s.dir, "var.db") + `"   # on the fast disk

[brain.hq]   # the old one
url = "` + s.about.Ends["hq"].URL + `"
ca_file = "` + s.about.CA + `"

# Rules that the board has agreed to.
[hosts]
score = { threat = 80, match = "and", certainty = 80 } # ticket 4711
detection_types = [
	"Hidden HTTPS Tunnel", # the loud one
]

[blocker.desk]
plugin = "example"
[[blocker.desk.settings.device]]
name = "a"
file = "` + filepath.Join(s.dir, "a.json") + `" # not the last word
`
}

// TestWordsInTheFileSurvive changes two answers of a file with comments.
func TestWordsInTheFileSurvive(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *site, p *person) {
		before := s.commented()
		s.config(before, "brain.hq.client_id", "brain.hq.client_secret")
		ring := s.photographOf(s.ring)
		p.answers = map[string][]answer{
			"what next":             {pick("hosts:"), pick("run:"), pick("write it")},
			"hosts.score.threat":    {typed("85")},
			"hosts.detection_types": {typed("Hidden HTTPS Tunnel, Port Scan")},
			"run.interval":          {typed("10m")},
			"var plan":              {say("no")},
		}
		s.setUp(p)
		p.answerUntil("var plan")
		p.reply("var plan")
		p.end(0)
		after := s.read(s.file())
		for _, words := range []string{
			"# Ours since 2019. Ask the firewall team before you touch it.\n", "   # on the fast disk\n", "[brain.hq]   # the old one\n",
			"# Rules that the board has agreed to.\n[hosts]\nscore = { threat = 85, match = \"and\", certainty = 80 } # ticket 4711\n",
			"# not the last word\n", "[run]\ninterval = \"10m\"\n", `"Port Scan"`,
		} {
			if !strings.Contains(after, words) {
				t.Errorf("lost: %s in\n%s", words, after)
			}
		}
		if got := s.photographOf(s.ring); got != ring {
			t.Errorf("the keyring has changed: %s, was %s", got, ring)
		}
		if e := s.command("config", "check"); e.code != 0 {
			t.Error(e)
		}
	})
}

// TestTroubleIsNamedAndCanBeMended goes from a wrong secret over a missing right to a device that is down, and away.
func TestTroubleIsNamedAndCanBeMended(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *site, p *person) {
		s.config(s.commented(), "brain.hq.client_id")
		before := s.photograph()
		s.change("hq", "rights", `{"lacks": ["read groups"]}`)
		s.world.End("fw1").Down(true)
		p.answers = s.firstAnswers()
		p.answers["what next"] = []answer{pick("brains:"), pick("blockers:"), pick("leave")}
		p.answers["brains"] = []answer{pick("look at hq")}
		p.answers["brain.hq.url"], p.answers["brain.hq.ca_file"] = nil, nil
		p.answers["brain.hq.client_secret"] = append([]answer{typed("s3cr3t-that-is-wrong")}, p.answers["brain.hq.client_secret"]...)
		p.answers["brain.hq"] = []answer{pick("type the credentials again"), pick("try again")}
		p.answers["blocker.edge"] = []answer{pick("leave it so")}
		s.setUp(p)
		p.answerUntil("brain.hq")
		if screen := p.see("FAILED hq log in"); !strings.Contains(screen, "type the credentials again: ") || strings.Contains(screen, "var secret set") {
			t.Errorf("it is not said here what to do here:\n%s", screen)
		}
		p.reply("brain.hq")
		p.answerUntil("brain.hq")
		if screen := p.see("ok     hq log in"); !strings.Contains(screen, "FAILED hq read groups: ") || !strings.Contains(screen, "Manage - Groups, read") {
			t.Errorf("the right that is missing is not named in\n%s", screen)
		}
		s.change("hq", "rights", `{"lacks": []}`)
		p.reply("brain.hq")
		p.see("ok     hq read groups")
		p.answerUntil("blocker.edge")
		p.see("FAILED fw1 device")
		p.reply("blocker.edge")
		p.answerUntil("what next")
		p.reply("what next")
		if screen := p.end(0); !strings.Contains(screen, "nothing was written") || strings.Contains(screen, "s3cr3t-that-is-wrong") {
			t.Errorf("it ended with\n%s", screen)
		}
		if after := s.photograph(); after != before {
			t.Errorf("left behind: %s, was %s", after, before)
		}
	})
}
