package mail

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

// TestProbeSendsNothing wants each step that there is before a letter, and none after.
func TestProbeSendsNothing(t *testing.T) {
	good := map[string]string{"EHLO": "250 mail.test", "MAIL": "250 ok", "RCPT": "250 ok", "RSET": "250 ok", "QUIT": "221 bye", "NOOP": "250 ok"}
	tests := map[string]struct {
		word, answer, want string
	}{
		"all is well":                 {},
		"a recipient that is refused": {"RCPT", "550 no such user", "550 no such user; see notify.mail.to"},
		"a sender that is refused":    {"MAIL", "553 not yours", "553 not yours; is the sender one that this server takes mail from?"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answers := maps.Clone(good)
			if test.word != "" {
				answers[test.word] = test.answer
			}
			port, heard := scripted(t, answers)
			err := probed(t, port)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			said := heard()
			if strings.Contains(said, "DATA") || !strings.Contains(said, "MAIL FROM:<var@example.net>") {
				t.Errorf("said:\n%s", said)
			}
		})
	}
}

func TestProbeNamesRefusedRecipients(t *testing.T) {
	port, _ := scripted(t, map[string]string{"EHLO": "250 mail.test", "MAIL": "250 ok", "RCPT": "550 no", "RSET": "250 ok", "QUIT": "221 bye"})
	var refused *RefusedError
	if err := probed(t, port); !errors.As(err, &refused) || refused.Taken || refused.Recipients[0].Recipient != "soc@example.net" {
		t.Errorf("got %v", err)
	}
}

func probed(t *testing.T, port int) error {
	t.Helper()
	c, err := New(Config{
		Server: "127.0.0.1", Port: port, Security: Plain, From: "var@example.net", To: []string{"soc@example.net"},
	}, origin)
	if err != nil {
		t.Fatal(err)
	}
	return c.Probe(t.Context())
}
