package entity_test

import (
	"encoding/json"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func TestARawObjectIsTakenOffACopy(t *testing.T) {
	raw := json.RawMessage(`{"id":7}`)
	for name, target := range map[string]entity.Target{
		"host":      {Host: &entity.Host{IP: "10.0.0.7", Raw: raw}},
		"account":   {Account: &entity.Account{UID: "o365:x", Raw: raw}},
		"detection": {Detection: &entity.Detection{Type: "x", Raw: raw}},
	} {
		bare := target.WithRaw(nil)
		if string(target.Raw()) != string(raw) || bare.Raw() != nil {
			t.Errorf("%s: %s became %s", name, target.Raw(), bare.Raw())
		}
		if again := bare.WithRaw(raw); string(again.Raw()) != string(raw) || bare.Raw() != nil {
			t.Errorf("%s: put back it is %s, the copy without has %s", name, again.Raw(), bare.Raw())
		}
	}
	line := entity.Target{Static: &entity.Static{Destination: "x.test"}}
	if got := line.WithRaw(raw); got.Raw() != nil || got.Static != line.Static {
		t.Errorf("a line of a list has the raw object %s", got.Raw())
	}
}
