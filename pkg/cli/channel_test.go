package cli

import (
	"net"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/setup"
)

// channelsOf is a configuration with these lines, and a brain and a blocker.
func channelsOf(t *testing.T, lines string) *config.Config {
	t.Helper()
	text := "[brain.hq]\nurl = \"https://brain.example.net\"\n[blocker.edge]\nplugin = \"fortigate\"\n" + lines
	cfg, problems := config.Parse(filepath.Join(t.TempDir(), "config.toml"), []byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return cfg
}

func TestChannelsThatTrustAnybodyAreWarnedAbout(t *testing.T) {
	const open = "insecure_skip_verify = true\n"
	cfg := channelsOf(t, "[notify.mail]\nserver = \"m\"\nfrom = \"a@b.net\"\nto = [\"c@d.net\"]\n"+open+
		"[notify.syslog]\nserver = \"s\"\nprotocol = \"tls\"\nenabled = false\n"+open+
		"[notify.webhook.a]\n"+open+"[notify.webhook.b]\n")
	want := []string{"notify.mail.insecure_skip_verify", "notify.webhook.a.insecure_skip_verify"}
	if d := cmp.Diff(want, insecure(cfg)); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
}

// A channel that is told of a brain is told of it under its new name.
func TestARenameIsFollowedByFilters(t *testing.T) {
	const before = "[brain.hq]\nurl = \"https://b\"\n[blocker.edge]\nplugin = \"x\"\n[notify.audit]\nfile = \"a\"\nsources = [\"static\", \"hq\"]\n" +
		"blockers = [\"edge\"]\n[notify.webhook.chat]\nsources = [\"hand\"]\nblockers = [\"edge\"]\n"
	for _, tt := range []struct{ former, name, want string }{
		{"brain.hq", "brain.eu", strings.ReplaceAll(strings.ReplaceAll(before, "brain.hq", "brain.eu"), "\"hq\"", "\"eu\"")},
		{"blocker.edge", "blocker.dc", strings.ReplaceAll(strings.ReplaceAll(before, "\"edge\"", "\"dc\""), "[blocker.edge]\nplugin = \"x\"\n", "[blocker.dc]\nplugin = \"x\"\nmark = \"edge\"\n")},
	} {
		d, err := config.ParseDocument("config.toml", []byte(before))
		if err != nil {
			t.Fatal(err)
		}
		names, err := parseRename(tt.former, tt.name)
		if err != nil {
			t.Fatal(err)
		}
		if err := names.change(d); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, string(d.Bytes())); diff != "" {
			t.Errorf("got (+), want (-):\n%s", diff)
		}
	}
}

func TestNamesOfChannelsAreNotChanged(t *testing.T) {
	if _, err := parseRename("notify.webhook.chat", "notify.webhook.soc"); err == nil || !strings.Contains(err.Error(), "make a table with the new name") {
		t.Errorf("got %v", err)
	}
}

func TestADryRunAsksForNoSecretOfAChannel(t *testing.T) {
	cfg := channelsOf(t, "[notify.mail]\nserver = \"m\"\nfrom = \"a@b.net\"\nto = [\"c@d.net\"]\nuser = \"u\"\n[notify.webhook.off]\nenabled = false\n")
	if got := atWork(cfg, true).Notify.Secrets(); len(got) > 0 {
		t.Errorf("a dry run asks for %v", got)
	}
	if got := atWork(cfg, false).Notify.Secrets(); len(got) != 1 || got[0].Name != config.MailPassword {
		t.Errorf("a run asks for %v", got)
	}
	if len(cfg.Notify.Secrets()) != 3 {
		t.Error("the configuration itself was changed")
	}
}

func TestATemplateThatMakesNoMessageIsAProblemOfItsKey(t *testing.T) {
	s := &stage{t: t, dir: t.TempDir()}
	for text, want := range map[string]string{"{{ .Nothing": "template_file", "no JSON": "template_file", `{"a": 1}`: ""} {
		path := s.write("own.tmpl", text)
		problems := templateProblems(channelsOf(t, "[notify.webhook.chat]\ntemplate_file = \""+path+"\"\n"))
		got := ""
		for _, p := range problems {
			got += p.Path
		}
		if !strings.HasSuffix(got, want) || want == "" && got != "" {
			t.Errorf("%s: got %v", text, problems)
		}
	}
	if problems := templateProblems(channelsOf(t, "[notify.webhook.chat]\ntemplate_file = \"none\"\n")); len(problems) != 1 {
		t.Errorf("a file that is not there: %v", problems)
	}
}

// TestAChannelIsTriedWithoutAMessage has each end that a channel can have, open and closed.
func TestAChannelIsTriedWithoutAMessage(t *testing.T) {
	end, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer end.Close()
	web := httptest.NewTLSServer(nil)
	defer web.Close()
	port := strconv.Itoa(end.Addr().(*net.TCPAddr).Port)
	const syslog = "[notify.syslog]\nserver = \"127.0.0.1\"\n"
	tests := map[string]struct{ name, lines, want string }{
		"syslog that listens":             {"syslog", syslog + "protocol = \"tcp\"\nport = " + port + "\n", "  ok     syslog reach: 127.0.0.1, port " + port},
		"syslog by UDP":                   {"syslog", syslog, "  -      syslog reach: not checked: with udp nobody knows"},
		"syslog where nothing listens":    {"syslog", syslog + "protocol = \"tcp\"\nport = 1\n", "check notify.syslog.server and notify.syslog.port"},
		"mail where nothing listens":      {"mail", "[notify.mail]\nserver = \"127.0.0.1\"\nport = 1\nfrom = \"a@b.net\"\nto = [\"c@d.net\"]\n", "check notify.mail.server and notify.mail.port"},
		"mail without its password":       {"mail", "[notify.mail]\nserver = \"127.0.0.1\"\nuser = \"u\"\nfrom = \"a@b.net\"\nto = [\"c@d.net\"]\n", "notify.mail.password"},
		"a webhook that nobody vouches":   {"webhook.chat", "[notify.webhook.chat]\nurl = \"" + web.URL + "\"\n", "set notify.webhook.chat.ca_file"},
		"a webhook that is trusted":       {"webhook.chat", "[notify.webhook.chat]\nurl = \"" + web.URL + "\"\ninsecure_skip_verify = true\n", "  ok     webhook.chat reach: 127.0.0.1:"},
		"a webhook where nothing listens": {"webhook.chat", "[notify.webhook.chat]\nurl = \"http://127.0.0.1:1/s3cr3t\"\n", "check notify.webhook.chat.url"},
		"a webhook without its URL":       {"webhook.chat", "[notify.webhook.chat]\n", "notify.webhook.chat.url"},
		"a webhook behind a proxy":        {"webhook.chat", "[notify.webhook.chat]\nurl = \"https://h.example.net\"\nproxy = \"http://127.0.0.1:" + port + "\"\n", "what is behind it was not asked"},
		"an audit log in a folder":        {"audit", "[notify.audit]\nfile = \"audit.jsonl\"\n", "  ok     audit write"},
		"an audit log below a file":       {"audit", "[notify.audit]\nfile = \"/dev/null/audit.jsonl\"\n", "or set notify.audit.file"},
	}
	t.Setenv("VAR_KEYRING_BACKEND", "none")
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := &stage{t: t, dir: t.TempDir()}
			checks := s.app().newTrial(s.app().log()).Channel(t.Context(), tt.name, channelsOf(t, tt.lines), nil)
			got := ""
			for _, c := range checks {
				got += setupLine(c)
			}
			if !strings.Contains(got, tt.want) || strings.Contains(got, "s3cr3t") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// setupLine is a check as the questions would show it.
func setupLine(c setup.Check) string {
	v := viewOfCheck(c)
	mark := map[string]string{stateOK: "  ok     ", stateNotChecked: "  -      ", stateFailed: "  FAILED "}[v.State]
	detail := v.Detail
	if v.State == stateNotChecked {
		detail = "not checked: " + detail
	}
	return mark + c.Of + " " + c.Name + ": " + detail
}
