package lab

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFortiOS7_RebootLosesBansAndKeepsTheConfiguration(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.address("a")
	l.call(200, "POST", groups, `{"name":"g","member":[{"name":"a"}]}`)
	l.call(200, "POST", "monitor/user/banned/add_users", `{"ip_addresses":["10.2.3.4"],"expiry":3600}`)
	l.change("reboot", "")
	e := l.call(200, "GET", "monitor/user/banned", "")
	if rows, _ := e["results"].([]any); len(rows) != 0 {
		t.Errorf("bans after the reboot: %v", rows)
	}
	l.call(200, "GET", "cmdb/firewall/addrgrp/g/member/a", "")
}

func TestFortiOSTellsItsLastStartUntil76(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	booted := func() (milliseconds float64, told bool) {
		results, _ := l.call(200, "GET", "monitor/web-ui/state", "")["results"].(map[string]any)
		ms, ok := results["utc_last_reboot"].(float64)
		return ms, ok
	}
	before, _ := booted()
	l.ahead.Add(600)
	if still, _ := booted(); still != before {
		t.Errorf("the start moved from %v to %v without a reboot", before, still)
	}
	l.change("reboot", "")
	after, _ := booted()
	if want := float64(l.cfg.Clock().UnixMilli()); after != want || !l.Holds().Booted.Equal(l.cfg.Clock()) {
		t.Errorf("started at %v, want %v", after, want)
	}
	l.change("set", `{"version":"v7.6.0"}`)
	if _, told := booted(); told {
		t.Error("7.6 tells its last start")
	}
}

func TestFortiOS7_ARestoredBackupIsTheConfigurationOfThen(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.address("old")
	l.call(200, "POST", groups, `{"name":"g","member":[{"name":"old"}]}`)
	l.call(200, "POST", "cmdb/system/external-resource", `{"name":"f","type":"address","update-method":"push"}`)
	l.change("feed-add", `{"feed":"f","entries":["198.51.100.7"]}`)
	l.change("backup", `{"name":"monday"}`)
	l.address("new")
	l.change("add-members", `{"group":"g","members":["new"]}`)
	l.change("feed-add", `{"feed":"f","entries":["198.51.100.8"]}`)
	l.change("ban", `{"ip":"10.2.3.4"}`)
	l.ahead.Add(600)
	for range 2 {
		l.change("restore", `{"name":"monday"}`)
		got := l.root()
		if diff := cmp.Diff([]string{"old"}, got.Groups["g"]); diff != "" {
			t.Error(diff)
		}
		if _, there := got.Addresses["new"]; there || len(got.Bans) != 0 || len(got.Feeds["f"].Valid) != 2 {
			t.Errorf("after the restore: %+v", got)
		}
		l.address("new") // what happens after a restore does not reach into the backup
		l.change("add-members", `{"group":"g","members":["new"]}`)
	}
	if h := l.Holds(); !h.Booted.Equal(l.cfg.Clock()) || h.Serial != "FGVM0000TEST" {
		t.Errorf("a restore is no restart of the same machine: %v, %v", h.Booted, h.Serial)
	}
}

func TestFortiOS6_AReplacedMachineHasAnotherSerialAndNothingVolatile(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.change("backup", `{"name":"empty"}`)
	l.address("a")
	l.call(200, "POST", "cmdb/system/external-resource", `{"name":"f","type":"address","update-method":"push"}`)
	l.change("feed-add", `{"feed":"f","entries":["198.51.100.7"]}`)
	l.change("ban", `{"ip":"10.2.3.4"}`)
	l.change("replace", `{"serial":"FGVM2"}`)
	e := l.call(200, "GET", "monitor/user/banned", "")
	if rows, _ := e["results"].([]any); e["serial"] != "FGVM2" || len(rows) != 0 {
		t.Errorf("the new machine answers %v", e)
	}
	if got := l.root(); len(got.Feeds["f"].Valid) != 0 || len(got.Addresses) != 1 {
		t.Errorf("the new machine holds %+v", got)
	}
	l.change("replace", `{"serial":"FGVM3","name":"empty"}`)
	if got := l.root(); len(got.Addresses) != 0 || len(got.Feeds) != 0 {
		t.Errorf("the machine from the backup holds %+v", got)
	}
	for op, args := range map[string]string{"restore": `{"name":"nope"}`, "replace": `{"serial":"FGVM3"}`, "backup": `{}`} {
		if err := l.Change(op, json.RawMessage(args)); err == nil {
			t.Errorf("%s %s is taken", op, args)
		}
	}
	if age := l.cfg.Clock().Sub(l.Holds().Booted); age != 0 {
		t.Errorf("the new machine has been running for %s", age.Round(time.Second))
	}
}
