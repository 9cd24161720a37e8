package reconcile

import (
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func TestFactsFollowARename(t *testing.T) {
	host := entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "7"}
	device := `{"dc":{"fw1":"B"},"edge":{"fw1":"A"}}`
	tests := map[string]struct {
		rename     func(key, value string) (string, string)
		key, value string
		want, now  string
	}{
		"the selection of a source":  {SourceFact("hq", "eu"), selectionKey("hq"), "x", selectionKey("eu"), "x"},
		"the devices of a source":    {SourceFact("hq", "eu"), serialsKey("hq"), device, serialsKey("eu"), device},
		"that a source was read":     {SourceFact("hq", "eu"), readKey("hq"), "", readKey("eu"), ""},
		"a gate of a source":         {SourceFact("hq", "eu"), gateKey("hq", entity.KindHost, "block"), "x", gateKey("eu", entity.KindHost, "block"), "x"},
		"the tag of a target":        {SourceFact("hq", "eu"), tagKey(host), "", "tag:eu/host/7", ""},
		"a source of a similar name": {SourceFact("hq", "eu"), selectionKey("hq2"), "x", selectionKey("hq2"), "x"},
		"a name server's answer":     {SourceFact("hq", "eu"), "resolved:hq", "x", "resolved:hq", "x"},
		"the devices of a blocker":   {BlockerFact("edge", "rim"), serialsKey("hq"), device, serialsKey("hq"), `{"dc":{"fw1":"B"},"rim":{"fw1":"A"}}`},
		"a device":                   {DeviceFact("edge", "fw1", "north"), serialsKey("hq"), device, serialsKey("hq"), `{"dc":{"fw1":"B"},"edge":{"north":"A"}}`},
		"what is enforced": {
			BlockerFact("edge", "rim"), enforcementKey, `[{"blocker":"edge","device":"fw1","held":1,"enforced":1,"at":"2026-11-22T08:00:00Z"}]`,
			enforcementKey, `[{"blocker":"rim","device":"fw1","held":1,"enforced":1,"at":"2026-11-22T08:00:00Z"}]`,
		},
		"what cannot be read": {BlockerFact("edge", "rim"), enforcementKey, "{", enforcementKey, "{"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if key, value := tt.rename(tt.key, tt.value); key != tt.want || value != tt.now {
				t.Errorf("got %q with %s", key, value)
			}
		})
	}
}
