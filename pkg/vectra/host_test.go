package vectra_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/entity"
)

// hostSample is the host of the reference (v2.5 list).
const hostSample = `{
  "id": 1969, "name": "ws-fin-042", "active_traffic": true, "has_active_traffic": true,
  "t_score": 81, "threat": 81, "c_score": 77, "certainty": 77, "severity": "critical",
  "last_source": "10.20.30.42", "ip": "10.20.30.42", "previous_ips": ["10.20.31.17"],
  "last_detection_timestamp": "2025-03-11T02:41:22Z",
  "key_asset": false, "is_key_asset": true, "targets_key_asset": false, "is_targeting_key_asset": false, "state": "active",
  "detection_set": ["https://brain.example.net/api/v2.5/detections/13893"],
  "host_artifact_set": [
    {"type": "mac", "value": "00:11:22:33:44:55", "vendor": "Example Corp", "source": null, "siem": false},
    {"type": "mac", "value": "00:11:22:33:44:66", "vendor": null, "source": null, "siem": false},
    {"type": "mac", "value": "00:11:22:33:44:55"},
    {"type": "kerberos", "value": "ws-fin-042", "source": null, "siem": false},
    {"type": "rdns", "value": "ws-fin-042.example.net"},
    {"type": "vmachine_info", "value": "WS FIN 042"},
    {"type": "vm_uuid", "value": "4212-1"},
    {"type": "something_of_2031", "value": "x"},
    {"type": "aws_vm_uuid", "value": "111122223333:i-0abc0abc0abc0abc0", "source": null, "siem": false}
  ],
  "sensor": "eti2pc2s", "sensor_name": "sensor-hq", "tags": ["vectra_host_block", "VAR ID:Fortinet Client:10.20.30.42"],
  "note": "seen by SOC", "notes": [], "url": "https://brain.example.net/api/v2.5/hosts/1969",
  "groups": [{"id": 144, "name": "NoBlock", "description": "", "type": "host"}, {"id": 9, "name": "Wifi", "type": "ip"}],
  "privilege_level": 1, "privilege_category": "Low", "probable_owner": "jdoe@example.net", "host_luid": "8evbnnmt"
}`

func oneHost(t *testing.T, row string) entity.Target {
	t.Helper()
	c := newBrain(t).on("GET /api/v2.5/hosts", 200, envelope(1, "", row)).qux()
	all := must[[]entity.Target](t)(hosts(t, c, entity.Query{Lean: true}))
	if len(all) != 1 {
		t.Fatalf("%d hosts, want 1", len(all))
	}
	return all[0]
}

func TestAHostIsReadWhole(t *testing.T) {
	want := entity.Target{
		Ref: entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "1969"}, Name: "ws-fin-042",
		Score: entity.Score{Threat: 81, Certainty: 77},
		Tags:  []string{"vectra_host_block", "VAR ID:Fortinet Client:10.20.30.42"},
		Host: &entity.Host{
			IP: "10.20.30.42", FullName: "ws-fin-042.example.net", ProbableOwner: "jdoe@example.net", KeyAsset: true,
			Artifacts: []entity.Artifact{
				{Type: "mac", Value: "00:11:22:33:44:55"},
				{Type: "mac", Value: "00:11:22:33:44:66"},
				{Type: "mac", Value: "00:11:22:33:44:55"},
				{Type: "kerberos", Value: "ws-fin-042"},
				{Type: "rdns", Value: "ws-fin-042.example.net"},
				{Type: "vmachine_info", Value: "WS FIN 042"},
				{Type: "vm_uuid", Value: "4212-1"},
				{Type: "something_of_2031", Value: "x"},
				{Type: "aws_vm_uuid", Value: "111122223333:i-0abc0abc0abc0abc0"},
			},
			MACs: []string{"00:11:22:33:44:55", "00:11:22:33:44:66"}, VMwareName: "WS FIN 042", VMwareUUID: "4212-1",
			AWSUUID: "111122223333:i-0abc0abc0abc0abc0", Groups: []string{"NoBlock"}, Note: "seen by SOC",
			LastSeen: time.Date(2025, 3, 11, 2, 41, 22, 0, time.UTC),
		},
	}
	if d := cmp.Diff(want, oneHost(t, hostSample)); d != "" {
		t.Errorf("host (-want +got):\n%s", d)
	}
}

func TestRawJSONIsKeptUnlessTheQueryIsLean(t *testing.T) {
	b := newBrain(t).on("GET /api/v2.5/hosts", 200, envelope(1, "", hostRow(7)))
	b.on("GET /api/v2.5/accounts", 200, envelope(1, "", hostRow(7)))
	b.on("GET /api/v2.5/detections", 200, envelope(1, "", hostRow(7)))
	c := b.qux()
	for _, lean := range []bool{false, true} {
		q := entity.Query{Lean: lean}
		want := hostRow(7)
		if lean {
			want = ""
		}
		h := must[[]entity.Target](t)(hosts(t, c, q))[0].Host.Raw
		a := must[[]entity.Target](t)(accounts(t, c, q))[0].Account.Raw
		d := must[[]entity.Finding](t)(detections(t, c, q))[0].Detection.Raw
		for _, got := range []string{string(h), string(a), string(d)} {
			if got != want {
				t.Errorf("lean %v: raw %q, want %q", lean, got, want)
			}
		}
	}
}

func TestDecode22_4_HostsOfEveryShape(t *testing.T) {
	at := time.Date(2025, 3, 11, 2, 41, 22, 0, time.UTC)
	tests := map[string]struct {
		row  string
		want entity.Target
	}{
		"next to nothing":    {`{"id":1}`, entity.Target{Host: &entity.Host{}}},
		"everything is null": {`{"id":1,"name":null,"tags":null,"threat":null,"certainty":null,"last_source":null,"ip":null,"groups":null,"host_artifact_set":null,"ldap":null,"last_seen":null,"note":null,"severity":null,"key_asset":null}`, entity.Target{Host: &entity.Host{}}},
		"everything is odd":  {`{"id":1,"name":7,"threat":"81","certainty":77.9,"last_source":[],"groups":{},"host_artifact_set":"x","ldap":[1],"last_seen":5,"note":{},"key_asset":"True","sensor":"None"}`, entity.Target{Name: "7", Score: entity.Score{Threat: 81, Certainty: 77}, Host: &entity.Host{FullName: "7", KeyAsset: true}}},
		"odd members":        {`{"id":1,"host_artifact_set":[null,7,{"type":"mac","value":"aa"},{"value":"no type"}],"groups":[null,"x",{"name":"A","type":"host"}]}`, entity.Target{Host: &entity.Host{MACs: []string{"aa"}, Artifacts: []entity.Artifact{{Type: "mac", Value: "aa"}}, Groups: []string{"A"}}}},
		"old score names":    {`{"id":1,"t_score":5,"c_score":6}`, entity.Target{Score: entity.Score{Threat: 5, Certainty: 6}, Host: &entity.Host{}}},
		"id as text":         {`{"id":"1"}`, entity.Target{Host: &entity.Host{}}},
		"id as fraction":     {`{"id":1.0}`, entity.Target{Host: &entity.Host{}}},
		"plain time":         {`{"id":1,"last_seen":"2025-03-11T02:41:22Z"}`, entity.Target{Host: &entity.Host{LastSeen: at}}},
		"microseconds":       {`{"id":1,"last_seen":"2025-03-11T02:41:22.000001Z"}`, entity.Target{Host: &entity.Host{LastSeen: at.Add(time.Microsecond)}}},
		"no zone":            {`{"id":1,"last_seen":"2025-03-11T02:41:22"}`, entity.Target{Host: &entity.Host{LastSeen: at}}},
		"ip without source":  {`{"id":1,"ip":"2001:db8::1"}`, entity.Target{Host: &entity.Host{IP: "2001:db8::1"}}},
		"unknown keys":       {`{"id":1,"campaign":{"a":[1]},"x":null}`, entity.Target{Host: &entity.Host{}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.want.Ref = entity.Ref{Source: "hq", Kind: entity.KindHost, ID: "1"}
			tt.want.Score.Unread = tt.want.Score == entity.Score{} // no row shows a score of 0
			if d := cmp.Diff(tt.want, oneHost(t, tt.row), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("host (-want +got):\n%s", d)
			}
		})
	}
}

func TestFullNamesFollowTheOrderOfThePredecessor(t *testing.T) {
	defender := `{"type":"windows_defender_name","value":"defender"}`
	dns, rdns := `{"type":"dns","value":"dns"}`, `{"type":"rdns","value":"rdns"}`
	tests := map[string]string{
		`{"id":1,"name":"n","ldap":{"dns_hostname":["l"]},"host_artifact_set":[` + rdns + `,` + dns + `,` + defender + `]}`: "defender",
		`{"id":1,"name":"n","ldap":{"dns_hostname":["l"]},"host_artifact_set":[` + rdns + `,` + dns + `]}`:                  "dns",
		`{"id":1,"name":"n","ldap":{"dns_hostname":["l"]},"host_artifact_set":[` + rdns + `]}`:                              "rdns",
		`{"id":1,"name":"n","ldap":{"dns_hostname":["l","m"]}}`:                                                             "l",
		`{"id":1,"name":"n","ldap":{"dns_hostname":"l"}}`:                                                                   "l",
		`{"id":1,"name":"n","ldap":{"dns_hostname":[]}}`:                                                                    "n",
	}
	for row, want := range tests {
		if got := oneHost(t, row).Host.FullName; got != want {
			t.Errorf("%s: %q, want %q", row, got, want)
		}
	}
}

func TestTagsThatCannotBeReadAreNotNoTags(t *testing.T) {
	for _, tags := range []string{`"a"`, `{}`, `7`, `[1]`, `["a",null]`, `[["a"]]`} {
		c := newBrain(t).on("GET /api/v2.5/hosts", 200, envelope(1, "", `{"id":1,"tags":`+tags+`}`)).qux()
		if got, err := hosts(t, c, entity.Query{}); err == nil {
			t.Errorf("tags %s were read as %v", tags, got)
		}
	}
}
