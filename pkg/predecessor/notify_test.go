package predecessor

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	mailOn   = "SEND_EMAIL = True\nSMTP_SERVER = \"mail.example.net\"\nSRC_EMAIL = \"var@example.net\"\nDST_EMAIL = \"soc@example.net\"\n"
	syslogOn = "SEND_SYSLOG = True\nSYSLOG_SERVER = \"siem.example.net\"\nSYSLOG_PORT = 514\nSYSLOG_PROTO = \"TCP\"\nSYSLOG_FORMAT = \"CEF\"\n"
	loginOn  = "SMTP_AUTH = True\nSMTP_USER = \"var\"\n"
)

func TestNotificationsBecomeChannels(t *testing.T) {
	for _, c := range []struct {
		text, key string
		want      any
	}{
		{mailOn, "notify.mail.server", "mail.example.net"},
		{mailOn, "notify.mail.from", "var@example.net"},
		{mailOn, "notify.mail.to", []string{"soc@example.net"}},
		{mailOn + "DST_EMAIL = \"a@example.net, b@example.net;c@example.net\"\n", "notify.mail.to", []string{"a@example.net", "b@example.net", "c@example.net"}},
		{mailOn + "DST_EMAIL = [\"a@example.net\", \"b@example.net\"]\n", "notify.mail.to", []string{"a@example.net", "b@example.net"}},
		{mailOn, "notify.mail.port", int64(25)},
		{mailOn, "notify.mail.security", "none"},
		{mailOn + loginOn, "notify.mail.security", "starttls"},
		{mailOn + "SMTP_PORT = 465\n", "notify.mail.security", "tls"},
		{mailOn + "SMTP_PORT = 587\n", "notify.mail.security", "starttls"},
		{mailOn + "SMTP_PORT = 2525\n", "notify.mail.security", "starttls"},
		{mailOn + "SMTP_PORT = 2525\n", "notify.mail.port", int64(2525)},
		{mailOn + "SMTP_PORT = 99999\n", "notify.mail.port", int64(25)},
		{mailOn + loginOn, "notify.mail.user", "var"},
		{mailOn + "SMTP_AUTH = False\nSMTP_USER = \"var\"\n", "notify.mail.user", nil},
		{strings.ReplaceAll(mailOn, "True", "False"), "notify.mail.server", nil},
		{strings.ReplaceAll(mailOn, "mail.example.net", ""), "notify.mail.port", nil},
		{mailOn + "SMTP_SERVER = f()\n", "notify.mail.server", nil},
		{syslogOn, "notify.syslog.server", "siem.example.net"},
		{syslogOn, "notify.syslog.protocol", "tcp"},
		{syslogOn, "notify.syslog.framing", "lf"},
		{syslogOn, "notify.syslog.header", "rfc3164"},
		{syslogOn, "notify.syslog.format", "cef"},
		{syslogOn + "SYSLOG_PROTO = \"udp\"\nSYSLOG_FORMAT = \"Standard\"\n", "notify.syslog.format", "standard"},
		{syslogOn + "SYSLOG_PROTO = \"UDP\"\n", "notify.syslog.framing", nil},
		{syslogOn + "SYSLOG_PROTO = \"RELP\"\n", "notify.syslog.protocol", "udp"},
		{strings.ReplaceAll(syslogOn, "siem.example.net", ""), "notify.syslog.port", nil},
	} {
		t.Run(c.key+" of "+c.text, func(t *testing.T) {
			if diff := cmp.Diff(c.want, imported(t, c.text)[c.key]); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Whatever the notifications are, they keep nothing from being taken over, and what is imported is right.
func TestNotificationsNeverSpeakAgainstTheImport(t *testing.T) {
	for _, text := range []string{
		mailOn + loginOn + syslogOn, mailOn + "SEND_EMAIL = f()\n", mailOn + "SMTP_PORT = \"25\"\n", syslogOn + "SYSLOG_PORT = None\n",
		syslogOn + "SYSLOG_FORMAT = 5\n", mailOn + "DST_EMAIL = g()\n",
	} {
		i, err := Read(folder(t, map[string]string{"config.py": text}), Options{})
		var refusal *Refusal
		if errors.As(err, &refusal) {
			t.Fatalf("%s: %v", text, err)
		}
		if _, problems := documentOf(t, i).Config(); len(problems) > 0 {
			t.Errorf("%s: %v", text, problems)
		}
	}
}

func TestThePasswordOfMailIsBroughtOver(t *testing.T) {
	i, err := Read(folder(t, map[string]string{"config.py": mailOn + loginOn + "SMTP_PASSWORD = \"hunter2\"\n"}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var found bool
	for _, s := range i.Secrets {
		found = found || s.Name == "notify.mail.password" && s.System == "VAR" && s.Key == "Email" && s.Clear.Reveal() == "hunter2"
	}
	if !found {
		t.Errorf("got %+v", i.Secrets)
	}
	if said := string(documentOf(t, i).Bytes()); strings.Contains(said, "hunter2") || !strings.Contains(said, "SMTP_PASSWORD: a secret stands there in clear") {
		t.Errorf("the file says:\n%s", said)
	}
}

func TestTheSecurityOfMailIsSaidWithWhy(t *testing.T) {
	i, err := Read(folder(t, map[string]string{"config.py": mailOn + "SMTP_PORT = 465\n"}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if said := string(documentOf(t, i).Bytes()); !strings.Contains(said, "# chosen for port 465; the predecessor tried TLS") {
		t.Errorf("the file says:\n%s", said)
	}
}

func TestNothingOfMailAndSyslogIsLeftOver(t *testing.T) {
	i, err := Read(folder(t, map[string]string{"config.py": mailOn + loginOn + syslogOn}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range i.Notes {
		if n.Left && (strings.Contains(n.From.Name, "SMTP") || strings.Contains(n.From.Name, "SEND") || strings.Contains(n.From.Name, "SYSLOG")) {
			t.Errorf("left over: %s", n)
		}
	}
}
