package vectra_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
)

// detectionSample is the detection of the reference with public addresses.
const detectionSample = `{
  "id": 2589, "url": "https://brain.example.net/api/v2.5/detections/2589",
  "category": "COMMAND & CONTROL", "detection": "Hidden HTTPS Tunnel", "detection_category": "COMMAND & CONTROL",
  "detection_type": "Hidden HTTPS Tunnel", "custom_detection": null, "description": null, "src_ip": "10.20.30.42", "state": "active",
  "t_score": 60, "c_score": 72, "threat": 60, "certainty": 72, "created_timestamp": "2025-03-11T00:20:39Z",
  "targets_key_asset": false, "is_targeting_key_asset": true, "src_account": null,
  "src_host": {"id": 1969, "ip": "10.20.30.42", "name": "ws-fin-042", "url": "https://brain.example.net/api/v2.5/hosts/1969",
    "groups": [{"id": 144, "name": "NoBlock", "type": "host"}, {"id": 5, "name": "Wifi", "type": "ip"}], "threat": 81, "certainty": 77},
  "note": null, "sensor": "None", "tags": ["block"], "triage_rule_id": null, "groups": [],
  "filtered_by_ai": false, "filtered_by_user": false, "filtered_by_rule": false,
  "summary": {"dst_ips": ["8.8.4.4"], "num_sessions": 123, "description": "This host communicated."},
  "grouped_details": [{"external_target": {"ip": "8.8.4.4", "name": "c2.example.org"}, "num_sessions": 123,
    "sessions": [{"dst_ip": "8.8.4.4", "dst_geo": null}], "dst_ips": ["8.8.4.4"], "dst_ports": [443], "target_domains": ["C2.example.org."]}],
  "is_triaged": false
}`

// without is a sample without some of its keys.
func without(t *testing.T, sample string, keys ...string) string {
	t.Helper()
	var o map[string]any
	if err := json.Unmarshal([]byte(sample), &o); err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		delete(o, k)
	}
	row, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(row)
}

func oneDetection(t *testing.T, row string) entity.Finding {
	t.Helper()
	b := newBrain(t).granting().on("GET /api/v3.4/detections", 200, envelope(1, "", row))
	all := must[[]entity.Finding](t)(detections(t, b.rux(), entity.Query{}))
	if len(all) != 1 {
		t.Fatalf("%d detections, want 1", len(all))
	}
	all[0].Detection.Raw = nil
	return all[0]
}

func wantedDetection() entity.Finding {
	return entity.Finding{
		Target: entity.Target{
			Ref: entity.Ref{Source: "hq", Kind: entity.KindDetection, ID: "2589"}, Name: "Hidden HTTPS Tunnel",
			Score: entity.Score{Threat: 60, Certainty: 72}, Tags: []string{"block"},
			Detection: &entity.Detection{
				HostID: "1969", Category: "command_and_control", Type: "Hidden HTTPS Tunnel", SourceIP: "10.20.30.42", State: "active",
				TargetsKeyAsset: true, Destinations: []string{"8.8.4.4", "c2.example.org"},
			},
		},
		SourceHost: &entity.Origin{ID: "1969", Name: "ws-fin-042", Score: entity.Score{Threat: 81, Certainty: 77}, Groups: []string{"NoBlock"}},
	}
}

func TestADetectionIsReadWhole(t *testing.T) {
	if d := cmp.Diff(wantedDetection(), oneDetection(t, detectionSample)); d != "" {
		t.Errorf("detection (-want +got):\n%s", d)
	}
}

// BUG-10: v3.4 dropped four keys, and every detection was a KeyError.
func TestBUG10_ADetectionOfV34IsTheSame(t *testing.T) {
	row := without(t, detectionSample, "category", "t_score", "c_score", "targets_key_asset")
	if d := cmp.Diff(wantedDetection(), oneDetection(t, row)); d != "" {
		t.Errorf("detection (-want +got):\n%s", d)
	}
}

func TestDecode22_4_ADetectionWithOldKeysOnlyIsTheSame(t *testing.T) {
	row := without(t, detectionSample, "detection_category", "threat", "certainty", "is_triaged", "detection_type")
	if d := cmp.Diff(wantedDetection(), oneDetection(t, row)); d != "" {
		t.Errorf("detection (-want +got):\n%s", d)
	}
}

func TestDecode22_4_SourcesMayBeNull(t *testing.T) {
	account := &entity.Origin{ID: "337", Name: "O365:jdoe@example.net", Score: entity.Score{Threat: 70, Certainty: 67}}
	wire := `{"id":337,"name":"O365:jdoe@example.net","threat":70,"certainty":67,"privilege_level":null}`
	host := &entity.Origin{ID: "5"}
	tests := map[string]struct {
		row           string
		host, account *entity.Origin
	}{
		"neither":            {`{"id":1,"src_host":null,"src_account":null}`, nil, nil},
		"absent":             {`{"id":1}`, nil, nil},
		"odd":                {`{"id":1,"src_host":"x","src_account":[7]}`, nil, nil},
		"without id":         {`{"id":1,"src_host":{"name":"x"}}`, nil, nil},
		"account":            {`{"id":1,"type":"account","src_ip":null,"src_host":null,"src_account":` + wire + `}`, nil, account},
		"linked account":     {`{"id":1,"src_account":null,"src_linked_account":` + wire + `}`, nil, account},
		"both":               {`{"id":1,"src_host":{"id":"5"},"src_account":` + wire + `}`, host, account},
		"account before its": {`{"id":1,"src_linked_account":{"id":9},"src_account":` + wire + `}`, nil, account},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := oneDetection(t, tt.row)
			if d := cmp.Diff([]*entity.Origin{tt.host, tt.account}, []*entity.Origin{got.SourceHost, got.SourceAccount}); d != "" {
				t.Errorf("sources (-want +got):\n%s", d)
			}
			if tt.account != nil && got.Detection.AccountID != "337" || tt.host != nil && got.Detection.HostID != "5" {
				t.Errorf("ids %q and %q", got.Detection.HostID, got.Detection.AccountID)
			}
		})
	}
}

func TestDecode22_8_CategoriesHaveOneName(t *testing.T) {
	tests := map[string]string{
		"COMMAND & CONTROL": "command_and_control", "command_and_control": "command_and_control", "command": "command_and_control",
		"command & control": "command_and_control", "BOTNET ACTIVITY": "botnet", "botnet": "botnet", "RECONNAISSANCE": "reconnaissance",
		"LATERAL MOVEMENT": "lateral_movement", "lateral_movement": "lateral_movement", "EXFILTRATION": "exfiltration",
		"INFO": "info", "info": "info", "Something & New": "something_and_new", "": "",
	}
	for wire, want := range tests {
		if got := oneDetection(t, `{"id":1,"detection_category":"`+wire+`"}`).Detection.Category; got != want {
			t.Errorf("%q is %q, want %q", wire, got, want)
		}
	}
	if got := oneDetection(t, `{"id":1,"category":"INFO"}`).Detection.Category; got != "info" {
		t.Errorf("the old key gives %q, want info", got)
	}
}

func TestDecode22_8_EachOfFourSignsIsTriage(t *testing.T) {
	tests := map[string]bool{
		`"is_triaged":true`: true, `"triage_rule_id":17`: true, `"filtered_by_ai":true`: true,
		`"filtered_by_user":true`: true, `"filtered_by_rule":true`: true, `"triage_rule_id":0`: true,
		`"is_triaged":false,"triage_rule_id":null,"filtered_by_ai":false`: false, `"x":1`: false, `"is_triaged":null`: false,
	}
	for sign, want := range tests {
		if got := oneDetection(t, `{"id":1,`+sign+`}`).Detection.Triaged; got != want {
			t.Errorf("%s: %v, want %v", sign, got, want)
		}
	}
}

func TestDecode22_8_OnlyActiveUntriagedDetectionsAreAnswered(t *testing.T) {
	rows := []string{
		`{"id":1,"state":"active"}`, `{"id":2,"state":"fixed"}`, `{"id":3,"state":"inactive"}`, `{"id":4,"state":"closed"}`,
		`{"id":5}`, `{"id":6,"state":"Active"}`, `{"id":7,"state":"active","filtered_by_ai":true}`,
	}
	c := newBrain(t).on("GET /api/v2.5/detections", 200, envelope(7, "", rows...)).qux()
	active := must[[]entity.Finding](t)(detections(t, c, entity.Query{Active: true}))
	if d := cmp.Diff([]string{"1", "6", "7"}, detectionIDs(active)); d != "" {
		t.Errorf("active (-want +got):\n%s", d)
	}
	untriaged := must[[]entity.Finding](t)(detections(t, c, entity.Query{Active: true, Untriaged: true}))
	if d := cmp.Diff([]string{"1", "6"}, detectionIDs(untriaged)); d != "" {
		t.Errorf("untriaged (-want +got):\n%s", d)
	}
}

func TestDecode22_8_DestinationsAreWhereTheTypeKeepsThem(t *testing.T) {
	tests := map[string]struct{ kind, row, want string }{
		"summary": {"Hidden HTTPS Tunnel", `"summary":{"dst_ips":["9.9.9.9"]}`, "9.9.9.9"},
		"domains only in details": {
			"Hidden HTTPS Tunnel", `"summary":{},"grouped_details":[{"target_domains":["a.example.org"]},{"target_domains":["b.example.org"]}]`,
			"a.example.org b.example.org",
		},
		"domains in summary":      {"External Remote Access", `"summary":{"target_domains":["a.example.org"]}`, "a.example.org"},
		"external target":         {"Data Smuggler", `"grouped_details":[{"external_target":{"ip":"9.9.9.9","name":"a.example.org"}}]`, "9.9.9.9 a.example.org"},
		"target named by address": {"Data Smuggler", `"grouped_details":[{"external_target":{"ip":null,"name":"9.9.9.9"}}]`, "9.9.9.9"},
		"resolver of a tunnel": {
			"Hidden DNS Tunnel", `"summary":{"dst_ips":["9.9.9.9"],"target_domains":["a.example.org"]},"grouped_details":[{"dst_ips":["8.8.8.8"],"external_target":{"ip":"9.9.9.9","name":"9.9.9.9"},"target_domains":["b.example.org"]}]`,
			"a.example.org b.example.org",
		},
		"resolved": {
			"Suspect Domain Activity", `"summary":{"dst_ips":["8.8.8.8"]},"grouped_details":[{"dns_response":"9.9.9.9, 1.1.1.1,10.0.0.1,","target_domains":["a.example.org"]},{"dns_response":null}]`,
			"1.1.1.1 9.9.9.9 a.example.org",
		},
		"resolved as a list":        {"Suspect Domain Activity", `"grouped_details":[{"dns_response":["9.9.9.9","1.1.1.1"]}]`, "1.1.1.1 9.9.9.9"},
		"in details":                {"Suspicious HTTP", `"grouped_details":[{"dst_ips":["9.9.9.9"]}]`, "9.9.9.9"},
		"origin of a relay":         {"Suspicious Relay", `"summary":{"origin_ips":["9.9.9.9"],"dst_ips":["1.1.1.1"]}`, "9.9.9.9"},
		"content network":           {"Multi-home Fronted Tunnel", `"summary":{"dst_ips":["9.9.9.9"]},"grouped_details":[{"cdn_ips":["1.1.1.1"],"target_domains":["a.example.org"]}]`, ""},
		"content network elsewhere": {"Hidden HTTP Tunnel", `"summary":{"dst_ips":["9.9.9.9","1.1.1.1"]},"grouped_details":[{"cdn_ips":["1.1.1.1"]}]`, "9.9.9.9"},
		"threat intelligence":       {"Vectra Threat Intelligence Match", `"summary":{"dst_ips":["9.9.9.9"]},"grouped_details":[{"target_domains":["a.example.org"]}]`, "a.example.org"},
		"cloud sign-on":             {"Azure AD Suspicious Sign-On", `"summary":{"src_ips":["9.9.9.9"]},"grouped_details":[{"src_ip":"1.1.1.1"}]`, "1.1.1.1 9.9.9.9"},
		"cloud of Amazon":           {"AWS Suspicious Credential Usage", `"grouped_details":[{"src_external_host":{"ip":"9.9.9.9"}}]`, "9.9.9.9"},
		"own source":                {"Hidden HTTP Tunnel", `"summary":{"src_ips":["9.9.9.9"]},"grouped_details":[{"src_ip":"1.1.1.1"}]`, ""},
		"internal":                  {"Port Scan", `"summary":{"dst_ips":["10.0.0.1","192.168.1.1"],"dst_hosts":[{"ip":"10.0.0.1"}]}`, ""},
		"none":                      {"New Host", `"summary":null,"grouped_details":null`, ""},
		"absent":                    {"New Host", `"x":1`, ""},
		"odd":                       {"Hidden HTTP Tunnel", `"summary":"x","grouped_details":{"dst_ips":["9.9.9.9"]}`, ""},
		"odd members":               {"Hidden HTTP Tunnel", `"summary":{"dst_ips":{"a":1},"target_domains":7,"num_sessions":"x"},"grouped_details":[null,7,{"dst_ips":[null,7,{},"9.9.9.9"]}]`, "9.9.9.9"},
		"one alone":                 {"Hidden HTTP Tunnel", `"summary":{"dst_ips":"9.9.9.9"}`, "9.9.9.9"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := oneDetection(t, `{"id":1,"detection_type":"`+tt.kind+`",`+tt.row+`}`).Detection.Destinations
			if strings.Join(got, " ") != tt.want {
				t.Errorf("destinations %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDecode22_8_DestinationsAreCanonicalAndPublic(t *testing.T) {
	const ips = `["10.0.0.1","100.64.0.1","127.0.0.1","169.254.1.1","224.0.0.1","0.0.0.0","203.0.113.77","198.51.100.1","192.0.2.1","240.0.0.1",
		"198.18.0.1","9.9.9.9","9.9.9.9","::ffff:9.9.9.9","2606:4700:0:0::1111","2606:4700::1111","2001:db8::1","fe80::1","fc00::1","ff02::1","::1","::",
		"fe80::1%eth0","999.1.1.1","08.8.8.8","9.9.9.9:443","not an address","", " 1.1.1.1 ", "8.8.8.0/24"]`
	got := oneDetection(t, `{"id":1,"detection_type":"Hidden HTTP Tunnel","summary":{"dst_ips":`+ips+`}}`).Detection.Destinations
	if d := cmp.Diff([]string{"1.1.1.1", "2606:4700::1111", "9.9.9.9"}, got); d != "" {
		t.Errorf("destinations (-want +got):\n%s", d)
	}
}
