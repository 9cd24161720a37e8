package pluginhost

import (
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire"
)

func TestBatchesAreCutByNumberAndSize(t *testing.T) {
	big := targets(5)
	for i := range big {
		big[i].Name = strings.Repeat("x", maxPart/2)
	}
	for name, tt := range map[string]struct {
		items []entity.Target
		want  []int
	}{
		"none":     {nil, nil},
		"few":      {targets(3), []int{3}},
		"full":     {targets(1000), []int{1000}},
		"too many": {targets(2001), []int{1000, 1000, 1}},
		"too big":  {big, []int{1, 1, 1, 1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []int
			for part := range parts(wire.ToTargets(tt.items)) {
				got = append(got, len(part))
			}
			if len(got) != len(tt.want) {
				t.Fatalf("parts of %v, want %v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Errorf("parts of %v, want %v", got, tt.want)
				}
			}
		})
	}
}
