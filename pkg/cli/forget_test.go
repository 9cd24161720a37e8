package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
)

func TestWhatIsStrandedIsForgottenAndNoMore(t *testing.T) {
	holding := func(state entity.State, devices, missing []string) entity.Holding {
		return entity.Holding{Target: host("1", "ws-1", "10.0.0.1"), Blocker: "edge", State: state, Devices: devices, Missing: missing}
	}
	both := []string{"fw1", "fw2"}
	tests := map[string]struct {
		held       entity.Holding
		now        []string
		configured bool
		stranded   bool
		rest       []string
	}{
		"the blocker is gone":                  {holding(entity.Complete, both, nil), nil, false, true, nil},
		"all is well":                          {holding(entity.Complete, both, nil), both, true, false, nil},
		"it is not running":                    {holding(entity.Complete, both, nil), nil, true, false, nil},
		"one device is gone":                   {holding(entity.Complete, both, nil), []string{"fw1"}, true, true, []string{"fw1"}},
		"both are":                             {holding(entity.Complete, both, nil), []string{"fw3"}, true, true, nil},
		"released but from one that is gone":   {holding(entity.Releasing, nil, []string{"fw2"}), []string{"fw1"}, true, true, nil},
		"released neither there nor elsewhere": {holding(entity.Releasing, nil, both), []string{"fw1"}, true, true, []string{"fw1"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			rest, stranded := whatStays(tt.held, entity.Blocker{Name: "edge", Devices: tt.now}, tt.configured)
			if stranded != tt.stranded {
				t.Fatalf("stranded: %v, want %v", stranded, tt.stranded)
			}
			var devices []string
			if rest != nil {
				devices = entity.Union(rest.Devices, rest.Missing)
			}
			if d := cmp.Diff(tt.rest, devices); d != "" {
				t.Errorf("what stays (-want +got):\n%s", d)
			}
		})
	}
}
