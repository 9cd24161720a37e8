package setup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/setup"
)

// lines of a configuration that are good in any combination, section by section.
var goodLines = map[string][]string{
	"": {`owner = "team-a"`, `state = 'sqlite:///tmp/var.db' # single quotes`},
	"run": {
		`interval = "90s"`, `deadline="0s"`, `explicit_unblock = true`, `groom = false # as it is`, `compare = 0x10`, `keep_history = "1000h0m"`,
	},
	"brain.hq":   {`url = "https://brain.example.net/"`, `parallel = 3`, `rate = 2.50`, `timeout = "90s"`, `proxy = "http://proxy.example.net:3128"`},
	"brain.rux":  {`url = "https://acme.portal.vectra.ai"`, `api = "3.3"`, `auth = "oauth"`, `insecure_skip_verify = false`},
	"hosts":      {`block_tag = ""`, `no_block_group = "No, never"`, `score = { threat = 1, certainty = 2 }`, "detection_types = [\n  \"a\", # one\n  \"b, c\",\n]", `urgency = 7`},
	"accounts":   {`enabled = false`, `detection_types_score = { match = "OR", threat = 5, certainty = 5 }`, `unblock_tag = "let go"`},
	"detections": {`types = []`, `host_urgency = 100`, "block_tag = \"\"\"drop\"\"\""},
	"static":     {`destinations = "list.txt"`, `permit = ["10.0.0.0/8"]`},
	"gate":       {`max_blocks = 1_000`, `floor = 0`},
	"gate.hosts": {`max_releases_percent = 0`, `floor = +5`},
	"never_block": {
		`targets = ["dc01.example.net", 'EXAMPLE\administrator']`, `public_resolvers = false`, `min_prefix_ipv4 = 24`,
	},
	"notify": {`timeout = "5s"`},
	"notify.mail": {
		`server = "mail.example.net"`, `from = "VAR <var@example.net>"`, `to = ["a@example.net", '"b, c" <b@example.net>']`, `security = "tls"`, `rate = 0`, `topics = ["gate"]`,
	},
	"notify.webhook.chat": {`template = "slack"`, `timeout = "7s"`, `sources = ["hq", "static"]`},
	"notify.audit":        {`file = "audit.jsonl"`, `keep = 0`},
	"log":                 {`level = "info"`, `file = "var.log"`},
	"admin":               {`listen = "127.0.0.1:9753"`, `page = false`},
	"window":              {`days = ["Weekend", "monday"]`, `timezone = "Europe/Brussels"`, `releases = "window"`},
	"blocker.wall":        {`label = "A wall"`, `kinds = ["static"]`, `env = ["PATH"]`, `sha256 = ""`},
	"blocker.wall.settings": {
		`mode = "low"`, `quiet = false`, `bricks = 7`, `command = ["/bin/x", "a, b", ""]`, `colours = { "a b" = "x\ty" }`,
	},
}

// requiredLines are those without which a section is none.
var requiredLines = map[string][]string{
	"brain.hq": {`url = "https://brain.example.net/"`}, "brain.rux": {`url = "https://acme.portal.vectra.ai"`}, "blocker.wall": {`plugin = "wall"`},
	"notify.mail": goodLines["notify.mail"][:3], "notify.audit": goodLines["notify.audit"][:1],
}

// drawFile is a configuration with some of the lines, in some order, with comments and blank lines.
func drawFile(t *rapid.T) string {
	var b strings.Builder
	sections := slices.Sorted(func(yield func(string) bool) {
		for name := range goodLines {
			if !yield(name) {
				return
			}
		}
	})
	for _, name := range sections {
		lines := rapid.SliceOfNDistinct(rapid.SampledFrom(goodLines[name]), 0, -1, rapid.ID[string]).Draw(t, "lines of "+name)
		for _, required := range requiredLines[name] {
			if !slices.Contains(lines, required) {
				lines = append(lines, required)
			}
		}
		if name != "" {
			fmt.Fprintf(&b, "[%s] # %s\n", name, rapid.StringMatching(`[a-z ]{0,9}`).Draw(t, "words"))
		}
		for _, line := range lines {
			b.WriteString(rapid.SampledFrom([]string{"", "\n", "# a word\n", "\t"}).Draw(t, "before") + line + "\n")
		}
	}
	b.WriteString("[[blocker.wall.settings.device]]\nurl = \"https://w\" # here\nname = \"w1\"\n")
	return b.String()
}

// curious looks at everything and changes nothing: each brain, blocker and device once, and whatever is offered besides.
func curious() *person {
	p := &person{answers: map[string][]string{}}
	looked := map[string]bool{}
	p.otherwise = func(q setup.Question) (string, bool) {
		if strings.HasSuffix(q.Key, ".more") {
			return setup.Affirmed, true
		}
		for _, o := range q.Options {
			if at := q.Key + o.Value; strings.HasPrefix(o.Label, "look at ") && !looked[at] {
				looked[at] = true
				return o.Value, true
			}
		}
		return "", false
	}
	return p
}

// TestWhatStandsThereIsKeptToTheByte answers each question over any good configuration with what stands there.
func TestWhatStandsThereIsKeptToTheByte(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := drawFile(rt)
		if _, problems := config.Parse("config.toml", []byte(text)); problems != nil {
			rt.Fatalf("%v in\n%s", problems, text)
		}
		s := on(t, text)
		p := curious()
		result, err := s.meet(p)
		if err != nil || result.Written || len(s.ring.values) > 0 || s.text(t) != text {
			rt.Fatalf("%v, written: %v, keyring %v; said %q\nover\n%s", err, result.Written, s.ring.values, p.said, text)
		}
		if p.heard("what changes in the file") || !p.heard("the file is as it was") {
			rt.Fatalf("an answer that was there is taken for a new one: %q\nover\n%s", p.said, text)
		}
	})
}

// TestEachKeyIsAskedOrNamed looks for every key that a configuration can have.
func TestEachKeyIsAskedOrNamed(t *testing.T) {
	described, err := config.Describe()
	if err != nil {
		t.Fatal(err)
	}
	s, p := on(t, ""), newcomer()
	looking := curious()
	p.otherwise = looking.otherwise
	for _, table := range []string{"hosts.score", "hosts.detection_types_score", "accounts.score", "accounts.detection_types_score", "detections.host_score"} {
		p.answers[table] = []string{setup.Affirmed}
		p.answers[table+".threat"], p.answers[table+".certainty"] = []string{"80"}, []string{"80"}
	}
	for key, answer := range channelAnswers() {
		p.answers[key] = answer
	}
	if _, err := s.meet(p); err != nil {
		t.Fatalf("%v; asked %q", err, p.keys())
	}
	for _, key := range leaves("", described.Fields) {
		key = strings.NewReplacer("brain.*", "brain.hq", "blocker.*.plugin", "blocker.NAME.plugin", "blocker.*", "blocker.wall", "webhook.*", "webhook.chat").Replace(key)
		asked := slices.ContainsFunc(p.keys(), func(k string) bool { return k == key || strings.HasPrefix(k, key+".settings") })
		if !asked && !p.heard("not asked: "+key+" (") {
			t.Errorf("%s is neither asked nor named", key)
		}
	}
}

// leaves are the paths of all keys; brains and blockers go by *.
func leaves(path string, fields []schema.Field) []string {
	var all []string
	for _, f := range fields {
		at := strings.TrimPrefix(path+"."+f.Name, ".")
		switch f.Type {
		case schema.Free:
			continue // the plugin's: asked as the plugin describes them
		case schema.Named:
			all = append(all, leaves(at+".*", f.Fields)...)
		case schema.Table:
			all = append(all, leaves(at, f.Fields)...)
		default:
			all = append(all, at)
		}
	}
	return all
}
