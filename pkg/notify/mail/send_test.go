package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/notify/notifytest"
	"github.com/var-project/var/pkg/secret"
)

var (
	epoch  = time.Date(2026, 11, 21, 19, 18, 30, 0, time.UTC)
	origin = notify.Origin{Owner: "hq-var", Host: "var-1", Version: "1.0", Admin: "http://127.0.0.1:9753/"}
)

func blocked(name string) notify.Event {
	return notify.Classify(entity.Event{
		ID: 17, At: epoch, Action: "block", Outcome: entity.OutcomeDone, Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "1969"},
		Name: name, Blocker: "edge", Elements: []string{"10.1.2.3"}, Reasons: []string{"score 80/85"},
	})
}

func (x *exim) config() Config {
	return Config{
		Server: x.host, Port: x.plain, User: "var", Password: secret.New(password), TLS: x.tls(),
		From: "VAR <var@example.net>", To: []string{"soc@example.net"},
	}
}

func send(t *testing.T, c Config, events ...notify.Event) (int, error) {
	t.Helper()
	channel, err := New(c, origin)
	if err != nil {
		t.Fatal(err)
	}
	return channel.Send(t.Context(), notify.Batch{Events: events, Key: "k", At: epoch})
}

func TestSend(t *testing.T) {
	x := startExim(t)
	ways := map[string]func(*Config){
		"STARTTLS":        func(*Config) {},
		"TLS":             func(c *Config) { c.Security, c.Port = TLS, x.secure },
		"LOGIN":           func(c *Config) { c.Auth = AuthLogin },
		"CRAM-MD5":        func(c *Config) { c.Auth = AuthCRAMMD5 },
		"nothing is safe": func(c *Config) { c.Security = Plain },
	}
	hostile := strings.Repeat("a|b=c\\d\r\nBcc: victim@example.net\r\n\r\n.\r\n<script>&\xff\u202eü", 140)
	for way, set := range ways {
		c := x.config()
		set(&c)
		c.Subject = way
		if taken, err := send(t, c, blocked(hostile)); taken != 1 || err != nil {
			t.Errorf("%s: got %d and %v, want all taken", way, taken, err)
		}
	}
	mails := x.delivered(t, len(ways))
	var subjects []string
	for _, m := range mails {
		subjects = append(subjects, m.Header.Get("Subject"))
		checkDelivered(t, m)
	}
	slices.Sort(subjects)
	if diff := cmp.Diff([]string{"CRAM-MD5", "LOGIN", "STARTTLS", "TLS", "nothing is safe"}, subjects); diff != "" {
		t.Errorf("subjects (-want +got):\n%s", diff)
	}
}

func checkDelivered(t *testing.T, m *mail.Message) {
	t.Helper()
	for header, want := range map[string]string{
		"From": `"VAR" <var@example.net>`, "To": "<soc@example.net>", "Auto-Submitted": "auto-generated", "Bcc": "", "X-Mailer": "", "User-Agent": "",
		"Message-Id": "<var.8254c329a92850f6d539dd376f4816ee@example.net>", "Date": "Sat, 21 Nov 2026 19:18:30 +0000",
		"Envelope-To": "soc@example.net",
	} {
		if got := m.Header.Get(header); got != want {
			t.Errorf("%s: got %q, want %q", header, got, want)
		}
	}
	text, html := parts(t, m)
	for _, want := range []string{`a|b=c\d\r\nBcc: victim@example.net\r\n\r\n.\r\n<script>&` + "\ufffd" + `\u202eü`, "10.1.2.3", "var why hq/host/1969"} {
		if !strings.Contains(text, want) {
			t.Errorf("got %s\nwant %q in it", text, want)
		}
	}
	if strings.Contains(html, "<script") || !strings.Contains(html, "&lt;script&gt;&amp;") {
		t.Errorf("got %s\nwant the name escaped", html)
	}
}

// parts are the text and the HTML of a mail.
func parts(t *testing.T, m *mail.Message) (text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("got %s and %v, want alternatives", kind, err)
	}
	all := map[string]string{}
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return all["text/plain; charset=UTF-8"], all["text/html; charset=UTF-8"]
		}
		if err != nil {
			t.Fatal(err)
		}
		all[p.Header.Get("Content-Type")] = strings.ReplaceAll(readAll(t, quotedprintable.NewReader(p)), "\r\n", "\n")
	}
}

func TestOneRefusedRecipientDoesNotKeepTheOthersFromIt(t *testing.T) {
	x := startExim(t)
	c := x.config()
	c.To = []string{"soc@example.net", "nobody@example.net", "Büro <cert@example.net>", "later@example.net"}
	taken, err := send(t, c, blocked("x"))
	var refused *RefusedError
	if taken != 1 || !errors.As(err, new(*notify.Complaint)) || !errors.As(err, &refused) {
		t.Fatalf("got %d and %v, want all taken and a complaint of who was refused", taken, err)
	}
	want := []Refusal{
		{"nobody@example.net", "550 no such person here"},
		{"later@example.net", "451 come back later"},
	}
	if diff := cmp.Diff(want, refused.Recipients); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	got := x.delivered(t, 1)
	if to := got[0].Header.Get("Envelope-To"); len(got) != 1 || !strings.Contains(to, "soc@") || !strings.Contains(to, "cert@") || strings.Contains(to, "nobody") {
		t.Errorf("got %d mails, for %q; want one for the two others", len(got), to)
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	x := startExim(t)
	tests := map[string]struct {
		set  func(*Config)
		want string
	}{
		"a wrong password":       {func(c *Config) { c.Password = secret.New("wrong") }, "the secret notify.mail.password"},
		"all recipients refused": {func(c *Config) { c.To = []string{"nobody@example.net"} }, "refused for nobody@example.net: 550 no such person here"},
		"nobody logs in":         {func(c *Config) { c.User = "" }, "550 log in first"},
		"an unknown authority":   {func(c *Config) { c.TLS = &tls.Config{ServerName: notifytest.ServerName, MinVersion: tls.VersionTLS12} }, "set notify.mail.ca_file"},
		"another name":           {func(c *Config) { c.TLS.ServerName = "mail.test" }, "set notify.mail.server_name"},
		"TLS to a port without":  {func(c *Config) { c.Security = TLS }, "check notify.mail.port"},
		"a closed port":          {func(c *Config) { c.Port = notifytest.FreePort(t, c.Server) }, "nothing listens there"},
		"PLAIN is not offered bare": {
			func(c *Config) { c.Security, c.Auth, c.User = Plain, AuthNone, "var" }, "550 log in first",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := x.config()
			test.set(&c)
			taken, err := send(t, c, blocked("x"))
			if taken != 0 || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %d and %v, want none taken and %q", taken, err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), password) {
				t.Errorf("got %v, which shows the password", err)
			}
		})
	}
}

func TestSendEndsWithItsContext(t *testing.T) {
	c := (&exim{host: "127.0.0.1", plain: silent(t)}).config()
	channel, err := New(c, origin)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	taken, err := channel.Send(ctx, notify.Batch{Test: true, At: epoch})
	if taken != 0 || err == nil || !strings.Contains(err.Error(), "no answer in time") {
		t.Errorf("got %d and %v, want no answer in time", taken, err)
	}
}

// A server that is silent once it is to check a password is one that does not answer, whatever was said before.
func TestALoginThatIsNotAnsweredSaysWhatToCheck(t *testing.T) {
	ctx, late := context.WithCancel(t.Context())
	port := answering(t, func(line string) string {
		switch {
		case strings.HasPrefix(line, "EHLO"):
			return "250-mail.test\r\n250 AUTH CRAM-MD5\r\n"
		case strings.HasPrefix(line, "AUTH"):
			late()
		}
		return ""
	})
	c := (&exim{host: "127.0.0.1", plain: port}).config()
	c.Security, c.Auth = Plain, AuthCRAMMD5
	channel, err := New(c, origin)
	if err != nil {
		t.Fatal(err)
	}
	taken, err := channel.Send(ctx, notify.Batch{Test: true, At: epoch})
	if taken != 0 || err == nil || !strings.Contains(err.Error(), "log in as var") || !strings.Contains(err.Error(), "check notify.mail.server") {
		t.Errorf("got %d and %v, want what to check", taken, err)
	}
}
