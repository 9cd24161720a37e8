package schema

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/secret"
)

type conditional struct {
	Mode   string        `toml:"mode" default:"group" enum:"group,feed,ban"`
	Deep   bool          `toml:"deep"`
	Group  string        `toml:"group" required:"true" when:"mode=group" help:"Which group."`
	Expiry string        `toml:"expiry" when:"mode=feed,ban"`
	Depth  int           `toml:"depth" when:"deep=true"`
	Token  secret.String `toml:"token" when:"mode=ban"`
	Device []struct {
		Name string `toml:"name" required:"true"`
		Kind string `toml:"kind" enum:"a,b"`
		Port int    `toml:"port" required:"true" when:"kind=a"`
	} `toml:"device"`
}

func conditionals(t *testing.T) Description {
	t.Helper()
	d, err := Of[conditional]()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAKeyCountsWhereAnotherSaysSo(t *testing.T) {
	d := conditionals(t)
	for name, tt := range map[string]struct {
		values  map[string]any
		idle    []string
		wrong   []string
		secrets []string
	}{
		"by default":           {map[string]any{"group": "g"}, nil, nil, nil},
		"what counts is there": {map[string]any{"mode": "feed", "expiry": "1h"}, nil, nil, nil},
		"one of several":       {map[string]any{"mode": "ban", "expiry": "1h"}, nil, nil, []string{"token"}},
		"what counts is not":   {map[string]any{"mode": "group"}, nil, []string{"group"}, nil},
		"what counts not":      {map[string]any{"mode": "feed", "group": "g"}, []string{"group"}, nil, nil},
		"by default not":       {map[string]any{"group": "g", "expiry": "1h"}, []string{"expiry"}, nil, nil},
		"a bool":               {map[string]any{"group": "g", "deep": true, "depth": int64(1)}, nil, nil, nil},
		"a bool by default":    {map[string]any{"group": "g", "depth": int64(1)}, []string{"depth"}, nil, nil},
		"wrong all the same":   {map[string]any{"mode": "feed", "group": int64(7)}, []string{"group"}, []string{"group"}, nil},
		"in a table": {map[string]any{"group": "g", "device": []map[string]any{
			{"name": "1", "kind": "a", "port": int64(1)}, {"name": "2", "kind": "b", "port": int64(1)}, {"name": "3", "kind": "a"}, {"name": "4"},
		}}, []string{"device[1].port"}, []string{"device[2].port"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var secrets []string
			for _, w := range Secrets(d, tt.values) {
				secrets = append(secrets, w.Name)
			}
			if diff := cmp.Diff(tt.secrets, secrets); diff != "" {
				t.Errorf("secrets:\n%s", diff)
			}
			for what, got := range map[string][2][]string{"idle": {tt.idle, places(Idle(d, tt.values))}, "wrong": {tt.wrong, places(Check(d, tt.values))}} {
				if diff := cmp.Diff(got[0], got[1]); diff != "" {
					t.Errorf("%s:\n%s", what, diff)
				}
			}
		})
	}
}

func places(problems Problems) []string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Path)
	}
	return all
}

func TestTheReferenceSaysWhenAKeyCounts(t *testing.T) {
	want := "| `group` | a text | must be set | Which group. Counts only with mode = \"group\". |\n"
	if got := Reference(conditionals(t)); !strings.Contains(got, want) {
		t.Errorf("%s is not in\n%s", want, got)
	}
	if got := Idle(conditionals(t), map[string]any{"expiry": "1h"}); len(got) != 1 || got[0].Message != `does nothing here: it counts only with mode = "feed" or "ban"` {
		t.Errorf("got %v", got)
	}
}

func TestConditionsThatCannotBeMetAreTold(t *testing.T) {
	for name, err := range map[string]error{
		"no such key": of[struct {
			A string `toml:"a" when:"b=x"`
		}](),
		"itself": of[struct {
			A string `toml:"a" enum:"x,y" when:"a=x"`
		}](),
		"no such value": of[struct {
			A string `toml:"a" enum:"x,y"`
			B string `toml:"b" when:"a=x,z"`
		}](),
		"any value": of[struct {
			A string `toml:"a"`
			B string `toml:"b" when:"a=x"`
		}](),
		"no value": of[struct {
			A bool   `toml:"a"`
			B string `toml:"b" when:"a"`
		}](),
	} {
		if err == nil || !strings.Contains(err.Error(), "counts with") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func of[S any]() error {
	_, err := Of[S]()
	return err
}
