package lab_test

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/lab"
)

func TestVectra22_7_UnknownEntityIs400(t *testing.T) {
	c := newConsole(t, "3.4")
	c.wantReply(400, sampleError(t, "entity"), "GET", "entities/334", "")
}

func TestVectra22_7_InvalidValueIsKeyedByItsField(t *testing.T) {
	c := newConsole(t, "2.5")
	got := c.call(400, "GET", "hosts?threat_gte=high", "").(map[string]any)
	want := map[string]any{
		"threat_gte": "Invalid value given for threat_gte",
		"_meta":      map[string]any{"message": "Invalid field(s) found", "level": "error"},
	}
	if diff := cmp.Diff(want, any(got)); diff != "" {
		t.Error(diff)
	}
}

func TestVectra22_7_UnknownParameterIs400WhenStrict(t *testing.T) {
	c := newConsole(t, "2.5")
	c.call(200, "GET", "hosts?xxx=1", "")
	c.brain.SetQuirks(lab.Quirks{StrictQuery: true})
	c.wantReply(400, sampleError(t, "parameter"), "GET", "hosts?xxx=1&page_size=1", "")
	c.call(200, "GET", "hosts?page_size=1&page=1&ordering=id&all=True", "")
}

func TestVectra22_7_StrictBrainKnowsTheParametersOfItsVersion(t *testing.T) {
	cases := []struct {
		version, path string
		code          int
	}{
		{"2.5", "hosts?all=true&threat_gte=1&include_detection_summaries=true&active_traffic=true", 200},
		{"3.4", "hosts?all=true", 400},
		{"3.4", "hosts?active_traffic=true", 400},
		{"3.4", "hosts?t_score_gte=1&c_score_gte=1&key_asset=true&fields=id", 200},
		{"2.2", "hosts?last_detection_timestamp_gte=2025-03-11T00:00:00Z", 400},
		{"2.4", "hosts?last_detection_timestamp_gte=2025-03-11T00:00:00Z", 200},
		{"2.5", "accounts?threat_gte=1&certainty_gte=1&uid=a", 200},
		{"3.4", "accounts?threat_gte=1", 400},
		{"3.4", "accounts?t_score_gte=1&c_score_gte=1&id=1&all=true", 200},
		{"2.5", "detections?category=x", 200},
		{"3.3", "detections?t_score_gte=1&category=command", 200},
		{"3.4", "detections?t_score_gte=1", 400},
		{"3.4", "detections?category=command", 400},
		{"2.5", "detections?id=1,2", 400},
		{"3.3", "detections?id=1,2", 200},
		{"2.5", "detections?threat=1", 200},
		{"3.3", "detections?threat_score=1", 200},
		{"3.3", "detections?exclude_fields=summary", 400},
		{"3.4", "detections?exclude_fields=summary&include_info_category=true&entity_id=1&type=host", 200},
		{"2.5", "detections?src_account=1", 400},
		{"3.4", "entities?type=host&is_prioritized=true&fields=id", 200},
		{"3.4", "entities?entity_type=host", 400},
		{"3.3", "entities?entity_type=host&type=host", 200},
		{"3.3", "entities?fields=id", 400},
		{"2.4", "groups?account_ids=1&importance=high&ips=192.0.2.1", 200},
		{"2.2", "groups?account_ids=1", 400},
		{"3.3", "groups?host_ids=1", 200},
		{"3.3", "groups?include_members=true", 400},
		{"3.4", "groups?include_members=true&is_regex=false", 200},
		{"3.4", "groups?ips=192.0.2.1", 400},
	}
	for _, test := range cases {
		c := newConsole(t, test.version)
		c.brain.SetQuirks(lab.Quirks{StrictQuery: true})
		if answer := c.raw("GET", test.path, ""); answer.code != test.code {
			t.Errorf("v%s %s: got %d %s, want %d", test.version, test.path, answer.code, answer.text, test.code)
		}
	}
}

func TestVectra22_7_UnauthorizedBodies(t *testing.T) {
	for version, want := range map[string]string{"2.5": "token_qux", "3.4": "token_rux"} {
		c := newConsole(t, version)
		c.authorization = "Bearer nonsense"
		c.wantReply(401, sampleError(t, want), "GET", "detections", "")
	}
}

func TestVectra22_7_MissingIs404(t *testing.T) {
	c := newConsole(t, "2.5")
	for _, path := range []string{"hosts/9", "accounts/9", "detections/9", "groups/9", "hosts/9/notes", "nothing", "hosts/x"} {
		c.wantReply(404, sampleError(t, "missing"), "GET", path, "")
	}
}

func TestVectra22_7_MarkingNothingIs404(t *testing.T) {
	c := newConsole(t, "2.5")
	c.wantReply(404, sampleError(t, "fixed"), "PATCH", "detections", `{"detectionIdList":[9],"mark_as_fixed":"True"}`)
}

func TestVectra22_7_GroupThatExistsIs409(t *testing.T) {
	for _, version := range []string{"2.5", "3.4"} {
		c := newConsole(t, version)
		body := `{"name":"g","description":"","type":"ip","members":["192.0.2.1"],"importance":"high"}`
		c.call(201, "POST", "groups", body)
		if c.call(409, "POST", "groups", body).(map[string]any)["detail"] == nil {
			t.Error("no detail")
		}
		c.call(201, "POST", "groups", strings.Replace(body, `"ip"`, `"domain"`, 1))
	}
}

func TestVectra22_7_WrongMethodIs405(t *testing.T) {
	newConsole(t, "2.5").call(405, "DELETE", "hosts", "")
}

func TestVectra22_7_StatusesOfProxiesAndServers(t *testing.T) {
	for _, f := range []lab.Fault{
		{What: lab.AnswerStatus, Status: 403, Body: `{"detail":"You do not have permission to perform this action."}`},
		{What: lab.AnswerStatus, Status: 413},
		{What: lab.AnswerStatus, Status: 422, Body: `{}`},
		{What: lab.AnswerStatus, Status: 429, RetryAfter: "1"},
		{What: lab.AnswerStatus, Status: 503, Body: "<html>"},
	} {
		c := newConsole(t, "3.4")
		c.faults(f)
		answer := c.raw("GET", "hosts", "")
		if answer.code != f.Status || answer.text != f.Body || answer.header.Get("Retry-After") != f.RetryAfter {
			t.Errorf("got %d %q, want %+v", answer.code, answer.text, f)
		}
	}
}

func TestVectra22_7_HTML502(t *testing.T) {
	c := newConsole(t, "2.5")
	c.faults(lab.Fault{Match: "GET hosts", What: lab.HTML})
	answer := c.raw("GET", "hosts", "")
	if answer.code != 502 || !strings.Contains(answer.text, "<html>") || answer.header.Get("Content-Type") != "text/html" {
		t.Errorf("got %d %s", answer.code, answer.text)
	}
}

func TestVectra22_7_Empty500(t *testing.T) {
	c := newConsole(t, "2.5")
	c.faults(lab.Fault{What: lab.AnswerStatus, Status: 500})
	if answer := c.raw("GET", "hosts", ""); answer.code != 500 || answer.text != "" {
		t.Errorf("got %d %q", answer.code, answer.text)
	}
}

func TestVectra22_7_SlowBody(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHosts(3)...)
	c.faults(lab.Fault{What: lab.Slow})
	answer, err := c.client.Do(c.request("GET", "hosts", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	half := make([]byte, max(0, answer.ContentLength/2))
	if _, err := io.ReadFull(answer.Body, half); answer.StatusCode != 200 || err != nil || !strings.HasPrefix(string(half), `{"count":3`) {
		t.Fatalf("got %d %q %v, want the first half of an answer", answer.StatusCode, half, err)
	}
	c.end.Down(true)
	if rest, err := io.ReadAll(answer.Body); err == nil || len(rest) > 0 {
		t.Errorf("then came %q, %v, want nothing", rest, err)
	}
}

func TestVectra22_7_TruncatedJSON(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHosts(3)...)
	c.faults(lab.Fault{What: lab.Truncate})
	answer := c.raw("GET", "hosts", "")
	if answer.code != 200 || answer.err != nil || json.Valid([]byte(answer.text)) || !strings.HasPrefix(answer.text, `{"count":3`) {
		t.Errorf("got %d %.80s %v", answer.code, answer.text, answer.err)
	}
}

func TestVectra22_8_DestinationsComeAsTheyAre(t *testing.T) {
	c := newConsole(t, "2.5")
	d := lab.Tunnel(1, 0, "203.0.113.77", "c2.example.org")
	hostile := []string{"10.1.2.3", "100.64.0.9", "2001:4860:4860::8888", "185.199.108.153", "185.199.108.153", "999.1.1.1", ""}
	d.Summary["dst_ips"] = hostile
	c.brain.PutDetections(d)
	if got := fmt.Sprint(c.object("detections/1")["summary"].(map[string]any)["dst_ips"]); got != fmt.Sprint(hostile) {
		t.Errorf("got %s", got)
	}
}

// Where section 10.5 of the reference says that each type keeps its addresses.
func TestVectra22_8_PlacesOfDestinations(t *testing.T) {
	const ip, domain = "185.199.108.153", "c2.example.org"
	cases := map[string]struct {
		detection        lab.Detection
		kind             string
		summary, details string
	}{
		"domain only in details": {lab.Tunnel(1, 0, ip, domain), "Hidden HTTPS Tunnel", "[dst_ips]", "[dst_ips external_target target_domains]"},
		"DNS tunnel":             {lab.DNSTunnel(1, 0, domain), "Hidden DNS Tunnel", "[target_domains]", "[]"},
		"DNS exfiltration":       {lab.DNSExfiltration(1, 0, "10.0.0.53", domain), "Hidden DNS Tunnel", "[dst_ips]", "[dst_ips target_domains]"},
		"suspect domain":         {lab.SuspectDomain(1, 0, domain, ip), "Suspect Domain Activity", "[]", "[dns_response target_domains]"},
		"suspicious HTTP":        {lab.SuspiciousHTTP(1, 0, ip, domain), "Suspicious HTTP", "[]", "[dst_ips target_domains]"},
		"relay":                  {lab.SuspiciousRelay(1, 0, ip), "Suspicious Relay", "[origin_ips]", "[]"},
		"fronted tunnel":         {lab.FrontedTunnel(1, 0, ip, domain), "Multi-home Fronted Tunnel", "[dst_ips]", "[cdn_ips dst_ips target_domains]"},
		"intelligence match":     {lab.IntelligenceMatch(1, 0, domain), "Vectra Threat Intelligence Match", "[]", "[target_domains]"},
		"port sweep":             {lab.PortSweep(1, 0, "10.0.0.1"), "Port Sweep", "[dst_hosts dst_ips]", "[]"},
		"sign-on":                {lab.SignOn(1, 0, ip), "Azure AD Suspicious Sign-On", "[src_ips]", "[src_ip]"},
		"cloud call":             {lab.CloudCall(1, 0, ip), "AWS Suspicious Credential Usage", "[]", "[src_external_host]"},
		"new host":               {lab.NewHost(1, 0), "New Host", "[]", "[]"},
	}
	places := []string{
		"cdn_ips", "dns_response", "dst_hosts", "dst_ips", "external_target", "origin_ips", "src_external_host", "src_ip",
		"src_ips", "target_domains",
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			c := newConsole(t, "2.5")
			c.brain.PutDetections(test.detection)
			got := c.object("detections/1")
			if got["detection_type"] != test.kind {
				t.Errorf("type is %v", got["detection_type"])
			}
			if in := present(got["summary"], places); in != test.summary {
				t.Errorf("summary has %s, want %s", in, test.summary)
			}
			var first any
			if list := got["grouped_details"].([]any); len(list) > 0 {
				first = list[0]
			}
			if in := present(first, places); in != test.details {
				t.Errorf("details have %s, want %s", in, test.details)
			}
		})
	}
}

func present(o any, keys []string) string {
	found := []string{}
	for _, key := range keys {
		if m, ok := o.(map[string]any); ok {
			if _, there := m[key]; there {
				found = append(found, key)
			}
		}
	}
	return fmt.Sprint(found)
}

func TestVectra22_8_DNSResponseTextOrNull(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutDetections(lab.SuspectDomain(1, 0, "a.example.org", "185.199.108.153,185.199.109.153"), lab.SuspectDomain(2, 0, "b.example.org", ""))
	var got []any
	for _, row := range c.results("detections") {
		got = append(got, row["grouped_details"].([]any)[0].(map[string]any)["dns_response"])
	}
	if fmt.Sprint(got) != "[185.199.108.153,185.199.109.153 <nil>]" {
		t.Errorf("got %v", got)
	}
}

func TestVectra22_8_InfoInBothSpellings(t *testing.T) {
	for version, want := range map[string]string{"2.5": "INFO", "3.3": "info"} {
		c := newConsole(t, version)
		c.brain.PutDetections(lab.NewHost(1, 0))
		if got := c.results("detections")[0]["detection_category"]; got != want {
			t.Errorf("v%s: category is %v, want %s", version, got, want)
		}
	}
}

func TestVectra22_8_InfoIsAbsentFrom34ListsByDefault(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutDetections(lab.NewHost(1, 0), lab.PortSweep(2, 0))
	c.wantIDs("detections", 2)
	c.wantIDs("detections?include_info_category=true", 1, 2)
}

func TestVectra22_8_CategoriesInBothSpellingsAndLooseQueries(t *testing.T) {
	spellings := map[string][2]string{
		"command": {"COMMAND & CONTROL", "command_and_control"}, "lateral": {"LATERAL MOVEMENT", "lateral_movement"},
		"reconnaissance": {"RECONNAISSANCE", "reconnaissance"}, "exfiltration": {"EXFILTRATION", "exfiltration"},
		"botnet": {"BOTNET ACTIVITY", "botnet_activity"},
	}
	for query, want := range spellings {
		for i, version := range []string{"2.5", "3.4"} {
			c := newConsole(t, version)
			c.brain.PutDetections(lab.Detection{Subject: lab.Subject{ID: 1}, Type: "x", Category: query}, lab.NewHost(2, 0))
			rows := c.results("detections?detection_category=" + query)
			if len(rows) != 1 || rows[0]["detection_category"] != want[i] {
				t.Errorf("v%s %s: got %v", version, query, rows)
			}
		}
	}
	c := newConsole(t, "2.5")
	c.brain.PutDetections(lab.DNSTunnel(1, 0, "a.example.org"))
	c.wantIDs("detections?detection_category=command+%26+control", 1)
	c.wantIDs("detections?detection_category=command_and_control", 1)
}

func TestVectra22_8_States(t *testing.T) {
	c := newConsole(t, "2.5")
	for i, state := range []string{"active", "inactive", "fixed", "closed"} {
		d := lab.Tunnel(i+1, 0, "203.0.113.77", "c2.example.org")
		d.State = state
		c.brain.PutDetections(d)
		c.wantIDs("detections?state="+state, i+1)
	}
	c.wantIDs("detections", 1, 2, 3, 4)
}

func TestVectra22_8_TriagedByEachOfTheFourSigns(t *testing.T) {
	signs := map[string]func(d *lab.Detection){
		"triage_rule_id":   func(d *lab.Detection) { d.TriageRuleID = 12 },
		"filtered_by_ai":   func(d *lab.Detection) { d.FilteredByAI, d.CustomDetection = true, "AI" },
		"filtered_by_user": func(d *lab.Detection) { d.FilteredByUser = true },
		"filtered_by_rule": func(d *lab.Detection) { d.FilteredByRule = true },
	}
	for sign, set := range signs {
		t.Run(sign, func(t *testing.T) {
			c := newConsole(t, "2.5")
			d := lab.Tunnel(1, 0, "203.0.113.77", "c2.example.org")
			set(&d)
			c.brain.PutDetections(d, lab.Tunnel(2, 0, "203.0.113.78", "d.example.org"))
			row := c.results("detections?state=active")[0]
			for other := range signs {
				if on := row[other] != nil && row[other] != false; on != (other == sign) {
					t.Errorf("%s is %v", other, row[other])
				}
			}
			if row["threat"] != 0.0 || row["certainty"] != 0.0 {
				t.Errorf("a triaged detection scores %v/%v", row["threat"], row["certainty"])
			}
			c.wantIDs("detections?is_triaged=False", 2)
			c.wantIDs("search/detections?query_string=detection.state:active", 2)
		})
	}
}

func urgent(id, urgency int) lab.Host {
	h := someHost(id)
	h.Urgency = urgency
	return h
}

func TestVectra22_9_TiesHaveNoOrder(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutHosts(urgent(1, 90), urgent(2, 90), urgent(3, 90), urgent(4, 90))
	c.wantIDs("entities?ordering=-urgency_score&page_size=2", 1, 2)
	c.brain.SetQuirks(lab.Quirks{UnstableTies: true})
	c.wantIDs("entities?ordering=-urgency_score&page_size=2&page=2", 2, 1)
}

func TestVectra22_9_ThresholdOnAPageBorder(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutHosts(urgent(1, 10), urgent(2, 90), urgent(3, 95), urgent(4, 89))
	c.wantIDs("entities?type=host&ordering=-urgency_score&state=active&page_size=2", 3, 2)
	c.wantIDs("entities?type=host&ordering=-urgency_score&state=active&page_size=2&page=2", 4, 1)
	c.wantIDs("entities?ordering=urgency_score&page_size=1", 1)
}

func TestVectra22_9_DoubleNamesUntil33(t *testing.T) {
	for version, want := range map[string]string{
		"3.1": "[entity_type entity_importance]", "3.3": "[type entity_type entity_importance]", "3.4": "[type]",
	} {
		c := newConsole(t, version)
		c.brain.PutHosts(someHost(1))
		if got := present(c.results("entities")[0], []string{"type", "entity_type", "entity_importance"}); got != want {
			t.Errorf("v%s has %s, want %s", version, got, want)
		}
	}
}

func TestVectra22_9_TypeIsNeeded(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutHosts(someHost(334))
	c.brain.PutAccounts(someAccount(334, "a@example.net"))
	c.wantReply(400, sampleError(t, "entity"), "GET", "entities/334", "")
	for kind, name := range map[string]string{"host": "ws-334", "account": "a@example.net"} {
		if got := c.object("entities/334?type=" + kind); got["name"] != name || got["type"] != kind {
			t.Errorf("%s: got %v", kind, got["name"])
		}
	}
	c.wantIDs("entities?type=account,host", 334, 334)
}
