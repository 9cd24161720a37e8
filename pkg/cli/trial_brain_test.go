package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/pkg/setup"
)

func (s *stage) trial() *trial { return s.app().newTrial(slog.New(slog.DiscardHandler)) }

// at is how a brain of the stage is reached.
func (s *stage) at(end *lab.End) config.Brain {
	return config.Brain{URL: end.URL, TLS: config.TLS{CAFile: s.path("ca.pem")}}
}

func (s *stage) lack(end *lab.End, rights ...string) {
	s.t.Helper()
	args, err := json.Marshal(map[string][]string{"lacks": rights})
	if err == nil {
		err = end.Simulator().Change("rights", args)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// faults are the checks that failed, with why.
func faults(checks []setup.Check) map[string]string {
	all := map[string]string{}
	for _, c := range checks {
		if c.Err != nil {
			all[c.Name] = c.Err.Error()
		}
	}
	return all
}

// wantNothingWritten fails the test when an end was asked to change anything.
func wantNothingWritten(t *testing.T, ends ...*lab.End) {
	t.Helper()
	for _, end := range ends {
		for kind, n := range end.Requests() {
			if !strings.HasPrefix(kind, "GET ") && kind != "POST token" {
				t.Errorf("%s got %d × %s", end.Name, n, kind)
			}
		}
	}
}

func TestATrialNamesEachMissingRightAndNoOther(t *testing.T) {
	s := newStage(t)
	tests := []struct{ lacks, check, right string }{
		{"read hosts", "read hosts", "Hosts, read"},
		{"read accounts", "read accounts", "Accounts, read"},
		{"read detections", "read detections", "Detections, read"},
		{"read groups", "read groups", "Manage - Groups, read"},
		{"read tags", "read tags", "Tags, read and write"},
		{"read notes", "read notes", "Notes and Other User's Notes, read and write"},
	}
	for _, end := range []*lab.End{s.hq, s.cloud} {
		for _, tt := range some(tests) {
			s.lack(end, tt.lacks)
			got := faults(s.trial().Brain(t.Context(), end.Name, s.at(end), nil).Checks)
			if end == s.cloud && (tt.lacks == "read hosts" || tt.lacks == "read accounts") {
				delete(got, "read entities")
			}
			want := "the role of this API client lacks the right " + tt.right + ": give it to the role"
			if !slices.Equal(slices.Collect(maps.Keys(got)), []string{tt.check}) || !strings.Contains(got[tt.check], want) {
				t.Errorf("%s without %q: %v", end.Name, tt.lacks, got)
			}
		}
		s.lack(end)
		if got := faults(s.trial().Brain(t.Context(), end.Name, s.at(end), nil).Checks); len(got) > 0 {
			t.Errorf("%s with all rights: %v", end.Name, got)
		}
	}
	wantNothingWritten(t, s.hq, s.cloud)
}

func TestATrialOfAUserSpeaksOfTheUsersRole(t *testing.T) {
	s := newStage(t)
	s.lack(s.hq, "read groups")
	b := s.at(s.hq)
	b.Auth = "token"
	got := faults(s.trial().Brain(t.Context(), "hq", b, nil).Checks)
	if !strings.Contains(got["read groups"], "the role of this user lacks") {
		t.Errorf("%v", got)
	}
}

func TestWhatOnlyWritingWouldShowIsNotTriedAndSaid(t *testing.T) {
	s := newStage(t)
	r := s.trial().Brain(t.Context(), "hq", s.at(s.hq), nil)
	got := map[string]string{}
	for _, c := range r.Checks {
		if why, not := strings.CutPrefix(c.Detail, entity.NotChecked); not {
			got[c.Name] = why
		}
	}
	want := map[string]string{
		"write tags":  "only writing would show it; the role needs Tags, read and write",
		"write notes": "only writing would show it; the role needs Notes and Other User's Notes, read and write",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("not checked (-want +got):\n%s", d)
	}
	wantNothingWritten(t, s.hq)
}

func TestATrialFindsTheFamilyAndTheVersion(t *testing.T) {
	s := newStage(t)
	tests := []struct {
		end              *lab.End
		api, family, got string
		fault, cure      string
	}{
		{s.hq, "", "QUX", "2.5", "", ""},
		{s.cloud, "", "RUX", "3.4", "", ""},
		{s.cloud, "3.3", "RUX", "3.4", "", ""},
		{s.cloud, "2.5", "RUX", "3.4", "api 2.5", `write brain.x.api = "3.4"`},
		{s.hq, "3.4", "QUX", "2.5", "api 3.4", `write brain.x.api = "2.5"`},
	}
	for _, tt := range tests {
		b := s.at(tt.end)
		b.API = tt.api
		r := s.trial().Brain(t.Context(), "x", b, setup.Secrets{
			"brain.x.client_id": secret.New(clientID), "brain.x.client_secret": secret.New(clientSecret),
		})
		if r.Family != tt.family || r.API != tt.got {
			t.Errorf("%s with api %q: %s %s", tt.end.Name, tt.api, r.Family, r.API)
		}
		found := ""
		for _, c := range r.Checks {
			if c.Err != nil {
				found += c.Name + c.Detail
			}
		}
		if found != tt.fault+tt.cure {
			t.Errorf("%s with api %q: failed %q, want %q", tt.end.Name, tt.api, found, tt.fault+tt.cure)
		}
	}
}

func TestATrialPrefersWhatIsGivenAndStoresNothing(t *testing.T) {
	s := newStage(t)
	given := func(value string) setup.Secrets { return setup.Secrets{"brain.hq.client_secret": secret.New(value)} }
	got := faults(s.trial().Brain(t.Context(), "hq", s.at(s.hq), given("wrong")).Checks)
	if !strings.Contains(got["log in"], "client id or secret is wrong") || len(got) != 1 {
		t.Errorf("with a wrong secret: %v", got)
	}
	if got := faults(s.trial().Brain(t.Context(), "hq", s.at(s.hq), nil).Checks); len(got) > 0 {
		t.Errorf("with the stored one: %v", got)
	}
	got = faults(s.trial().Brain(t.Context(), "new", s.at(s.hq), nil).Checks)
	if !strings.Contains(got["log in"], "secret brain.new.client_id is not set") {
		t.Errorf("without one: %v", got)
	}
}

// hostile is what an end does, what the check that fails is called, and what it says.
func TestATrialOfABrainThatIsNoneSaysWhatItMet(t *testing.T) {
	const all = ""
	tests := map[string]struct {
		fault       lab.Fault
		check, says string
	}{
		"pages of HTML":          {lab.Fault{Match: all, What: lab.HTML, Status: 200}, "reach", "it does not answer as a brain does: put the brain's name into url"},
		"a proxy in trouble":     {lab.Fault{Match: all, What: lab.HTML}, "reach", "HTTP 502"},
		"reset":                  {lab.Fault{Match: all, What: lab.Reset}, "reach", "POST /oauth2/token: "},
		"silence":                {lab.Fault{Match: all, What: lab.Hang}, "reach", "no complete answer"},
		"half an answer":         {lab.Fault{Match: "GET groups", What: lab.Truncate}, "read groups", "the answer is broken"},
		"the other half is late": {lab.Fault{Match: "GET groups", What: lab.Slow}, "read groups", "no complete answer"},
		"no JSON for one list":   {lab.Fault{Match: "GET groups", What: lab.HTML, Status: 200}, "read groups", "HTML page instead of JSON"},
		"401 for one list":       {lab.Fault{Match: "GET groups", What: lab.AnswerStatus, Status: 401, Body: `{"detail":"no"}`}, "read groups", "the credentials were refused"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			if err := s.hq.SetFaults(tt.fault); err != nil {
				t.Fatal(err)
			}
			b := s.at(s.hq)
			var got map[string]string
			// Where the machine stands still for as long, what is well runs out of time too: then there is more of it.
			for b.Timeout = 2 * time.Second; len(got) != 1 && b.Timeout < time.Minute; b.Timeout *= 2 {
				got = faults(s.trial().Brain(t.Context(), "hq", b, nil).Checks)
			}
			if len(got) != 1 || !strings.Contains(got[tt.check], tt.says) {
				t.Errorf("%v, want %s: … %s", got, tt.check, tt.says)
			}
			wantNothingWritten(t, s.hq)
		})
	}
}

func TestATrialSaysWhichKeyTrustsACertificate(t *testing.T) {
	s := newStage(t)
	r := s.trial().Brain(t.Context(), "hq", config.Brain{URL: s.hq.URL}, nil)
	if got := faults(r.Checks); !strings.Contains(got["reach"], "set ca_file") || len(got) != 1 || r.Family != "" {
		t.Errorf("%+v", r)
	}
	b := s.at(s.hq)
	b.CAFile = s.path("nowhere.pem")
	if got := faults(s.trial().Brain(t.Context(), "hq", b, nil).Checks); !strings.Contains(got["reach"], "ca_file: open ") {
		t.Errorf("%v", got)
	}
	b = config.Brain{URL: s.hq.URL, TLS: config.TLS{InsecureSkipVerify: true}}
	if r := s.trial().Brain(t.Context(), "hq", b, nil); !strings.Contains(fmt.Sprint(r.Checks[0]), "its certificate is not verified") {
		t.Errorf("%+v", r)
	}
}

func TestATrialEndsWithItsContextAndLeavesNothingRunning(t *testing.T) {
	s := newStage(t)
	before := goleak.IgnoreCurrent()
	s.trial().Brain(t.Context(), "hq", s.at(s.hq), nil)
	if err := s.hq.SetFaults(lab.Fault{What: lab.Hang}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(fmt.Errorf("the person went away"))
	got := faults(s.trial().Brain(ctx, "hq", s.at(s.hq), nil).Checks)
	if !strings.Contains(got["reach"], "the person went away") {
		t.Errorf("%v", got)
	}
	goleak.VerifyNone(t, before)
}
