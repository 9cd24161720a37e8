package lab

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func (l *fortiLab) bans() []FortiBanState { return l.root().Bans }

func TestFortiOS11_6_BannedListLooksAsCaptured(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.call(200, "POST", "monitor/user/banned/add_users?vdom=root", `{"ip_addresses":["10.2.3.4"],"expiry":3600}`)
	l.call(200, "POST", "monitor/user/banned/add_users?vdom=root", `{"ip_addresses":["2001:db8::9"],"expiry":0}`)
	for _, path := range []string{"monitor/user/banned", "monitor/user/banned/select"} {
		got := l.call(200, "GET", path, "")
		likeSample(t, "fortios/banned.json", got)
		var want map[string]any
		if err := json.Unmarshal(sample(t, "fortios/banned.json"), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want["results"], got["results"]); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		if diff := cmp.Diff([]string{"build", "serial"}, extraKeys(t, "fortios/banned.json", got)); diff != "" {
			t.Errorf("%s has other keys than the sample: %s", path, diff)
		}
	}
}

func TestFortiOS11_6_BansRunOut(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	add := func(seconds int) {
		l.call(200, "POST", "monitor/user/banned/add_users", fmt.Sprintf(`{"ip_addresses":["10.2.3.4"],"expiry":%d}`, seconds))
	}
	add(100)
	l.ahead.Add(60)
	add(100) // replaces the old expiry
	if diff := cmp.Diff([]FortiBanState{{IP: "10.2.3.4", Source: "Administrative", Remaining: 100}}, l.bans()); diff != "" {
		t.Error(diff)
	}
	banned := func() any {
		e := l.call(200, "GET", "monitor/user/banned/check?ip_address=10.2.3.4", "")
		return e["results"].(map[string]any)["is_banned"]
	}
	if banned() != true {
		t.Error("not banned while the ban lasts")
	}
	l.ahead.Add(100)
	if got := l.bans(); len(got) != 0 || banned() != false {
		t.Errorf("still banned: %v", got)
	}
}

func TestFortiOS11_6_ForeignSources(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.change("ban", `{"ip":"10.2.3.4","source":"IPS","seconds":600}`)
	l.call(200, "POST", "monitor/user/banned/add_users", `{"ip_addresses":["10.2.3.4"],"expiry":0}`)
	want := []FortiBanState{{IP: "10.2.3.4", Source: "IPS", Remaining: 600}, {IP: "10.2.3.4", Source: "Administrative"}}
	if diff := cmp.Diff(want, l.bans()); diff != "" {
		t.Error(diff)
	}
	l.call(200, "POST", "monitor/user/banned/clear_users", `{"ip_addresses":["10.2.3.4"]}`)
	if got := l.bans(); len(got) != 0 {
		t.Errorf("clear_users left %v: it lifts every ban of the address", got)
	}
}

func TestFortiOS11_6_OneBadAddressRefusesTheCall(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	for _, body := range []string{
		`{"ip_addresses":["10.2.3.4","10.0.0.0/8"]}`, `{"ip_addresses":["host"]}`, `{"ip_addresses":"10.2.3.4"}`, `{}`,
		`{"ip_addresses":["10.2.3.4"],"expiry":-1}`,
	} {
		l.call(424, "POST", "monitor/user/banned/add_users", body)
	}
	if got := l.bans(); len(got) != 0 {
		t.Errorf("banned: %v", got)
	}
}

func TestFortiOS11_7_PushedFeeds(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.call(200, "POST", "cmdb/system/external-resource", `{"name":"var-dst","type":"address","update-method":"push","resource":"https://x"}`)
	push := func(status int, commands string) {
		l.call(status, "POST", "monitor/system/external-resource/dynamic?vdom=root", `{"commands":[`+commands+`]}`)
	}
	command := func(name, command, entries string) string {
		return fmt.Sprintf(`{"name":%q,"command":%q,"entries":[%s]}`, name, command, entries)
	}
	push(200, command("var-dst", "add", `"198.51.100.7","203.0.113.0/24"`)+","+command("var-dst", "add", `"198.51.100.7","2001:db8::/32","# c",""`))
	push(200, command("var-dst", "remove", `"198.51.100.7","198.51.100.99"`))
	feed := func() []string { return l.root().Feeds["var-dst"].Valid }
	if diff := cmp.Diff([]string{"203.0.113.0/24", "2001:db8::/32"}, feed()); diff != "" {
		t.Error(diff)
	}
	push(404, command("var-dst", "add", `"198.51.100.8"`)+","+command("nope", "add", `"198.51.100.8"`))
	push(424, command("var-dst", "replace", `"198.51.100.8"`))
	if len(feed()) != 2 {
		t.Errorf("a refused call changed the feed: %v", feed())
	}
	push(200, command("var-dst", "snapshot", `"198.51.100.9"`))
	if diff := cmp.Diff([]string{"198.51.100.9"}, feed()); diff != "" {
		t.Error(diff)
	}
	push(200, command("var-dst", "snapshot", ""))
	if len(feed()) != 0 {
		t.Errorf("an empty snapshot leaves %v", feed())
	}
}

func TestFortiOS11_7_InvalidAndOverflowingEntriesAreTold(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{FeedLimit: 3})
	l.call(200, "POST", "cmdb/system/external-resource", `{"name":"first","type":"address","update-method":"push"}`)
	l.call(200, "POST", "cmdb/system/external-resource", `{"name":"var-dst","type":"address","update-method":"push"}`)
	l.change("feed-add", `{"feed":"first","entries":["192.0.2.1"]}`)
	l.change("feed-add", `{"feed":"var-dst","entries":["203.0.113.0/24","176.221.42.3254","198.51.100.7","198.51.100.8"]}`)
	got := l.call(200, "GET", "monitor/system/external-resource/entry-list?mkey=var-dst&vdom=root", "")
	likeSample(t, "fortios/entry-list.json", got)
	results := got["results"].(map[string]any)
	want := []any{2.0, 1.0, true}
	if diff := cmp.Diff(want, []any{results["valid_count"], results["invalid_count"], results["overflow"]}); diff != "" {
		t.Error(diff)
	}
	state := FortiFeedState{
		Valid: []string{"203.0.113.0/24", "198.51.100.7"}, Invalid: []string{"176.221.42.3254"}, Overflow: []string{"198.51.100.8"},
	}
	if diff := cmp.Diff(state, l.root().Feeds["var-dst"]); diff != "" {
		t.Error(diff)
	}
	counts := l.call(200, "GET", "monitor/system/external-resource/entry-list?mkey=var-dst&counts_only=true", "")["results"].(map[string]any)
	if _, ok := counts["entries"]; ok || counts["valid_count"] != 2.0 {
		t.Errorf("counts_only: %v", counts)
	}
	status := l.call(200, "GET", "monitor/system/external-resource/entry-list?mkey=var-dst&status_only=true", "")["results"].(map[string]any)
	if _, ok := status["valid_count"]; ok || status["resource_file_status"] != "downloaded" {
		t.Errorf("status_only: %v", status)
	}
}

func TestFortiOS11_7_PushNeedsAPushFeedAndARelease(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{Version: "v7.2.0"})
	push := `{"commands":[{"name":"pulled","command":"add","entries":["198.51.100.7"]}]}`
	l.call(200, "POST", "cmdb/system/external-resource", `{"name":"pulled","type":"address"}`)
	l.refused(500, -651, "POST", "cmdb/system/external-resource", `{"name":"pushed","type":"address","update-method":"push"}`)
	l.call(404, "POST", "monitor/system/external-resource/dynamic", push)
	l.change("set", `{"version":"v7.2.1"}`)
	l.refused(500, -7, "POST", "monitor/system/external-resource/dynamic", push)
	l.refused(500, -1, "POST", "cmdb/system/external-resource", `{"name":"`+fmt.Sprintf("%036d", 0)+`","type":"address"}`)
}

func TestFortiOS11_8_CLIErrorAsStringArrayOrAbsent(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	for mode, check := range map[string]func(any) bool{
		"string": func(v any) bool { _, ok := v.(string); return ok },
		"array":  func(v any) bool { _, ok := v.([]any); return ok },
		"absent": func(v any) bool { return v == nil },
	} {
		l.change("set", `{"cli_error":"`+mode+`"}`)
		e := l.refused(500, -651, "POST", "cmdb/firewall/addrgrp", `{"name":"g","member":[{"name":"nope"}]}`)
		if !check(e["cli_error"]) {
			t.Errorf("%s: cli_error is %#v", mode, e["cli_error"])
		}
	}
}

func TestFortiOS1_RightsAreGrantedByArea(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.change("rights", `{"area":"firewall","rights":"read"}`)
	l.change("rights", `{"area":"user","rights":"none"}`)
	l.call(200, "GET", "cmdb/firewall/address", "")
	l.call(403, "POST", "cmdb/firewall/address", `{"name":"a","subnet":"198.51.100.7/32"}`)
	l.call(403, "GET", "monitor/user/banned", "")
	l.call(200, "POST", "cmdb/system/external-resource", `{"name":"f","type":"address"}`)
	l.token = "tk-read"
	l.call(200, "GET", "cmdb/system/external-resource", "")
	l.call(403, "DELETE", "cmdb/system/external-resource/f", "")
}

func TestFortiOS8_RefreshNeedsTheFeedAndOtherMethodsAreNotAllowed(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.refused(404, -3, "POST", "monitor/system/external-resource/refresh", `{"mkey":"f"}`)
	l.call(200, "POST", "cmdb/system/external-resource", `{"name":"f","type":"address"}`)
	l.call(200, "POST", "monitor/system/external-resource/refresh", `{"mkey":"f"}`)
	l.call(405, "GET", "monitor/system/external-resource/refresh", "")
	l.call(404, "GET", "monitor/system/nothing-of-the-kind", "")
	l.call(200, "POST", "monitor/system/config/save?vdom=root", "{}")
	if status, _ := l.raw("GET", "/api/v2/nowhere/at/all", ""); status != 404 {
		t.Errorf("HTTP %d, want 404", status)
	}
}
