package lab

import (
	"encoding/json"
	"testing"
	"time"
)

func TestPANOS7_UptimeBeginsAnewWithAReboot(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	up := func() string { return l.op(showInfo).path("result", "system", "uptime").text() }
	if got := up(); got != "30 days, 0:00:00" {
		t.Errorf("up %q", got)
	}
	l.change("reboot", "")
	l.ahead.Add(86400 + 4*3600 + 5*60 + 6)
	if got := up(); got != "1 days, 4:05:06" {
		t.Errorf("up %q after the reboot", got)
	}
	if got := l.Holds().Devices["007200001234"].Booted; !got.Equal(time.Unix(1700507213, 0)) {
		t.Errorf("booted at %s", got)
	}
}

func TestPANOS7_AReplacedMachineHasAnotherSerialAndNothingRegistered(t *testing.T) {
	l := newPanLab(t, PANOSConfig{Targets: []string{"0012001"}})
	l.change("dag", `{"target":"0012001","name":"g","filter":"'t'"}`)
	l.change("backup", `{"target":"0012001","name":"monday"}`)
	l.change("dag", `{"target":"0012001","name":"h","filter":"'u'"}`)
	l.uid(register(entry("10.0.0.1", "t")), "target", "0012001")
	l.change("replace", `{"target":"0012001","serial":"0012002"}`)
	if got := l.ok("type", "op", "cmd", showInfo, "target", "0012002").path("result", "system", "serial").text(); got != "0012002" {
		t.Errorf("the new machine calls itself %q", got)
	}
	held := l.Holds().Devices["0012002"].VSYS["vsys1"]
	if _, old := l.Holds().Devices["0012001"]; old || len(held.Addresses) != 0 || len(held.Groups) != 2 {
		t.Errorf("the new machine holds %+v", held)
	}
	l.change("replace", `{"target":"0012002","serial":"0012003","name":"monday"}`)
	if held := l.Holds().Devices["0012003"].VSYS["vsys1"]; len(held.Groups) != 1 {
		t.Errorf("the machine from the backup holds %+v", held)
	}
	for op, args := range map[string]string{
		"restore": `{"name":"nope"}`, "backup": `{}`,
		"replace": `{"target":"0012003","serial":"0012003"}`,
	} {
		if err := l.Change(op, json.RawMessage(args)); err == nil {
			t.Errorf("%s %s is taken", op, args)
		}
	}
	if err := l.Change("replace", json.RawMessage(`{"serial":"X","name":"nope"}`)); err == nil {
		t.Error("a machine from a backup that is not there")
	}
}

func TestPANOS7_ARestoredBackupTakesGroupsBackAndLeavesRegistrations(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.change("backup", `{"name":"before"}`)
	l.change("dag", `{"name":"g","filter":"'t'"}`)
	l.change("rule", `{"rule":{"name":"deny","source":["g"],"action":"deny"}}`)
	l.uid(register(entry("10.0.0.1", "t")))
	l.change("restore", `{"name":"before"}`)
	if held := l.held(); len(held.Groups) != 0 || len(held.Rules) != 0 || len(held.Addresses) != 1 {
		t.Errorf("after the restore: %+v", held)
	}
}
