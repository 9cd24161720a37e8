package setup_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/setup"
)

// channelAnswers set up one channel of each form.
func channelAnswers() map[string][]string {
	return map[string][]string{
		"notify.mail":          {setup.Affirmed},
		"notify.mail.server":   {"mail.example.net"},
		"notify.mail.from":     {"var@example.net"},
		"notify.mail.to":       {"soc@example.net, duty@example.net"},
		"notify.mail.user":     {"var"},
		"notify.mail.password": {"s3cr3t-of-the-mail"},
		"notify.syslog":        {setup.Affirmed},
		"notify.syslog.server": {"siem.example.net"},
		"notify.webhook":       {"+another", "+on"},
		"notify.audit":         {setup.Affirmed},
		"notify.audit.file":    {"/var/log/var/audit.jsonl"},
		"admin.listen":         {"127.0.0.1:9753"},
	}
}

// told is a person that begins with nothing and wants to be told by all means.
func told() *person {
	p := newcomer()
	for key, answer := range channelAnswers() {
		p.answers[key] = answer
	}
	secrets := map[string]string{"notify.webhook.chat.url": "https://hooks.slack.com/services/s3cr3t", "notify.webhook.chat.token": ""}
	p.otherwise = func(q setup.Question) (string, bool) {
		answer, ok := secrets[q.Key]
		return answer, ok && q.Form == setup.Hidden
	}
	return p
}

func TestChannelsAreWrittenAndTheirSecretsKept(t *testing.T) {
	s, p := on(t, ""), told()
	result, err := s.meet(p)
	if err != nil || !result.Written {
		t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
	}
	cfg, problems := config.Load(s.path)
	if problems != nil {
		t.Fatalf("%v in %s", problems, s.text(t))
	}
	n := cfg.Notify
	if n.Mail == nil || n.Syslog == nil || n.Audit == nil || cfg.Admin.Listen != "127.0.0.1:9753" {
		t.Fatalf("not all is there: %s", s.text(t))
	}
	if d := cmp.Diff([]string{"soc@example.net", "duty@example.net"}, n.Mail.To); d != "" {
		t.Error(d)
	}
	if n.Webhook["chat"].URL != "" || s.ring.values["notify.webhook.chat.url"] == "" || s.ring.values["notify.mail.password"] != "s3cr3t-of-the-mail" {
		t.Errorf("the keyring holds %v and the file\n%s", s.ring.values, s.text(t))
	}
	if strings.Contains(s.text(t)+strings.Join(p.said, ""), "s3cr3t") {
		t.Error("a secret is told")
	}
	for _, q := range p.asked {
		if strings.HasSuffix(q.Key, "password") && q.Form != setup.Hidden {
			t.Errorf("%s is shown while it is typed", q.Key)
		}
	}
	if !strings.Contains(s.text(t), "[notify.mail]\n") {
		t.Errorf("it is no table of its own:\n%s", s.text(t))
	}
}

// TestAChannelThatIsDeafIsToldAndMended has a mail server that refuses at first.
func TestAChannelThatIsDeafIsToldAndMended(t *testing.T) {
	s, p := on(t, ""), told()
	s.bench.channel = func(name string, cfg *config.Config, given setup.Secrets) []setup.Check {
		c := setup.Check{Of: name, Name: "log in"}
		if password := given[config.MailPassword]; name == "mail" && (cfg.Notify.Mail.Server != "right.example.net" || password.Reveal() != "right") {
			c.Err = errors.New("535 no")
		}
		return []setup.Check{c}
	}
	p.answers["notify.mail.server"] = []string{"wrong.example.net", "right.example.net"}
	p.answers["notify.mail.password"] = []string{"wrong", "right"}
	result, err := s.meet(p)
	if err != nil || !result.Written || !p.heard("FAILED mail log in: 535 no") || !p.heard("ok     syslog log in") {
		t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
	}
	if s.ring.values["notify.mail.password"] != "right" {
		t.Errorf("the keyring holds %v", s.ring.values)
	}
}

// TestASwitchedOffChannelGoesWithItsSecrets takes mail out again that was there, and a webhook that was just added.
func TestASwitchedOffChannelGoesWithItsSecrets(t *testing.T) {
	s := on(t, wholeFile+"[notify.mail] # ours\nserver = \"mail.example.net\"\nfrom = \"a@example.net\"\nto = [\"b@example.net\"]\n")
	p := told()
	p.answers = map[string][]string{
		"what next": {"notify", "notify", "write"}, "notify.mail": {setup.Affirmed, setup.Denied},
		"notify.mail.user": {"var"}, "notify.mail.password": {"s3cr3t"},
		"notify.webhook": {"+another", "+on", "-chat", "+on"},
	}
	result, err := s.meet(p)
	if err != nil || !result.Written || len(s.ring.values) > 0 || strings.Contains(s.text(t), "notify") {
		t.Errorf("%v, written: %v, keyring %v\n%s", err, result.Written, s.ring.values, s.text(t))
	}
}

// TestAPasswordThatEverybodyCouldReadIsAskedAbout goes over mail once more until its password is safe.
func TestAPasswordThatEverybodyCouldReadIsAskedAbout(t *testing.T) {
	s, p := on(t, ""), told()
	p.answers["notify.mail.security"] = []string{"none", "tls"}
	result, err := s.meet(p)
	if err != nil || !result.Written || !p.heard("where the password travels") {
		t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
	}
	if cfg, problems := config.Load(s.path); problems != nil || cfg.Notify.Mail.Port != 465 {
		t.Errorf("%v in %s", problems, s.text(t))
	}
}
