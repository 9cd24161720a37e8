package cli

import (
	"maps"
	"slices"
	"testing"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/schema"
)

// obedience has a test for each key of the configuration; each fails when the key is ignored. What
// stands in a blocker's settings is the plugin's, and tested there.
func obedience() map[string]func(*testing.T) {
	all := map[string]func(*testing.T){}
	for _, some := range []map[string]func(*testing.T){ruleKeys(), brainKeys(), runKeys(), blockerKeys(), guardKeys(), gateKeys(), loopKeys(), windowKeys(), logKeys(), adminKeys(), notifyKeys()} {
		maps.Copy(all, some)
	}
	return all
}

func TestEachKeyIsObeyed(t *testing.T) {
	d, err := config.Describe()
	if err != nil {
		t.Fatal(err)
	}
	tests := obedience()
	keys := keysOf("", d.Fields)
	played := some(keys)
	for _, key := range keys {
		test, ok := tests[key]
		if !ok {
			t.Errorf("no test shows that %s is obeyed", key)
			continue
		}
		if slices.Contains(played, key) {
			t.Run(key, test)
		}
		delete(tests, key)
	}
	for _, key := range slices.Sorted(maps.Keys(tests)) {
		t.Errorf("there is a test for %s, but no such key", key)
	}
}

// keysOf are all keys: "brain.url", "hosts.score.threat".
func keysOf(prefix string, fields []schema.Field) []string {
	var keys []string
	for _, f := range fields {
		switch path := prefix + f.Name; f.Type {
		case schema.Table, schema.Named:
			keys = append(keys, keysOf(path+".", f.Fields)...)
		default:
			keys = append(keys, path)
		}
	}
	return keys
}
