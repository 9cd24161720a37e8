package lab

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const groups = "cmdb/firewall/addrgrp"

func TestFortiOS11_5_NamesAndComments(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	post := func(name, comment string) string {
		return fmt.Sprintf(`{"name":%q,"subnet":"198.51.100.7/32","comment":%q}`, name, comment)
	}
	l.call(200, "POST", "cmdb/firewall/address", post(strings.Repeat("n", 79), strings.Repeat("c", 255)))
	l.refused(500, -1, "POST", "cmdb/firewall/address", post(strings.Repeat("n", 80), ""))
	l.refused(500, -1, "POST", "cmdb/firewall/address", post("n", strings.Repeat("c", 256)))
	for _, c := range []string{`a"b`, "a'b", "a<b", "a>b"} {
		l.refused(500, -173, "POST", "cmdb/firewall/address", post(c, ""))
	}
	l.refused(500, -173, "POST", "cmdb/firewall/address", post("n", "<script>"))
	l.call(424, "POST", "cmdb/firewall/address", `{"subnet":"198.51.100.7/32"}`)
}

func TestFortiOS11_5_AddressesOfBothFamilies(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	for body, code := range map[string]int{
		`{"name":"x","subnet":"2001:db8::7/128"}`:                                         -8,
		`{"name":"x","subnet":"198.51.100.300/32"}`:                                       -8,
		`{"name":"x","subnet":"198.51.100.7 255.0.255.0"}`:                                -9,
		`{"name":"x","type":"iprange","start-ip":"2001:db8::7","end-ip":"2001:db8::7"}`:   -8,
		`{"name":"x","type":"iprange","start-ip":"198.51.100.9","end-ip":"198.51.100.7"}`: -73,
		`{"name":"x","type":"fqdn"}`:                                                      -56,
		`{"name":"x","type":"fqdn","fqdn":"bad host"}`:                                    -257,
		`{"name":"x","type":"wrong"}`:                                                     -651,
	} {
		l.refused(500, code, "POST", "cmdb/firewall/address", body)
	}
	l.refused(500, -254, "POST", "cmdb/firewall/address6", `{"name":"x","ip6":"198.51.100.7/32"}`)
	l.call(200, "POST", "cmdb/firewall/address", `{"name":"net","subnet":"198.51.100.9/24"}`)
	l.call(200, "POST", "cmdb/firewall/address", `{"name":"range","type":"iprange","start-ip":"198.51.100.7","end-ip":"198.51.100.9"}`)
	l.call(200, "POST", "cmdb/firewall/address", `{"name":"dns","type":"fqdn","fqdn":"bad.example.net"}`)
	l.call(200, "POST", "cmdb/firewall/address6", `{"name":"v6","ip6":"2001:DB8:0::7/128"}`)
	want := map[string]FortiAddressState{
		"net":   {Type: "ipmask", Value: "198.51.100.0 255.255.255.0"},
		"range": {Type: "iprange", Value: "198.51.100.7-198.51.100.9"},
		"dns":   {Type: "fqdn", Value: "bad.example.net"},
	}
	if diff := cmp.Diff(want, l.root().Addresses); diff != "" {
		t.Error(diff)
	}
	if got := l.root().Addresses6["v6"].Value; got != "2001:db8::7/128" {
		t.Errorf("ip6 %s", got)
	}
	row := l.call(200, "GET", "cmdb/firewall/address/net", "")["results"].([]any)[0].(map[string]any)
	if row["start-ip"] != "198.51.100.0" || row["end-ip"] != "255.255.255.0" {
		t.Errorf("an ipmask object shows %v and %v, want network and mask", row["start-ip"], row["end-ip"])
	}
}

func TestFortiOS11_5_DuplicatesAndClashes(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.address("a")
	l.call(200, "POST", groups, `{"name":"g","member":[{"name":"a"}]}`)
	l.refused(500, -5, "POST", "cmdb/firewall/address", `{"name":"a","subnet":"198.51.100.7/32"}`)
	l.refused(500, -163, "POST", "cmdb/firewall/address", `{"name":"g","subnet":"198.51.100.7/32"}`)
	l.refused(500, -163, "POST", groups, `{"name":"a","member":[{"name":"a"}]}`)
	l.call(200, "POST", "cmdb/firewall/address6", `{"name":"a","ip6":"2001:db8::7/128"}`)
}

func TestFortiOS11_5_MissingMember(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.address("a")
	l.call(200, "POST", groups, `{"name":"g","member":[{"name":"a"}]}`)
	l.refused(500, -651, "PUT", groups+"/g", `{"member":[{"name":"a"},{"name":"nope"}]}`)
	l.refused(500, -651, "POST", groups+"/g/member", `{"name":"nope"}`)
	if diff := cmp.Diff([]string{"a"}, l.root().Groups["g"]); diff != "" {
		t.Error(diff)
	}
}

func TestFortiOS11_5_FamiliesDoNotMix(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.address("v4")
	l.call(200, "POST", "cmdb/firewall/address6", `{"name":"v6","ip6":"2001:db8::7/128"}`)
	l.refused(500, -651, "POST", groups, `{"name":"g","member":[{"name":"v6"}]}`)
	l.refused(500, -651, "POST", groups+"6", `{"name":"g","member":[{"name":"v4"}]}`)
	l.call(200, "POST", groups+"6", `{"name":"g","member":[{"name":"v6"}]}`)
}

func TestFortiOS11_5_WhatIsUsedCannotBeDeleted(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.address("a", "b", "c")
	l.call(200, "POST", "cmdb/system/external-resource", `{"name":"feed","type":"address","update-method":"push"}`)
	l.call(200, "POST", groups, `{"name":"inner","member":[{"name":"a"}]}`)
	l.call(200, "POST", groups, `{"name":"outer","member":[{"name":"inner"}]}`)
	l.call(200, "POST", "cmdb/firewall/policy",
		`{"name":"deny","srcaddr":[{"name":"outer"}],"dstaddr":[{"name":"b"},{"name":"feed"}],"action":"deny"}`)
	used := []string{"firewall/address/a", "firewall/address/b", "firewall/addrgrp/inner", "firewall/addrgrp/outer", "system/external-resource/feed"}
	for _, path := range used {
		l.refused(500, -23, "DELETE", "cmdb/"+path, "")
	}
	l.refused(500, -23, "DELETE", "cmdb/firewall/address/none", "")
	l.call(200, "DELETE", "cmdb/firewall/address/c", "")
	l.call(200, "DELETE", "cmdb/firewall/policy/1", "")
	for _, path := range []string{"firewall/addrgrp/outer", "firewall/addrgrp/inner", "firewall/address/a", "system/external-resource/feed"} {
		l.call(200, "DELETE", "cmdb/"+path, "")
	}
}

func TestFortiOS11_5_Limits(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{MemberLimit: 2, ObjectLimit: 7}) // four objects are built in
	l.address("a", "b", "c")
	l.refused(500, -4, "POST", "cmdb/firewall/address", `{"name":"d","subnet":"198.51.100.9/32"}`)
	l.call(200, "POST", groups, `{"name":"g","member":[{"name":"a"},{"name":"b"}]}`)
	l.refused(500, -4, "POST", groups+"/g/member", `{"name":"c"}`)
	l.refused(500, -4, "PUT", groups+"/g", `{"member":[{"name":"a"},{"name":"b"},{"name":"c"}]}`)
	if diff := cmp.Diff([]string{"a", "b"}, l.root().Groups["g"]); diff != "" {
		t.Error(diff)
	}
}

func TestFortiOS11_5_MissingObjects(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		l.refused(404, -3, method, "cmdb/firewall/address/nope", "{}")
	}
	l.call(200, "POST", groups, `{"name":"g","member":[{"name":"none"}]}`)
	l.refused(404, -3, "GET", groups+"/g/member/nope", "")
	l.refused(404, -3, "DELETE", groups+"/g/member/nope", "")
	l.refused(404, -3, "POST", groups+"/nope/member", `{"name":"none"}`)
	l.call(404, "GET", "cmdb/firewall/nope", "")
	l.call(405, "PUT", "cmdb/firewall/address", "{}")
	l.call(405, "PUT", groups+"/g/member/none", "{}")
	l.call(400, "POST", "cmdb/firewall/address", `{"name":`)
}

func TestFortiOS11_5_EmptyGroupDependsOnTheRelease(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{Version: "v7.0.12"})
	l.address("a")
	l.refused(500, -56, "POST", groups, `{"name":"g","member":[]}`)
	l.call(200, "POST", groups, `{"name":"g","member":[{"name":"a"}]}`)
	l.refused(500, -56, "PUT", groups+"/g", `{"member":[]}`)
	l.refused(500, -56, "DELETE", groups+"/g/member/a", "")
	if diff := cmp.Diff([]string{"a"}, l.root().Groups["g"]); diff != "" {
		t.Error(diff)
	}
	l.change("set", `{"version":"v7.2.0"}`)
	l.call(200, "DELETE", groups+"/g/member/a", "")
	if got := l.root().Groups["g"]; len(got) != 0 {
		t.Errorf("members %v", got)
	}
}

func TestFortiOS11_5_PutReplacesAndChildCallsDoNot(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.address("a", "b", "c")
	l.call(200, "POST", groups, `{"name":"g","comment":"kept","member":[{"name":"a"}]}`)
	l.call(200, "POST", groups+"/g/member", `{"name":"b"}`)
	l.refused(500, -5, "POST", groups+"/g/member", `{"name":"b"}`)
	members := l.call(200, "GET", groups+"/g/member", "")["results"].([]any)
	if len(members) != 2 || members[1].(map[string]any)["q_origin_key"] != "b" {
		t.Errorf("members %v", members)
	}
	l.call(200, "GET", groups+"/g/member/b", "")
	l.call(200, "DELETE", groups+"/g/member/a", "")
	if diff := cmp.Diff([]string{"b"}, l.root().Groups["g"]); diff != "" {
		t.Error(diff)
	}
	l.call(200, "PUT", groups+"/g", `{"member":[{"name":"c","q_origin_key":"c"},{"name":"a"},{"name":"c"}]}`)
	if diff := cmp.Diff([]string{"c", "a"}, l.root().Groups["g"]); diff != "" {
		t.Error(diff)
	}
	row := l.call(200, "GET", groups+"/g", "")["results"].([]any)[0].(map[string]any)
	if row["comment"] != "kept" {
		t.Errorf("comment %v", row["comment"])
	}
	l.change("set", `{"duplicate_member_ok":true}`)
	if e := l.call(200, "POST", groups+"/g/member", `{"name":"a"}`); e["revision_changed"] != false {
		t.Errorf("a second time: %v", e)
	}
}

func TestFortiOS11_5_GroupsDoNotContainThemselves(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.call(200, "POST", groups, `{"name":"inner","member":[]}`)
	l.call(200, "POST", groups, `{"name":"outer","member":[{"name":"inner"}]}`)
	l.refused(500, -7, "POST", groups+"/inner/member", `{"name":"outer"}`)
}

func TestFortiOS11_3_ListsAreFilteredSortedAndPaged(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	for name, color := range map[string]int{"var-a": 3, "var-b": 1, "other": 2} {
		l.call(200, "POST", "cmdb/firewall/address", fmt.Sprintf(`{"name":%q,"subnet":"198.51.100.7/32","color":%d}`, name, color))
	}
	l.call(200, "POST", groups, `{"name":"g","member":[{"name":"var-a"}]}`)
	for query, want := range map[string]string{
		"address?filter=name%3D%3Dvar-a":                           "var-a",
		"address?filter=name%3D@var-&sort=name,dsc":                "var-b var-a",
		"address?filter=color%3E0&sort=color,asc":                  "var-b other var-a",
		"address?filter=color%3E%3D2&filter=name%3D@var":           "var-a",
		"address?filter=name%3D%3Dvar-a,name%3D%3Dother&sort=name": "other var-a",
		"address?filter=color!%3D0&sort=name&start=1&count=1":      "var-a",
		"address?filter=name!@var-&filter=color%3D%3D2":            "other",
		"addrgrp?filter=member%3D%3Dvar-a":                         "g",
		"addrgrp?filter=member!%3Dvar-a":                           "",
	} {
		e := l.call(200, "GET", "cmdb/firewall/"+query, "")
		var names []string
		for _, row := range e["results"].([]any) {
			names = append(names, row.(map[string]any)["name"].(string))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	e := l.call(200, "GET", "cmdb/firewall/address?start=1&count=2&format=name", "")
	if diff := cmp.Diff([]any{5.0, 5.0, 3.0, true}, []any{e["size"], e["matched_count"], e["next_idx"], e["limit_reached"]}); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"name", "q_origin_key"}, sortedKeys(e["results"].([]any)[0].(map[string]any))); diff != "" {
		t.Error(diff)
	}
	l.call(400, "GET", "cmdb/firewall/address?filter=nonsense", "")
}

func TestFortiOS11_5_IPv6ObjectsOfEachType(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	for body, code := range map[string]int{
		`{"name":"x","ip6":"2001:db8::zz/128"}`:                                           -254,
		`{"name":"x","type":"iprange","start-ip":"198.51.100.7","end-ip":"198.51.100.7"}`: -255,
		`{"name":"x","type":"iprange","start-ip":"2001:db8::9","end-ip":"2001:db8::7"}`:   -73,
		`{"name":"x","type":"fqdn","fqdn":""}`:                                            -56,
		`{"name":"x","type":"ipmask"}`:                                                    -651,
	} {
		l.refused(500, code, "POST", "cmdb/firewall/address6", body)
	}
	l.call(200, "POST", "cmdb/firewall/address6", `{"name":"host","ip6":"2001:db8::7"}`)
	l.call(200, "POST", "cmdb/firewall/address6", `{"name":"range","type":"iprange","start-ip":"2001:db8::7","end-ip":"2001:db8::9"}`)
	l.call(200, "POST", "cmdb/firewall/address6", `{"name":"dns","type":"fqdn","fqdn":"*.example.net"}`)
	want := map[string]FortiAddressState{
		"host":  {Type: "ipprefix", Value: "2001:db8::7/128"},
		"range": {Type: "iprange", Value: "2001:db8::7-2001:db8::9"},
		"dns":   {Type: "fqdn", Value: "*.example.net"},
	}
	if diff := cmp.Diff(want, l.root().Addresses6); diff != "" {
		t.Error(diff)
	}
}

func TestFortiOS4_PoliciesNameWhatExists(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.call(200, "POST", "cmdb/system/external-resource", `{"name":"feed","type":"address"}`)
	l.call(200, "POST", "cmdb/system/external-resource", `{"name":"names","type":"domain"}`)
	l.refused(500, -651, "POST", "cmdb/firewall/policy", `{"name":"p","dstaddr":[{"name":"names"}]}`)
	l.refused(500, -651, "POST", "cmdb/firewall/policy", `{"name":"p","srcaddr":[{"name":"nope"}]}`)
	l.refused(500, -651, "POST", "cmdb/firewall/policy", `{"name":"p","action":"perhaps"}`)
	first := l.call(200, "POST", "cmdb/firewall/policy", `{"name":"p","dstaddr":[{"name":"feed"}],"dstaddr6":[{"name":"feed"}]}`)
	second := l.call(200, "POST", "cmdb/firewall/policy", `{"policyid":0,"name":"q","status":"disable","srcaddr":[{"name":"all"}],"action":"accept"}`)
	if first["mkey"] != 1.0 || second["mkey"] != 2.0 {
		t.Errorf("ids %v and %v, want 1 and 2", first["mkey"], second["mkey"])
	}
	want := []FortiPolicyState{
		{ID: 1, Name: "p", Enabled: true, Action: "deny", Source: []string{}, Target: []string{"feed"}, Source6: []string{}, Target6: []string{"feed"}},
		{ID: 2, Name: "q", Action: "accept", Source: []string{"all"}, Target: []string{}, Source6: []string{}, Target6: []string{}},
	}
	if diff := cmp.Diff(want, l.root().Policies); diff != "" {
		t.Error(diff)
	}
}
