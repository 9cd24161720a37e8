package cli

import (
	"maps"
	"strings"
	"testing"
)

// mailAt is mail by a server of this machine, with more lines.
func mailAt(lines string) string {
	least := []string{"server = \"127.0.0.1\"", "port = PORT", "security = \"none\"", "from = \"var@example.net\"", "to = [\"soc@example.net\"]"}
	text := "[notify.mail]\n"
	for _, line := range least {
		key, _, _ := strings.Cut(line, " ")
		if !strings.Contains("\n"+lines, "\n"+key+" ") {
			text += line + "\n"
		}
	}
	return text + lines
}

func mailKeys() map[string]func(*testing.T) {
	const login = "user = \"night-shift\"\n"
	all := map[string]func(*testing.T){
		"notify.mail.server":   testMailServer,
		"notify.mail.port":     arrivesAt("mail", mailAt("port = PORT\n")),
		"notify.mail.security": testMailSecurity,
		"notify.mail.auth":     withPassword(arrives("mail", mailAt(login+"auth = \"none\"\n"), mailAt(login+"auth = \"cram-md5\"\n"), "AUTH CRAM-MD5")),
		"notify.mail.user":     withPassword(arrives("mail", mailAt("auth = \"auto\"\n"), mailAt(login+"auth = \"cram-md5\"\n"), "AUTH CRAM-MD5")),
		"notify.mail.from":     arrives("mail", mailAt(""), mailAt("from = \"other@example.net\"\n"), "MAIL FROM:<other@example.net>"),
		"notify.mail.to":       arrives("mail", mailAt(""), mailAt("to = [\"soc@example.net\", \"duty@example.net\"]\n"), "RCPT TO:<duty@example.net>"),
		"notify.mail.subject":  arrives("mail", mailAt(""), mailAt("subject = \"From the night shift\"\n"), "Subject: From the night shift"),
	}
	maps.Copy(all, trustKeys("mail", mailAt("security = \"tls\"\n")))
	return all
}

// withPassword has the mail user's password at hand.
func withPassword(then func(*testing.T)) func(*testing.T) {
	return func(t *testing.T) {
		t.Setenv("VAR_SECRET_NOTIFY_MAIL_PASSWORD", "s3cr3t")
		then(t)
	}
}

// arrivesAt expects that something arrives at the port of the ear.
func arrivesAt(channel, lines string) func(*testing.T) {
	return func(t *testing.T) {
		e := listenTo(t, false, serverOf(channel))
		if err := tells(t, channel, strings.ReplaceAll(lines, "PORT", e.port)); err != nil || e.told() == "" {
			t.Errorf("%v, %q", err, e.text())
		}
	}
}

func testMailServer(t *testing.T) {
	arrivesAt("mail", mailAt("server = \"127.0.0.1\"\n"))(t)
	e := listenTo(t, false, mailServer)
	if err := tells(t, "mail", strings.ReplaceAll(mailAt("server = \"127.0.0.2\"\n"), "PORT", e.port)); err == nil || e.text() != "" {
		t.Errorf("%v, %q", err, e.text())
	}
}

// testMailSecurity has a server that offers no STARTTLS, and hears how the client begins.
func testMailSecurity(t *testing.T) {
	for security, want := range map[string]string{"none": "MAIL FROM", "starttls": "EHLO", "tls": "\x16\x03"} {
		server := mailServer
		if security == "tls" {
			server = listener
		}
		e := listenTo(t, false, server)
		err := tells(t, "mail", strings.ReplaceAll(mailAt("security = \""+security+"\"\n"), "PORT", e.port))
		if got := e.text(); !strings.Contains(got, want) || (err == nil) != (security == "none") {
			t.Errorf("%s: %v, heard %q", security, err, got)
		}
		if security != "none" && strings.Contains(e.text(), "MAIL") {
			t.Errorf("%s: a mail was begun in the open", security)
		}
	}
}
