package mail

import (
	"bufio"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/secret"
)

// silent is the port of a server that accepts and says nothing.
func silent(t *testing.T) int {
	t.Helper()
	l := listen(t)
	return l.Addr().(*net.TCPAddr).Port
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// scripted is a server that answers each line that begins so, once it has greeted, and remembers all lines. What it has
// no answer for ends the connection.
func scripted(t *testing.T, answers map[string]string) (port int, heard func() string) {
	t.Helper()
	l := listen(t)
	lines := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			lines <- ""
			return
		}
		defer conn.Close()
		lines <- converse(conn, answers)
	}()
	return l.Addr().(*net.TCPAddr).Port, func() string { return <-lines }
}

// answering is the port of a server that greets, and answers each line with what answer gives.
func answering(t *testing.T, answer func(line string) string) int {
	t.Helper()
	l := listen(t)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Write([]byte("220 mail.test\r\n"))
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			_, _ = conn.Write([]byte(answer(lines.Text())))
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func converse(conn net.Conn, answers map[string]string) (heard string) {
	if _, err := conn.Write([]byte("220 mail.test\r\n")); err != nil {
		return ""
	}
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		heard += lines.Text() + "\n"
		word, _, _ := strings.Cut(lines.Text(), " ")
		if strings.Contains(heard, "\nDATA\n") && word != "DATA" && word != "." && word != "QUIT" {
			continue // the mail itself
		}
		answer, known := answers[word]
		if !known {
			return heard
		}
		if _, err := conn.Write([]byte(answer + "\r\n")); err != nil {
			return heard
		}
	}
	return heard
}

func TestAPasswordIsNeverSentInTheOpen(t *testing.T) {
	tests := map[string]struct {
		security, auth, offered string
	}{
		"no STARTTLS is offered":         {STARTTLS, AuthAuto, "250-mail.test\r\n250 AUTH PLAIN LOGIN CRAM-MD5"},
		"only what shows it is offered":  {Plain, AuthAuto, "250-mail.test\r\n250 AUTH PLAIN LOGIN"},
		"STARTTLS is refused":            {STARTTLS, AuthPlain, "250-mail.test\r\n250-STARTTLS\r\n250 AUTH PLAIN"},
		"STARTTLS is offered, then none": {STARTTLS, AuthLogin, "250-mail.test\r\n250-STARTTLS\r\n250 AUTH LOGIN"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			port, heard := scripted(t, map[string]string{
				"EHLO": test.offered, "AUTH": "334 ", "QUIT": "221 bye", "STARTTLS": "454 not now", "*": "501 bye",
			})
			c := (&exim{host: "127.0.0.1", plain: port}).config()
			c.Security, c.Auth = test.security, test.auth
			taken, err := send(t, c, blocked("x"))
			if taken != 0 || err == nil {
				t.Errorf("got %d and %v, want an error", taken, err)
			}
			if lines := heard(); strings.Contains(lines, "AUTH") || strings.Contains(lines, "MAIL") {
				t.Errorf("the server heard %q, want neither login nor mail", lines)
			}
		})
	}
}

// taking are the answers of a server that takes a mail.
func taking() map[string]string {
	return map[string]string{
		"EHLO": "250-mail.test\r\n250-8BITMIME\r\n250 SMTPUTF8", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", ".": "250 taken", "QUIT": "221 bye",
	}
}

func TestWhatTheServerHasTakenIsTaken(t *testing.T) {
	tests := map[string]struct {
		word, answer string
		taken        int
	}{
		"all is well":                             {"QUIT", "221 bye", 1},
		"no answer to our farewell":               {"QUIT", "", 1},
		"no answer to the mail":                   {".", "", 0},
		"no room for the mail":                    {".", "452 later", 0},
		"no mail, though the recipients are fine": {"DATA", "554 no", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answers := taking()
			if answers[test.word] = test.answer; test.answer == "" {
				delete(answers, test.word)
			}
			port, _ := scripted(t, answers)
			c := (&exim{host: "127.0.0.1", plain: port}).config()
			c.Security, c.User = Plain, ""
			if taken, err := send(t, c, blocked("x")); taken != test.taken || (err == nil) != (taken == 1) {
				t.Errorf("got %d and %v, want %d taken", taken, err, test.taken)
			}
		})
	}
}

func TestTheEnvelope(t *testing.T) {
	tests := map[string]struct {
		to   []string
		want string
	}{
		"each recipient once": {
			[]string{"a@example.net", "A <a@example.net>", "b@example.net"},
			"EHLO var-1\nMAIL FROM:<var@example.net> BODY=8BITMIME\nRCPT TO:<a@example.net>\nRCPT TO:<b@example.net>\nDATA\n",
		},
		"the extension for other letters only where they are": {
			[]string{"bü@example.net"},
			"EHLO var-1\nMAIL FROM:<var@example.net> BODY=8BITMIME SMTPUTF8\nRCPT TO:<bü@example.net>\nDATA\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			port, heard := scripted(t, taking())
			c := (&exim{host: "127.0.0.1", plain: port}).config()
			c.Security, c.User, c.To = Plain, "", test.to
			if _, err := send(t, c, blocked("x")); err != nil {
				t.Fatal(err)
			}
			if said := heard(); !strings.HasPrefix(said, test.want) {
				t.Errorf("got %q, want it to begin with %q", said, test.want)
			}
		})
	}
}

func TestAServerThatTalksWithoutEndIsLeft(t *testing.T) {
	port, _ := scripted(t, map[string]string{"EHLO": strings.Repeat("250-more\r\n", 2*mostTalk/10)})
	c := (&exim{host: "127.0.0.1", plain: port}).config()
	if taken, err := send(t, c, blocked("x")); taken != 0 || !errors.Is(err, errTalk) {
		t.Errorf("got %d and %v, want %v", taken, err, errTalk)
	}
}

func TestNewRefuses(t *testing.T) {
	good := Config{Server: "mail.test", From: "var@example.net", To: []string{"soc@example.net"}, User: "var", Password: secret.New("x")}
	if _, err := New(good, origin); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		set  func(*Config)
		want string
	}{
		"no server":               {func(c *Config) { c.Server = "" }, "notify.mail.server"},
		"no recipient":            {func(c *Config) { c.To = nil }, "notify.mail.to"},
		"a recipient of two":      {func(c *Config) { c.To = []string{"a@example.net>\r\nRCPT TO:<b@example.net"} }, "is no mail address"},
		"a sender with a header":  {func(c *Config) { c.From = "a@example.net\nBcc: b@example.net" }, "is no mail address"},
		"no password":             {func(c *Config) { c.Password = secret.String{} }, "the secret notify.mail.password"},
		"PLAIN without TLS":       {func(c *Config) { c.Security, c.Auth = Plain, AuthPlain }, "never sent"},
		"LOGIN without TLS":       {func(c *Config) { c.Security, c.Auth = Plain, AuthLogin }, "never sent"},
		"security that is none":   {func(c *Config) { c.Security = "ssl" }, "notify.mail.security"},
		"a login that is unknown": {func(c *Config) { c.Auth = "ntlm" }, "notify.mail.auth"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := good
			test.set(&c)
			if _, err := New(c, origin); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
