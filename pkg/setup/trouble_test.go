package setup_test

import (
	"errors"
	"testing"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/setup"
)

// trouble is a report of a brain, of which this one check failed.
func trouble(family, check string) func(config.Brain, setup.Secrets) setup.BrainReport {
	return func(config.Brain, setup.Secrets) setup.BrainReport {
		return setup.BrainReport{Family: family, Checks: []setup.Check{{Of: "hq", Name: check, Err: errors.New("no")}}}
	}
}

// defaults are what Enter would have answered to a question, each time that it was put.
func (p *person) defaults(key string) []string {
	var all []string
	for _, q := range p.asked {
		if q.Key == key {
			all = append(all, q.Default)
		}
	}
	return all
}

// TestEnterMendsAndStillComesToAnEnd answers every question with what stands there, while nothing ever goes well.
func TestEnterMendsAndStillComesToAnEnd(t *testing.T) {
	for name, c := range map[string]struct {
		family, check, want string
	}{
		"nothing answers":      {"", "reach", "address"},
		"the login is refused": {"QUX", "log in", "credentials"},
		"a right is missing":   {"QUX", "read hosts", "again"},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := on(t, wholeFile), curious()
			s.bench.brain = trouble(c.family, c.check)
			s.bench.blocker = func(config.Blocker, setup.Secrets) (schema.Problems, []setup.Check) {
				return nil, []setup.Check{{Of: "fw1", Name: "reachable", Err: errors.New("no route")}}
			}
			result, err := s.meet(p)
			if err != nil || result.Written || s.text(t) != wholeFile {
				t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
			}
			for key, want := range map[string]string{"brain.hq": c.want, "blocker.wall": "settings"} {
				if got := p.defaults(key); len(got) < 2 || got[0] != want || got[len(got)-1] != "+on" {
					t.Errorf("%s: Enter does %q, want %s first and +on at last", key, got, want)
				}
			}
		})
	}
}

// TestToTryAgainAsksTheBrainAndNotThePerson has a brain that answers the second time.
func TestToTryAgainAsksTheBrainAndNotThePerson(t *testing.T) {
	s, p := on(t, ""), newcomer()
	s.bench.brain = func(config.Brain, setup.Secrets) setup.BrainReport {
		if s.bench.tried == 1 {
			return setup.BrainReport{Checks: []setup.Check{{Of: "hq", Name: "reach", Err: errors.New("no route")}}}
		}
		return setup.BrainReport{Family: "QUX", API: "2.5", Checks: []setup.Check{{Of: "hq", Name: "log in"}}}
	}
	p.answers["brain.hq"] = []string{"again"}
	if result, err := s.meet(p); err != nil || !result.Written {
		t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
	}
	if n := len(p.defaults("brain.hq.url")); n != 1 {
		t.Errorf("the address was asked for %d times", n)
	}
}

// TestASecretThatIsNowhereIsAskedForOnceMore types nothing, hears why that will not do, and types it.
func TestASecretThatIsNowhereIsAskedForOnceMore(t *testing.T) {
	for name, c := range map[string]struct {
		typed []string
		kept  string
		said  string
	}{
		"typed then":  {[]string{"", "me"}, "me", "nothing was typed, and nothing is found anywhere"},
		"still empty": {[]string{""}, "", "brain.hq.client_id: not set; store it later"},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := on(t, ""), newcomer()
			p.answers["brain.hq.client_id"] = c.typed
			if result, err := s.meet(p); err != nil || !result.Written || !p.heard(c.said) {
				t.Fatalf("%v, written: %v; said %q", err, result.Written, p.said)
			}
			if n := len(p.defaults("brain.hq.client_id")); n != 2 || s.ring.values["brain.hq.client_id"] != c.kept {
				t.Errorf("asked %d times; the keyring has %v", n, s.ring.values)
			}
			if n := len(p.defaults("blocker.wall.device.fw1.pin")); n != 1 {
				t.Errorf("what may stay empty was asked for %d times", n)
			}
		})
	}
}

// TestADistrustedCertificateIsToldOnce for each device, and hides nothing else that went wrong.
func TestADistrustedCertificateIsToldOnce(t *testing.T) {
	s, p := on(t, ""), newcomer()
	distrust := errors.New("GET https://fw1: tls: failed to verify certificate: x509: signed by unknown authority")
	s.bench.blocker = func(config.Blocker, setup.Secrets) (schema.Problems, []setup.Check) {
		return nil, []setup.Check{
			{Of: "fw1", Name: "device", Err: distrust},
			{Of: "fw1", Name: "read groups", Err: distrust},
			{Of: "fw2", Name: "device", Err: distrust},
			{Of: "fw3", Name: "device", Err: errors.New("no")},
			{Of: "fw3", Name: "read groups", Err: errors.New("no")},
		}
	}
	p.answers["blocker.wall"] = []string{"+on"}
	if _, err := s.meet(p); err != nil {
		t.Fatal(err)
	}
	want := "  FAILED fw1 device: GET https://fw1: tls: failed to verify certificate: x509: signed by unknown authority\n" +
		"  -      fw1 read groups: not checked: as above\n" +
		"  FAILED fw2 device: GET https://fw1: tls: failed to verify certificate: x509: signed by unknown authority\n" +
		"  FAILED fw3 device: no\n  FAILED fw3 read groups: no"
	if !p.heard(want) {
		t.Errorf("never said %s: %q", want, p.said)
	}
}
