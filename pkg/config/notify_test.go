package config

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/schema"
)

const (
	leastMail   = "[notify.mail]\nserver = \"mail.example.net\"\nfrom = \"var@example.net\"\nto = [\"soc@example.net\"]\n"
	leastSyslog = "[notify.syslog]\nserver = \"siem.example.net\"\nprotocol = \"tls\"\n"
	leastHook   = "[notify.webhook.chat]\n"
	leastAudit  = "[notify.audit]\nfile = \"audit.jsonl\"\n"
)

// leastChannel is what the channel of a key needs besides the key.
func leastChannel(path string) string {
	for table, text := range map[string]string{
		"notify.mail.": leastMail, "notify.syslog.": leastSyslog, "notify.webhook.": leastHook, "notify.audit.": leastAudit,
	} {
		if strings.HasPrefix(path, table) {
			return text
		}
	}
	return ""
}

func notifyTests() []map[string]keyTest {
	mail := func(c *Config) *Mail { return c.Notify.Mail }
	syslog := func(c *Config) *Syslog { return c.Notify.Syslog }
	hook := func(c *Config) Webhook { return c.Notify.Webhook["chat"] }
	audit := func(c *Config) *Audit { return c.Notify.Audit }
	return []map[string]keyTest{
		watchTests(),
		{
			"notify.timeout":                    {"20s", func(c *Config) any { return c.Notify.Timeout }, 20 * time.Second},
			"notify.mail.enabled":               {false, func(c *Config) any { return mail(c).Enabled }, false},
			"notify.mail.server":                {"m2", func(c *Config) any { return mail(c).Server }, "m2"},
			"notify.mail.port":                  {2525, func(c *Config) any { return mail(c).Port }, 2525},
			"notify.mail.security":              {"tls", func(c *Config) any { return mail(c).Port }, 465},
			"notify.mail.auth":                  {"none", func(c *Config) any { return mail(c).Auth }, "none"},
			"notify.mail.user":                  {"var", func(c *Config) any { return mail(c).LogsIn() }, true},
			"notify.mail.from":                  {"VAR <v@example.net>", func(c *Config) any { return mail(c).From }, "VAR <v@example.net>"},
			"notify.mail.to":                    {[]string{"a@x.net", "b@x.net"}, func(c *Config) any { return mail(c).To }, []string{"a@x.net", "b@x.net"}},
			"notify.mail.subject":               {"VAR", func(c *Config) any { return mail(c).Subject }, "VAR"},
			"notify.mail.rate":                  {1, func(c *Config) any { return mail(c).Rate }, 1},
			"notify.syslog.enabled":             {false, func(c *Config) any { return syslog(c).Enabled }, false},
			"notify.syslog.server":              {"192.0.2.7", func(c *Config) any { return syslog(c).Server }, "192.0.2.7"},
			"notify.syslog.port":                {1514, func(c *Config) any { return syslog(c).Port }, 1514},
			"notify.syslog.protocol":            {"tcp", func(c *Config) any { return syslog(c).Port }, 601},
			"notify.syslog.framing":             {"lf", func(c *Config) any { return syslog(c).Framing }, "lf"},
			"notify.syslog.header":              {"rfc3164", func(c *Config) any { return syslog(c).Header }, "rfc3164"},
			"notify.syslog.format":              {"standard", func(c *Config) any { return syslog(c).Format }, "standard"},
			"notify.syslog.facility":            {"user", func(c *Config) any { return syslog(c).Facility }, "user"},
			"notify.syslog.rate":                {60, func(c *Config) any { return syslog(c).Rate }, 60},
			"notify.webhook.chat.enabled":       {false, func(c *Config) any { return hook(c).Enabled }, false},
			"notify.webhook.chat.url":           {"https://h.example.net/x", func(c *Config) any { return hook(c).URL }, "https://h.example.net/x"},
			"notify.webhook.chat.template":      {"teams", func(c *Config) any { return hook(c).Template }, "teams"},
			"notify.webhook.chat.timeout":       {"3s", func(c *Config) any { return hook(c).Timeout }, 3 * time.Second},
			"notify.webhook.chat.proxy":         {"http://p:3128", func(c *Config) any { return hook(c).Proxy }, "http://p:3128"},
			"notify.webhook.chat.rate":          {2, func(c *Config) any { return hook(c).Rate }, 2},
			"notify.audit.file":                 {"a.jsonl", func(c *Config) any { return audit(c).File }, "/etc/var/a.jsonl"},
			"notify.audit.max_megabytes":        {3, func(c *Config) any { return audit(c).MaxMegabytes }, 3},
			"notify.audit.keep":                 {0, func(c *Config) any { return audit(c).Keep }, 0},
			"notify.audit.rate":                 {6, func(c *Config) any { return audit(c).Rate }, 6},
			"notify.webhook.chat.template_file": {"own.json", func(c *Config) any { return hook(c).TemplateFile }, "/etc/var/own.json"},
		},
		tlsTests("notify.mail", func(c *Config) TLS { return mail(c).TLS }),
		tlsTests("notify.syslog", func(c *Config) TLS { return syslog(c).TLS }),
		tlsTests("notify.webhook.chat", func(c *Config) TLS { return hook(c).TLS }),
		filterTests("notify.mail", func(c *Config) Filter { return mail(c).Filter }),
		filterTests("notify.syslog", func(c *Config) Filter { return syslog(c).Filter }),
		filterTests("notify.webhook.chat", func(c *Config) Filter { return hook(c).Filter }),
		filterTests("notify.audit", func(c *Config) Filter { return audit(c).Filter }),
	}
}

func watchTests() map[string]keyTest {
	return map[string]keyTest{
		"log.level":         {"info", func(c *Config) any { return c.Log.Level }, "info"},
		"log.format":        {"json", func(c *Config) any { return c.Log.Format }, "json"},
		"log.file":          {"var.log", func(c *Config) any { return c.Log.File }, "/etc/var/var.log"},
		"log.max_megabytes": {3, func(c *Config) any { return c.Log.MaxMegabytes }, 3},
		"log.keep":          {0, func(c *Config) any { return c.Log.Keep }, 0},
		"admin.listen":      {"[::1]:9753", func(c *Config) any { return c.Admin.Listen }, "[::1]:9753"},
		"admin.page":        {false, func(c *Config) any { return c.Admin.Page }, false},
		"admin.hosts":       {[]string{"var.example.net"}, func(c *Config) any { return c.Admin.Hosts }, []string{"var.example.net"}},
	}
}

func tlsTests(path string, get func(c *Config) TLS) map[string]keyTest {
	return map[string]keyTest{
		path + ".ca_file":              {"ca.pem", func(c *Config) any { return get(c).CAFile }, "/etc/var/ca.pem"},
		path + ".server_name":          {"other", func(c *Config) any { return get(c).ServerName }, "other"},
		path + ".insecure_skip_verify": {true, func(c *Config) any { return get(c).InsecureSkipVerify }, true},
	}
}

func filterTests(path string, get func(c *Config) Filter) map[string]keyTest {
	return map[string]keyTest{
		path + ".topics":   {[]string{"gate"}, func(c *Config) any { return get(c).Topics }, []string{"gate"}},
		path + ".severity": {"error", func(c *Config) any { return get(c).Severity }, "error"},
		path + ".kinds":    {[]string{"host"}, func(c *Config) any { return string(get(c).EntityKinds()[0]) }, "host"},
		path + ".sources":  {[]string{"hq", "hand"}, func(c *Config) any { return get(c).Sources }, []string{"hq", "hand"}},
		path + ".blockers": {[]string{"edge"}, func(c *Config) any { return get(c).Blockers }, []string{"edge"}},
	}
}

func TestChannelsThatAreNotNamedAreOff(t *testing.T) {
	n := mustParse(t, least).Notify
	if n.Mail != nil || n.Syslog != nil || n.Audit != nil || len(n.Webhook) > 0 || len(n.Secrets()) > 0 {
		t.Errorf("got %+v", n)
	}
}

func TestChannelsHaveDefaults(t *testing.T) {
	n := mustParse(t, least+leastMail+strings.ReplaceAll(leastSyslog, "protocol = \"tls\"\n", "")+leastHook+leastAudit).Notify
	all := Filter{Severity: "info"}
	want := Notify{
		Timeout: 10 * time.Second,
		Mail: &Mail{
			Enabled: true, Server: "mail.example.net", Port: 587, Security: "starttls", Auth: "auto", From: "var@example.net",
			To: []string{"soc@example.net"}, Subject: "Vectra Automated Response", Rate: 4, Filter: all,
		},
		Syslog: &Syslog{
			Enabled: true, Server: "siem.example.net", Port: 514, Protocol: "udp", Framing: "octet", Header: "rfc5424",
			Format: "cef", Facility: "local0", Filter: all,
		},
		Webhook: map[string]Webhook{"chat": {Enabled: true, Template: "json", Timeout: 10 * time.Second, Rate: 30, Filter: all}},
		Audit:   &Audit{File: "/etc/var/audit.jsonl", MaxMegabytes: 10, Keep: 5, Filter: all},
	}
	if d := cmp.Diff(want, n, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
}

func TestSecretsOfChannelsAreThoseThatTheyNeed(t *testing.T) {
	password := schema.Wanted{Name: "notify.mail.password", Help: "Password of the mail user.", Former: []string{"VAR_Email"}}
	token := schema.Wanted{Name: "notify.webhook.chat.token", Help: "Bearer token for the webhook.", Optional: true}
	url := schema.Wanted{Name: "notify.webhook.chat.url", Help: "URL of the webhook."}
	tests := map[string]struct {
		text string
		want []schema.Wanted
	}{
		"mail without a user":      {leastMail, nil},
		"mail with a user":         {leastMail + "user = \"var\"\n", []schema.Wanted{password}},
		"mail that does not login": {leastMail + "user = \"var\"\nauth = \"none\"\n", nil},
		"webhook with its url":     {leastHook + "url = \"https://h.example.net\"\n", []schema.Wanted{token}},
		"webhook without":          {leastHook, []schema.Wanted{url, token}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, mustParse(t, least+tt.text).Notify.Secrets()); d != "" {
				t.Errorf("got (+), want (-):\n%s", d)
			}
		})
	}
}

func TestWhatIsSafeForAChannelIsAllowed(t *testing.T) {
	tests := map[string]string{
		"no password without TLS":       leastMail + "security = \"none\"\n",
		"cram-md5 without TLS":          leastMail + "user = \"u\"\nsecurity = \"none\"\nauth = \"cram-md5\"\n",
		"http to this machine":          leastHook + "url = \"http://127.0.0.1:8080/x\"\n",
		"an IPv6 server":                strings.ReplaceAll(leastSyslog, "siem.example.net", "2001:db8::1"),
		"a filter for the static list":  leastAudit + "sources = [\"static\"]\n",
		"an admin listener for all":     "[admin]\nlisten = \"0.0.0.0:9753\"\n",
		"an admin listener by its name": "[admin]\nlisten = \"localhost:0\"\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) { mustParse(t, least+text) })
	}
}

// A filter that names a brain which is wrong itself is right.
func TestAMistakeInABrainIsToldOnce(t *testing.T) {
	_, problems := Parse("c.toml", []byte("[brain.hq]\n[blocker.edge]\nplugin = \"fortigate\"\n"+leastAudit+"sources = [\"hq\"]\n"))
	if len(problems) != 1 || problems[0].Path != "brain.hq.url" {
		t.Errorf("got %v", problems)
	}
}
