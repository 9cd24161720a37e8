package cli

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
)

// superfluous are rights that a role could have, and that var has no use for.
var superfluous = []string{"write hosts", "write accounts", "write detections", "write groups"}

// everyRule has each rule ask for something.
func (s *stage) everyRule() string {
	return s.cloudToo() + `
hosts.block_group = "Bad"
hosts.no_block_group = "Good"
hosts.score = { threat = 90, certainty = 60 }
hosts.urgency = 90
hosts.detection_types = ["Hidden HTTPS Tunnel"]
accounts.no_block_group = "Good"
detections.types = ["Hidden DNS Tunnel"]
blocker.desk.settings.accounts = true
`
}

func TestTheRightsThatAreNamedAreEnough(t *testing.T) {
	s := newStage(t)
	for _, end := range []*lab.End{s.hq, s.cloud} {
		s.lack(end, superfluous...)
	}
	if code := s.run(s.everyRule(), "run"); strings.Contains(s.out.String()+s.err.String(), "403") || code == ExitError {
		t.Fatalf("exit code %d\n%s%s", code, &s.out, &s.err)
	}
	for _, end := range []*lab.End{s.hq, s.cloud} {
		b := end.Simulator().(*front)
		if !slices.Contains(b.Tags("host", risky), "VAR Host Blocked") || len(b.Notes("host", risky)) != 1 {
			t.Errorf("%s: tags %v, notes %v", end.Name, b.Tags("host", risky), b.Notes("host", risky))
		}
	}
}

// What the handbook says of each right that is missing: operate.md, "The rights that it needs".
func TestWhatAMissingRightFreezes(t *testing.T) {
	host, account, detection := entity.KindHost, entity.KindAccount, entity.KindDetection
	tests := []struct {
		lacks    string
		qux, rux []entity.Kind
		owed     []string // the brains that are told what was done in a later pass
	}{
		{"read hosts", []entity.Kind{host, detection}, []entity.Kind{host, detection}, nil},
		{"read accounts", []entity.Kind{account}, []entity.Kind{account, host, detection}, nil},
		{"read detections", []entity.Kind{detection, host}, []entity.Kind{detection, host}, nil},
		{"read groups", []entity.Kind{account, detection, host}, []entity.Kind{account, detection, host}, nil},
		{"read notes", nil, nil, nil},
		{"read tags", nil, nil, []string{"cloud"}},
		{"write tags", nil, nil, []string{"hq", "cloud"}},
		{"write notes", nil, nil, []string{"hq", "cloud"}},
	}
	if testing.Short() {
		tests = tests[:1]
	}
	for _, tt := range tests {
		t.Run(tt.lacks, func(t *testing.T) {
			s := newStage(t)
			s.lack(s.hq, append(slices.Clone(superfluous), tt.lacks)...)
			s.lack(s.cloud, append(slices.Clone(superfluous), tt.lacks)...)
			s.run(s.everyRule(), "run", "--output", "json")
			var p passView
			if err := json.Unmarshal(s.out.Bytes(), &p); err != nil {
				t.Fatalf("%v\n%s", err, &s.err)
			}
			for _, source := range p.Sources {
				want := map[string][]entity.Kind{"hq": tt.qux, "cloud": tt.rux}[source.Source]
				slices.Sort(want)
				if d := cmp.Diff(want, slices.Sorted(maps.Keys(source.Frozen))); d != "" {
					t.Errorf("%s froze (-want +got):\n%s%v", source.Source, d, source.Frozen)
				}
				if owed := len(source.Errors) > 0; owed != slices.Contains(tt.owed, source.Source) {
					t.Errorf("%s: errors %q", source.Source, source.Errors)
				}
			}
			if !s.book().Held["10.0.0.1"] && !slices.Contains(tt.qux, host) {
				t.Error("the tagged host is not blocked")
			}
		})
	}
}
