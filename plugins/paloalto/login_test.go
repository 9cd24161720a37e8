package main

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/secret"
)

func withPassword(password string) func(*settings) {
	return func(s *settings) {
		for i := range s.Devices {
			s.Devices[i].APIKey = secret.String{}
			s.Devices[i].User, s.Devices[i].Password = secret.New("admin"), secret.New(password)
		}
	}
}

func TestBUG24KeyThatIsGivenIsUsedAndNoneIsMade(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(func(s *settings) {
		s.Devices[0].User, s.Devices[0].Password = secret.New("admin"), secret.New("admin")
	})
	e.mustBlock(b, hosts(1)...)
	keys, err := b.Enroll(t.Context())
	if got := e.ends[0].Requests()["keygen"]; got != 0 || len(keys) != 0 || err != nil {
		t.Errorf("%d keygens, %d keys, %v; want none", got, len(keys), err)
	}
}

func TestBUG24KeyIsMadeOnceAndKept(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(withPassword("admin"))
	keys, err := b.Enroll(t.Context())
	if err != nil || len(keys) != 1 || keys["device.fw1.api_key"].Reveal() != e.sims[0].Key("admin") {
		t.Fatalf("enrolled %d keys, %v", len(keys), err)
	}
	e.mustBlock(b, hosts(1)...)
	if _, err := b.Enroll(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := e.open(func(s *settings) { s.Devices[0].APIKey = keys["device.fw1.api_key"] })
	e.mustBlock(again, hosts(1)...)
	if got := e.ends[0].Requests()["keygen"]; got != 1 {
		t.Errorf("%d keygens, want one", got)
	}
}

func TestKeyThatNobodyStoredIsMadeOnceForTheProcess(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	b := e.open(withPassword("admin"))
	for range 3 {
		e.mustBlock(b, hosts(2)...)
	}
	if got := e.ends[0].Requests()["keygen"]; got != 1 {
		t.Errorf("%d keygens, want one", got)
	}
}

func TestWrongPasswordIsTriedOnce(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{}, lab.PANOSConfig{})
	b := e.open(withPassword("wrong"))
	for range 3 {
		out := b.BlockAll(t.Context(), hosts(1))[0]
		if blocker.ClassOf(out.Err) != blocker.Unauthorized || strings.Contains(out.Err.Error(), "wrong") {
			t.Errorf("%v, want unauthorized without the password", out.Err)
		}
	}
	if got := e.ends[0].Requests()["keygen"]; got != 1 {
		t.Errorf("%d keygens, want one: more lock the administrator out", got)
	}
	if keys, err := b.Enroll(t.Context()); len(keys) != 0 || blocker.ClassOf(err) != blocker.Unauthorized {
		t.Errorf("%d keys, %v", len(keys), err)
	}
}

func TestKeygenThatFailedForAWhileIsTriedAgain(t *testing.T) {
	eachMisfortune(t, func(t *testing.T, m misfortune) {
		e := newEstate(t, lab.PANOSConfig{})
		b := e.open(withPassword("admin"))
		lift := e.strike(b, m, "keygen")
		out := b.BlockAll(t.Context(), hosts(1))[0]
		if blocker.ClassOf(out.Err) != m.class || !out.Receipt.Empty() {
			t.Errorf("%+v, want class %s and nothing there", out, m.class)
		}
		lift()
		if m.class == blocker.Transient {
			e.mustBlock(b, hosts(1)...)
		}
	})
}

func TestEnrollOfOneDeviceDoesNotWaitForTheOther(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{}, lab.PANOSConfig{})
	b := e.open(withPassword("admin"))
	e.ends[0].Down(true)
	keys, err := b.Enroll(t.Context())
	if len(keys) != 1 || keys["device.fw2.api_key"].Empty() || !strings.HasPrefix(err.Error(), "fw1: ") {
		t.Errorf("%d keys, %v", len(keys), err)
	}
}

func TestFirewallsOfOnePanoramaShareOneLogin(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{Targets: []string{"001122334455", "001122334466"}})
	b := e.open(func(s *settings) {
		withPassword("admin")(s)
		first := s.Devices[0]
		first.Target = "001122334455"
		second := first
		second.Name, second.Target = "fw2", "001122334466"
		second.User, second.Password = secret.String{}, secret.String{}
		s.Devices = []device{first, second}
	})
	e.mustBlock(b, host("10.2.3.4"))
	for serial, d := range e.sims[0].Holds().Devices {
		var want []string
		if strings.HasPrefix(serial, "0011") {
			want = []string{"10.2.3.4 Block_Host"}
		}
		if diff := cmp.Diff(want, pairsOf(d.VSYS["vsys1"])); diff != "" {
			t.Errorf("%s (-want +got)\n%s", serial, diff)
		}
	}
	keys, err := b.Enroll(t.Context())
	if got := e.ends[0].Requests()["keygen"]; got != 1 || len(keys) != 2 || err != nil {
		t.Errorf("%d keygens, %d keys, %v; want one key for both", got, len(keys), err)
	}
}

func TestUnknownTargetIsAnErrorOfThatDeviceAlone(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{Targets: []string{"001122334455"}})
	b := e.open(func(s *settings) {
		known, unknown := s.Devices[0], s.Devices[0]
		known.Target, unknown.Name, unknown.Target = "001122334455", "gone", "009999999999"
		s.Devices = []device{known, unknown}
	})
	out := b.BlockAll(t.Context(), hosts(1))[0]
	if out.Receipt.Empty() || !strings.HasPrefix(out.Err.Error(), "gone: ") {
		t.Errorf("%+v, want a block in part and an error of gone", out)
	}
}

func TestDeviceWithoutCredentialsIsRefused(t *testing.T) {
	e := newEstate(t, lab.PANOSConfig{})
	s := e.settings(func(s *settings) {
		s.Devices[0].APIKey, s.Devices[0].User = secret.String{}, secret.New("admin")
	})
	_, err := build(s, blocker.Instance{Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "fw1") || !strings.Contains(err.Error(), "api_key") {
		t.Errorf("%v, want the device and the secret named", err)
	}
}
