package plan_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

func TestRoutingNamesTheInstanceThePluginOrAnAlias(t *testing.T) {
	for tag, want := range map[string]bool{
		"client:edge": true, "client:EDGE": true, "client:FortiGate": true, "Client: fortinet ": true, "client:fortinet": true,
		"client:fort": false, "client:dc": false, "client:": true, "clients:dc": true, "note client:dc": true,
	} {
		p := scene{seen: wanted(tag)}.on(edge).compute()
		got := slices.ContainsFunc(p.Items, func(it plan.Item) bool { return it.Action == entity.ActionBlock })
		if got != want {
			t.Errorf("%q: blocked %v, want %v", tag, got, want)
		}
	}
}

func TestWithoutKeepsTheRest(t *testing.T) {
	if diff := cmp.Diff([]string{"a", "c"}, plan.Without([]string{"a", "b", "c"}, []string{"b", "d"})); diff != "" {
		t.Error(diff)
	}
	if got := plan.Without([]string{"a"}, []string{"a"}); got != nil {
		t.Errorf("got %v, want nothing", got)
	}
}

// A refused target is asked again when what its blocker would block has changed, whatever its kind.
func TestWhatCountsAsAnotherAddress(t *testing.T) {
	targets := map[string]func(string) entity.Target{
		"host address": func(v string) entity.Target { return entity.Target{Host: &entity.Host{IP: v}} },
		"host name":    func(v string) entity.Target { return entity.Target{Name: v, Host: &entity.Host{}} },
		"host MAC":     func(v string) entity.Target { return entity.Target{Host: &entity.Host{MACs: []string{v}}} },
		"account name": func(v string) entity.Target { return entity.Target{Account: &entity.Account{UID: v}} },
		"account SAM": func(v string) entity.Target {
			return entity.Target{Account: &entity.Account{LDAP: entity.LDAP{SAM: v}}}
		},
		"account UPN": func(v string) entity.Target {
			return entity.Target{Account: &entity.Account{LDAP: entity.LDAP{UPN: v}}}
		},
		"account context": func(v string) entity.Target { return entity.Target{Account: &entity.Account{Context: v}} },
		"detection destination": func(v string) entity.Target {
			return entity.Target{Detection: &entity.Detection{Destinations: []string{v}}}
		},
		"static destination": func(v string) entity.Target { return entity.Target{Static: &entity.Static{Destination: v}} },
	}
	for name, make := range targets {
		for _, now := range []string{"old", "new"} {
			before, after := make("old"), make(now)
			before.Ref, after.Ref = host7, host7
			h := &entity.Holding{Target: before, Blocker: "edge", State: entity.Refused}
			p := scene{seen: &plan.Seen{Target: after, Matches: tagged}, held: h}.on(edge).compute()
			if got := p.Items[0].Action == entity.ActionBlock; got != (now == "new") {
				t.Errorf("%s %s: %s", name, now, p.Items[0].Action)
			}
		}
	}
}
