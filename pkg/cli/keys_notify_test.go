package cli

import (
	"io"
	"maps"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/notify"
)

func notifyKeys() map[string]func(*testing.T) {
	all := map[string]func(*testing.T){"notify.timeout": testNotifyTimeout}
	for _, some := range []map[string]func(*testing.T){
		mailKeys(), syslogKeys(), webhookKeys(), auditKeys(),
		usageKeys("notify.mail", "[notify.mail]\nserver = \"m\"\nfrom = \"a@b.net\"\nto = [\"c@d.net\"]\n"),
		usageKeys("notify.syslog", "[notify.syslog]\nserver = \"s\"\n"),
		usageKeys("notify.webhook", "[notify.webhook.chat]\n"),
		usageKeys("notify.audit", "[notify.audit]\nfile = \"a\"\n"),
	} {
		maps.Copy(all, some)
	}
	delete(all, "notify.audit.enabled") // it is off when its table is absent
	return all
}

// usageKeys have each key change how a channel is used; what that means is tested with the courier.
func usageKeys(table, least string) map[string]func(*testing.T) {
	all := map[string]func(*testing.T){table + ".enabled": func(t *testing.T) {
		if on, off := used(t, least), used(t, least+"enabled = false\n"); len(on) != 1 || len(off) != 0 {
			t.Errorf("%v are used, and %v", on, off)
		}
	}}
	for key, c := range map[string]struct {
		value string
		get   func(notify.Outlet) any
		want  any
	}{
		"topics":   {`["gate"]`, func(o notify.Outlet) any { return o.Filter.Topics[0] }, notify.TopicGate},
		"severity": {`"error"`, func(o notify.Outlet) any { return o.Filter.Severity }, notify.SeverityError},
		"kinds":    {`["host"]`, func(o notify.Outlet) any { return string(o.Filter.Kinds[0]) }, "host"},
		"sources":  {`["hq"]`, func(o notify.Outlet) any { return o.Filter.Sources }, []string{"hq"}},
		"blockers": {`["edge"]`, func(o notify.Outlet) any { return o.Filter.Blockers }, []string{"edge"}},
		"rate":     {`7`, func(o notify.Outlet) any { return o.Rate }, 7},
	} {
		all[table+"."+key] = func(t *testing.T) {
			if d := cmp.Diff(c.want, c.get(used(t, least+key+" = "+c.value+"\n")[0])); d != "" {
				t.Errorf("got (+), want (-):\n%s", d)
			}
		}
	}
	return all
}

// testNotifyTimeout has an end that never answers, and waits for who asks to go.
func testNotifyTimeout(t *testing.T) {
	e := listenTo(t, false, func(_ *ear, conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }) // until nobody is there
	s := newStage(t)
	s.want(ExitDone, hookAt("http://"+e.host+":"+e.port, "")+"[notify]\ntimeout = \"1s\"\n", "run")
	e.hang()
	if !strings.Contains(s.err.String(), "notify.timeout (1s) is over") {
		t.Errorf("told is: %s", &s.err)
	}
}

// arrives expects that a text arrives with some lines, and without them does not.
func arrives(channel, without, with, text string) func(*testing.T) {
	return func(t *testing.T) {
		for lines, want := range map[string]bool{without: false, with: true} {
			e := listenTo(t, false, serverOf(channel))
			if err := tells(t, channel, strings.ReplaceAll(lines, "PORT", e.port)); err != nil {
				t.Fatalf("%v\n%s", err, e.text())
			}
			if got := strings.Contains(e.told(), text); got != want {
				t.Errorf("%q arrived: %v, want %v\n%s\nwith\n%s", text, got, want, e.text(), lines)
			}
		}
	}
}

func serverOf(channel string) func(*ear, net.Conn) {
	if channel == "mail" {
		return mailServer
	}
	return logServer
}

// trustKeys have a channel trust the ear's certificate, or not.
func trustKeys(channel, least string) map[string]func(*testing.T) {
	try := func(right, wrong string) func(*testing.T) {
		return func(t *testing.T) {
			e := listenTo(t, true, serverOf(channel))
			fill := strings.NewReplacer("PORT", e.port, "CA", e.ca)
			if err := tells(t, channel, fill.Replace(least+right)); err != nil {
				t.Errorf("%s: %v", right, err)
			}
			if err := tells(t, channel, fill.Replace(least+wrong)); err == nil {
				t.Errorf("%s: it was told to anybody", wrong)
			}
		}
	}
	const trusting = "ca_file = \"CA\"\n"
	table := "notify." + channel
	return map[string]func(*testing.T){
		table + ".ca_file":              try(trusting, ""),
		table + ".server_name":          try(trusting+"server_name = \"example.com\"\n", trusting+"server_name = \"elsewhere.example.net\"\n"),
		table + ".insecure_skip_verify": try("insecure_skip_verify = true\n", ""),
	}
}
