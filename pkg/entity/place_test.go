package entity_test

import (
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func TestWhatIsHeldLiesElsewhereOnceItsPlaceChanged(t *testing.T) {
	was := map[string]string{"source": "group In", "destination": "group Out", "device fw1": "vdom root"}
	with := func(changes map[string]string, gone ...string) string {
		now := map[string]string{}
		for k, v := range was {
			now[k] = v
		}
		for k, v := range changes {
			now[k] = v
		}
		for _, k := range gone {
			delete(now, k)
		}
		return entity.PlaceOf(now)
	}
	tests := map[string]struct{ now, want string }{
		"the same":                                  {with(nil), ""},
		"another group of the class":                {with(map[string]string{"source": "group New"}), "group In became group New"},
		"no group of the class":                     {with(nil, "source"), "group In became nothing"},
		"another group of a class that is not held": {with(map[string]string{"destination": "group New"}, "account"), ""},
		"another part of a device":                  {with(map[string]string{"device fw1": "vdom dmz"}), "device fw1: vdom root became vdom dmz"},
		"one more device":                           {with(map[string]string{"device fw2": "vdom dmz"}), ""},
		"one device less":                           {with(nil, "device fw1"), ""},
		"nobody knows where":                        {"", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := entity.Holding{Target: entity.Target{Ref: entity.Ref{Kind: entity.KindHost}}, Place: entity.PlaceOf(was)}
			if got := h.Elsewhere(tt.now); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got := (entity.Holding{}).Elsewhere(with(nil)); got != "" {
		t.Errorf("a holding of an unknown place lies elsewhere: %q", got)
	}
}
