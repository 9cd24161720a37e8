package lab_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/lab"
)

// sampleHost is the host of the reference's sample message.
func sampleHost() lab.Host {
	at := time.Date(2025, 3, 10, 7, 6, 10, 0, time.UTC)
	h := someHost(1969, "vectra_host_block")
	h.Name, h.LastDetection, h.LastSeen, h.PrivilegeLevel = "ws-fin-042", at, at, 1
	h.PreviousIPs, h.ProbableOwner, h.Profile = []string{"10.20.31.17"}, "jdoe@example.net", "External Adversary"
	h.Artifacts = []lab.Artifact{
		{Type: "mac", Value: "00:11:22:33:44:55", Vendor: "Example Corp"},
		{Type: "kerberos", Value: "ws-fin-042"},
		{Type: "aws_vm_uuid", Value: "111122223333:i-0abc0abc0abc0abc0"},
	}
	h.Notes = []lab.Note{{ID: 698, Text: "seen by SOC", CreatedBy: "soc", Created: at}}
	return h
}

func sampleGroup() lab.Group {
	return lab.Group{ID: 144, Name: "NoBlock", Type: "host", Importance: "medium", Members: []string{"1969"}, ModifiedBy: "admin"}
}

// furnished is a console whose brain holds what the samples show.
func furnished(t *testing.T, version string) *console {
	c := newConsole(t, version)
	account := someAccount(149, "jdoe@example.net")
	account.PrivilegeLevel, account.LastDetection = 4, time.Date(2025, 3, 10, 16, 12, 38, 0, time.UTC)
	c.brain.PutHosts(sampleHost())
	c.brain.PutAccounts(account)
	c.brain.PutDetections(lab.Tunnel(2589, 1969, "203.0.113.77", "c2.example.org"), lab.SignOn(2590, 149, "198.51.100.9"))
	c.brain.PutGroups(sampleGroup())
	return c
}

func TestVectra22_4_HostIsLikeTheSample(t *testing.T) {
	for _, version := range []string{"2.2", "2.4", "2.5", "3.3", "3.4"} {
		t.Run(version, func(t *testing.T) {
			likeSample(t, "host", furnished(t, version).results("hosts?page_size=5")[0], sample(t, "host"))
		})
	}
}

func TestVectra22_4_HostValuesAreThoseOfTheSample(t *testing.T) {
	got, want := furnished(t, "2.5").results("hosts")[0], sample(t, "host").(map[string]any)
	for _, key := range []string{
		"id", "name", "threat", "t_score", "certainty", "severity", "previous_ips", "key_asset", "state", "host_artifact_set",
		"tags", "note", "notes", "note_modified_by", "note_modified_timestamp", "privilege_category", "probable_owner",
	} {
		if fmt.Sprint(got[key]) != fmt.Sprint(want[key]) {
			t.Errorf("%s is %v, want %v", key, got[key], want[key])
		}
	}
}

func TestVectra22_4_AccountIsLikeTheSample(t *testing.T) {
	for _, version := range []string{"2.2", "2.5", "3.3", "3.4"} {
		c := furnished(t, version)
		want := with(sample(t, "account").(map[string]any), map[string]any{"ldap": nil}) // the sample's table of fields has it
		likeSample(t, "account", c.object("accounts/149"), want)
		if got := c.object("accounts/149")["severity"]; got != "Critical" {
			t.Errorf("severity is %v, want it in title case", got)
		}
	}
}

func TestVectra22_4_DetectionIsLikeTheSample(t *testing.T) {
	want := sample(t, "detection")
	ruxKeys := map[string]any{"type": "host", "data_source": map[string]any{"type": "", "connection_name": "", "connection_id": ""}}
	cases := map[string]any{
		"2.5": want,
		"3.3": with(without(want), ruxKeys),
		"3.4": with(without(want, "category", "t_score", "c_score", "targets_key_asset"), ruxKeys),
	}
	for version, shape := range cases {
		t.Run(version, func(t *testing.T) {
			likeSample(t, "detection", furnished(t, version).object("detections/2589"), shape)
		})
	}
}

func TestVectra22_4_AccountDetectionIsLikeTheSample(t *testing.T) {
	want := sample(t, "detection_account").(map[string]any)
	for _, version := range []string{"3.3", "3.4"} {
		got := furnished(t, version).object("detections/2590")
		if got["type"] != want["type"] || got["src_ip"] != nil || got["src_host"] != nil {
			t.Errorf("got type %v, src_ip %v, src_host %v", got["type"], got["src_ip"], got["src_host"])
		}
		likeSample(t, "src_account", got["src_account"], want["src_account"])
	}
}

func TestVectra22_4_EntityIsLikeTheSample(t *testing.T) {
	for version, extra := range map[string]map[string]any{
		"3.4": nil, "3.3": {"entity_type": "host", "entity_importance": 1.0},
	} {
		want := with(sample(t, "entity").(map[string]any), extra)
		for _, row := range furnished(t, version).results("entities") {
			likeSample(t, "entity", row, want)
		}
	}
}

func TestVectra22_4_AccountTypeListOrText(t *testing.T) {
	c := furnished(t, "2.5")
	if got := fmt.Sprint(c.object("accounts/149")["account_type"]); got != "[kerberos]" {
		t.Errorf("account_type is %s", got)
	}
	if got := c.results("search/accounts?query_string=")[0]["account_type"]; got != "kerberos" {
		t.Errorf("account_type in search is %v", got)
	}
	c.brain.SetQuirks(lab.Quirks{AccountTypeText: true})
	if got := c.object("accounts/149")["account_type"]; got != "kerberos" {
		t.Errorf("account_type is %v", got)
	}
}

func TestVectra22_4_TagIDTextOnGetAndNumberOnPatch(t *testing.T) {
	for _, version := range []string{"2.5", "3.3"} {
		c := furnished(t, version)
		c.wantReply(200, sample(t, "tags_patch"), "PATCH", "tagging/host/1969",
			`{"tags":["SOC","VAR Host Blocked","VAR ID:FortiGate:10.20.30.42"]}`)
		c.call(200, "PATCH", "tagging/host/1969", `{"tags":["SOC"]}`)
		c.wantReply(200, sample(t, "tags_get"), "GET", "tagging/host/1969", "")
	}
}

func TestVectra22_4_SourceHostMayBeNull(t *testing.T) {
	for _, version := range []string{"2.5", "3.4"} {
		got := furnished(t, version).object("detections/2590")
		if got["src_host"] != nil || got["src_account"] == nil {
			t.Errorf("v%s: src_host %v, src_account %v", version, got["src_host"], got["src_account"])
		}
	}
}

func TestVectra22_4_IsTriagedIsMissingInQUXLists(t *testing.T) {
	c := furnished(t, "2.5")
	if _, there := c.results("detections")[0]["is_triaged"]; there {
		t.Error("the list has is_triaged")
	}
	if _, there := c.object("detections/2589")["is_triaged"]; !there {
		t.Error("the detail lacks is_triaged")
	}
}

func TestVectra22_4_V34ListLacksWhatWasRemoved(t *testing.T) {
	row := furnished(t, "3.4").results("detections")[0]
	for _, key := range []string{"category", "t_score", "c_score", "targets_key_asset"} {
		if _, there := row[key]; there {
			t.Errorf("3.4 has %s", key)
		}
	}
	for _, key := range []string{"detection_category", "threat", "certainty", "is_targeting_key_asset"} {
		if _, there := row[key]; !there {
			t.Errorf("3.4 lacks %s", key)
		}
	}
}

func TestVectra22_4_SummaryWithoutDestinations(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutDetections(lab.Detection{Subject: lab.Subject{ID: 1}, Type: "New Host", Category: "info"})
	got := c.object("detections/1")
	if summary := got["summary"].(map[string]any); len(summary) != 0 {
		t.Errorf("summary is %v", summary)
	}
	if details := got["grouped_details"].([]any); len(details) != 0 {
		t.Errorf("grouped_details is %v", details)
	}
}

func TestVectra22_4_SensorNone(t *testing.T) {
	c := newConsole(t, "2.5")
	d := lab.Tunnel(1, 0, "203.0.113.77", "c2.example.org")
	d.Sensor = "None"
	c.brain.PutDetections(d)
	if got := c.object("detections/1")["sensor"]; got != "None" {
		t.Errorf("sensor is %v", got)
	}
}

func TestVectra22_4_MicrosecondAndPlainTimes(t *testing.T) {
	c := newConsole(t, "2.5")
	h := someHost(1)
	h.LastDetection = time.Date(2025, 3, 11, 2, 41, 22, 0, time.UTC)
	h.LastSeen = time.Date(2025, 3, 11, 2, 41, 22, 123456000, time.UTC)
	c.brain.PutHosts(h)
	got := c.object("hosts/1")
	if got["last_detection_timestamp"] != "2025-03-11T02:41:22Z" || got["last_seen"] != "2025-03-11T02:41:22.123456Z" {
		t.Errorf("got %v and %v", got["last_detection_timestamp"], got["last_seen"])
	}
	if stamp := c.results("search/hosts?query_string=")[0]["_doc_modified_ts"].(string); strings.HasSuffix(stamp, "Z") {
		t.Errorf("_doc_modified_ts has a zone: %s", stamp)
	}
}

func TestVectra22_4_ListLacksLastSeenAndLDAP(t *testing.T) {
	c := newConsole(t, "2.5")
	h := someHost(1)
	h.LDAP = map[string]any{"dns_hostname": []string{"ws-001.example.net"}}
	c.brain.PutHosts(h)
	row := c.results("hosts")[0]
	for _, key := range []string{"last_seen", "ldap"} {
		if _, there := row[key]; there {
			t.Errorf("the list has %s", key)
		}
	}
	if c.object("hosts/1")["ldap"] != nil {
		t.Error("ldap came without include_ldap")
	}
	if c.object("hosts/1?include_ldap=true")["ldap"] == nil {
		t.Error("ldap did not come with include_ldap")
	}
}

func TestVectra22_4_UnknownArtifactType(t *testing.T) {
	c := newConsole(t, "2.5")
	h := someHost(1)
	h.Artifacts = []lab.Artifact{{Type: "brand_new_edr", Value: "x"}}
	c.brain.PutHosts(h)
	if got := fmt.Sprint(c.results("hosts")[0]["host_artifact_set"]); got != "[map[siem:false source:<nil> type:brand_new_edr value:x]]" {
		t.Errorf("got %s", got)
	}
}

func TestVectra22_4_FieldsLeaveTheRestOut(t *testing.T) {
	c := furnished(t, "3.4")
	for _, path := range []string{"hosts?fields=id,name", "accounts?fields=id,name", "entities?fields=id,name"} {
		if row := c.results(path)[0]; len(row) != 2 {
			t.Errorf("%s: %v", path, row)
		}
	}
	if _, there := c.results("detections?exclude_fields=summary,grouped_details")[0]["summary"]; there {
		t.Error("exclude_fields did not exclude")
	}
	if row := furnished(t, "3.3").results("entities?fields=id")[0]; len(row) < 10 {
		t.Errorf("3.3 knows fields of entities: %v", row)
	}
}
