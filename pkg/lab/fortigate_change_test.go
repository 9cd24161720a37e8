package lab

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFortiGateAdministratorRenamesDeletesAndFills(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.address("a", "b")
	l.call(200, "POST", groups, `{"name":"g","member":[{"name":"a"},{"name":"b"}]}`)
	l.call(200, "POST", "cmdb/firewall/policy", `{"name":"p","srcaddr":[{"name":"g"}],"action":"deny"}`)
	l.change("rename", `{"table":"firewall/address","name":"a","to":"renamed"}`)
	l.change("rename", `{"table":"firewall/addrgrp","name":"g","to":"h"}`)
	l.change("delete", `{"table":"firewall/address","name":"b","force":true}`)
	l.change("update", `{"table":"firewall/address","name":"renamed","object":{"comment":"edited"}}`)
	l.change("fill", `{"prefix":"foreign-","count":3,"group":"h"}`)
	want := map[string][]string{"h": {"renamed", "foreign-00000", "foreign-00001", "foreign-00002"}}
	if diff := cmp.Diff(want, l.root().Groups); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"h"}, l.root().Policies[0].Source); diff != "" {
		t.Error(diff)
	}
	if got := l.root().Addresses["renamed"].Comment; got != "edited" {
		t.Errorf("comment %q", got)
	}
	l.change("delete", `{"table":"firewall/addrgrp","name":"h","force":true}`)
	if got := l.root(); len(got.Groups) != 0 || len(got.Policies[0].Source) != 0 {
		t.Errorf("the group is still there: %v %v", got.Groups, got.Policies)
	}
	l.call(200, "DELETE", "cmdb/firewall/address/renamed", "")
}

func TestFortiGateRebootAndFailover(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.call(200, "POST", "cmdb/system/external-resource", `{"name":"f","type":"address","update-method":"push"}`)
	l.change("feed-add", `{"feed":"f","entries":["198.51.100.7"]}`)
	l.change("ban", `{"ip":"10.2.3.4"}`)
	l.change("reboot", `{"bans":false}`)
	if got := l.root(); len(got.Bans) != 1 || len(got.Feeds["f"].Valid) != 1 {
		t.Errorf("a reboot that loses nothing lost something: %v", got)
	}
	l.change("reboot", "")
	if got := l.root(); len(got.Bans) != 0 || len(got.Feeds["f"].Valid) != 1 {
		t.Errorf("left after a plain reboot: %v", got)
	}
	l.change("ban", `{"ip":"10.2.3.4"}`)
	l.change("failover", `{"serial":"FG3"}`)
	if got := l.root(); len(got.Bans) != 1 || l.Holds().Serial != "FG3" {
		t.Errorf("left after a failover that loses nothing: %v", got)
	}
	l.change("failover", `{"serial":"FG2","bans":true,"feeds":true}`)
	if got := l.root(); len(got.Bans) != 0 || len(got.Feeds["f"].Valid) != 0 || l.Holds().Serial != "FG2" {
		t.Errorf("left after the failover: %v", got)
	}
}

func TestFortiGateChangeRefusesWhatMakesNoSense(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	if err := l.Change("explode", nil); !errors.Is(err, errUnknownOp) {
		t.Errorf("got %v", err)
	}
	for op, args := range map[string]string{
		"create":      `{"table":"firewall/nope","object":{"name":"a"}}`,
		"update":      `{"table":"firewall/address","name":"nope","object":{}}`,
		"delete":      `{"table":"firewall/address","name":"nope"}`,
		"add-members": `{"group":"nope"}`,
		"ban":         `{"ip":"host"}`,
		"feed-add":    `{"feed":"nope"}`,
		"rights":      `{"area":"user","rights":"some"}`,
		"advance":     `{"vdom":"nope"}`,
		"fill":        `{"count":"many"}`,
	} {
		if err := l.Change(op, json.RawMessage(args)); err == nil {
			t.Errorf("%s %s is taken", op, args)
		}
	}
}

func TestFortiGateTimeAndOthersTakeAway(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.change("create", `{"table":"system/external-resource","object":{"name":"d","type":"domain","update-method":"push"}}`)
	l.change("feed-add", `{"feed":"d","entries":["bad.example.net","not a name","gone.example.net"]}`)
	l.change("feed-remove", `{"feed":"d","entries":["gone.example.net"]}`)
	want := FortiFeedState{Valid: []string{"bad.example.net"}, Invalid: []string{"not a name"}, Overflow: []string{}}
	if diff := cmp.Diff(want, l.root().Feeds["d"]); diff != "" {
		t.Error(diff)
	}
	l.change("ban", `{"ip":"10.0.0.1","seconds":60}`)
	l.change("ban", `{"ip":"10.0.0.2","source":"IPS"}`)
	l.change("ban", `{"ip":"10.0.0.2","source":"DLP"}`)
	l.change("unban", `{"ip":"10.0.0.2","source":"IPS"}`)
	l.change("advance", `{"seconds":60}`)
	if diff := cmp.Diff([]FortiBanState{{IP: "10.0.0.2", Source: "DLP"}}, l.root().Bans); diff != "" {
		t.Error(diff)
	}
	l.call(200, "POST", "monitor/user/banned/clear_all", "{}")
	if got := l.root().Bans; len(got) != 0 {
		t.Errorf("clear_all left %v", got)
	}
}

func TestFortiGateSwitches(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.change("set", `{"member_limit":1,"object_limit":5,"query_token":true,"lockout_failures":1}`)
	l.address("a")
	l.refused(500, -4, "POST", "cmdb/firewall/address6", `{"name":"b","ip6":"2001:db8::7/128"}`)
	l.refused(500, -4, "POST", groups, `{"name":"g","member":[{"name":"a"},{"name":"none"}]}`)
	l.token = ""
	l.call(200, "GET", "monitor/system/status?access_token="+fortiToken, "")
	l.token = "wrong"
	for _, want := range []int{401, 429} {
		if status, _ := l.raw("GET", "/api/v2/monitor/system/status", ""); status != want {
			t.Errorf("HTTP %d, want %d", status, want)
		}
	}
	l.change("reboot", "")
	l.token = fortiToken
	l.call(200, "GET", "monitor/system/status", "")
}
