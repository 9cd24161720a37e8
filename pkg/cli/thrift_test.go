package cli

import (
	"context"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/selection"
)

// shown is a console that shows one host.
type shown struct {
	selection.Console
	host entity.Target
}

func (s shown) Hosts(_ context.Context, _ entity.Query, fold func(entity.Target) error) error {
	return fold(s.host)
}

// What is seen as it is held is one with it; what a rule may go by stays as it is seen.
func TestWhatIsHeldIsInMemoryOnce(t *testing.T) {
	target := func(name, ip string, seen time.Time, raw string) entity.Target {
		return entity.Target{
			Ref: entity.Ref{Kind: entity.KindHost, ID: "7"}, Name: name, Tags: []string{"vip"}, Score: entity.Score{Threat: 90},
			Host: &entity.Host{IP: ip, LastSeen: seen, Raw: []byte(raw)},
		}
	}
	then := time.Date(2026, 11, 21, 19, 18, 30, 0, time.UTC)
	was := target("pc", "10.0.0.7", then, "")
	was.Source = "hq"
	for name, tt := range map[string]struct {
		now  entity.Target
		once bool
	}{
		"the same":             {target("pc", "10.0.0.7", then, ""), true},
		"another name":         {target("laptop", "10.0.0.7", then, ""), true},
		"another address":      {target("pc", "10.0.0.8", then, ""), false},
		"seen since":           {target("pc", "10.0.0.7", then.Add(time.Hour), ""), false},
		"wanted with its JSON": {target("pc", "10.0.0.7", then, `{"id":7}`), false},
	} {
		c := thrifty{shown{host: tt.now}, "hq", []entity.Holding{{Target: was}}}
		err := c.Hosts(t.Context(), entity.Query{}, func(got entity.Target) error {
			if once := got.Host == was.Host; once != tt.once {
				t.Errorf("%s: in memory once: %v", name, once)
			}
			if got.Name != tt.now.Name || got.Score != tt.now.Score || got.Host.IP != tt.now.Host.IP || !got.Host.LastSeen.Equal(tt.now.Host.LastSeen) {
				t.Errorf("%s: seen %+v, given on %+v", name, tt.now, got)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}
