package lab_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/lab"
)

func TestHostFilters(t *testing.T) {
	low, high := someHost(1), someHost(2)
	low.Threat, low.Certainty, low.State = 49, 80, "inactive"
	high.Threat, high.Certainty, high.PrivilegeLevel, high.KeyAsset = 50, 50, 7, true
	high.IP = "fd12::7"
	high.Artifacts = []lab.Artifact{{Type: "mac", Value: "00:AA:00:00:00:01"}}
	high.LastDetection = time.Date(2025, 3, 11, 0, 0, 0, 0, time.UTC)
	high.Notes = []lab.Note{{Text: "x", Created: time.Date(2025, 3, 11, 0, 0, 0, 0, time.UTC)}}
	for _, version := range []string{"2.5", "3.4"} {
		c := newConsole(t, version)
		c.brain.PutHosts(low, high)
		for _, query := range []string{
			"threat_gte=50", "threat_gte=50&certainty_gte=50", "t_score_gte=50", "threat=50", "certainty=50", "c_score=50",
			"state=active", "last_source=fd12::7", "mac_address=00:aa:00:00:00:01", "min_id=2", "privilege_level_gte=7",
			"privilege_category=high", "key_asset=True", "name=WS-002", "note_modified_timestamp_gte=1000",
			"note_modified_timestamp_gte=2025-03-11T00:00:00Z", "last_detection_timestamp=2025-03-10T00:00:00.000Z",
		} {
			c.wantIDs("hosts?"+query, 2)
		}
		c.wantIDs("hosts?max_id=1", 1)
		c.wantIDs("hosts?ordering=-threat", 2, 1)
		c.wantIDs("hosts?ordering=certainty", 2, 1)
		c.call(400, "GET", "hosts?key_asset=perhaps", "")
		c.call(400, "GET", "hosts?page_size=0", "")
		c.call(404, "GET", "hosts?page=0", "")
	}
}

func TestQuietHostsNeedAllOnQUX(t *testing.T) {
	quiet, key, seen := someHost(1, "block"), someHost(2), someHost(3)
	quiet.Traffic, key.Traffic, seen.Traffic = false, false, false
	key.KeyAsset = true
	for version, want := range map[string][]int{"2.5": {2, 3}, "3.4": {1, 2, 3}} {
		c := newConsole(t, version)
		c.brain.PutHosts(quiet, key, seen)
		c.brain.PutDetections(lab.PortSweep(1, 3))
		c.wantIDs("hosts", want...)
		c.wantIDs("hosts?all=false", want...)
		c.wantIDs("hosts?all=True", 1, 2, 3)
	}
}

func TestAccountFilters(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutAccounts(someAccount(1, "a@example.net", "x"), someAccount(2, "O365:b@example.net"))
	c.wantIDs("accounts?uid=a@example.net", 1)
	c.wantIDs("accounts?tags=x", 1)
	c.wantIDs("accounts?name=b@", 2)
	c.wantIDs("accounts?threat_gte=62&certainty_gte=59")
	newConsole(t, "2.1").call(404, "GET", "accounts/1", "")
}

func TestDetectionFilters(t *testing.T) {
	for _, version := range []string{"3.3", "3.4"} {
		c := newConsole(t, version)
		c.brain.PutHosts(someHost(5))
		c.brain.PutAccounts(someAccount(5, "a@example.net"))
		c.brain.PutDetections(lab.Tunnel(1, 5, "203.0.113.77", "c2.example.org"), lab.SignOn(2, 5, "198.51.100.9"), lab.PortSweep(3, 0, "10.0.0.1"))
		for query, want := range map[string]int{
			"detection_type=Port+Sweep": 3, "host_id=5": 1, "src_account=5": 2, "entity_id=5&type=account": 2, "entity_id=5&type=host": 1,
			"src_ip=10.20.30.5": 1, "destination=c2.example.org": 1, "proto=tcp": 1, "id=3": 3, "min_id=3": 3,
		} {
			c.wantIDs("detections?"+query, want)
		}
		c.wantIDs("detections?id=3,1", 1, 3)
		c.wantIDs("detections?detection_type=port+sweep")
		c.wantIDs("detections?threat_score=60&threat_gte=60&certainty_gte=72", 1, 2, 3)
		c.call(400, "GET", "detections?entity_id=5", "")
	}
}

func TestEntityFilters(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutHosts(urgent(1, 90), urgent(2, 10))
	c.brain.PutAccounts(someAccount(3, "a@example.net"))
	c.wantIDs("entities?is_prioritized=true", 1, 3)
	c.wantIDs("entities?type=host&is_prioritized=false", 2)
	c.wantIDs("entities?name=example", 3)
	c.wantIDs("entities?ordering=name", 3, 1, 2)
}

func TestHostsBelongToRUXFrom33(t *testing.T) {
	for version, code := range map[string]int{"3": 404, "3.1": 404, "3.2": 404, "3.3": 200} {
		newConsole(t, version).call(code, "GET", "hosts", "")
	}
	for version, code := range map[string]int{"3": 404, "3.1": 200} {
		newConsole(t, version).call(code, "GET", "entities", "")
	}
}

func TestBrainSpeaksOlderVersionsOfItsFamilyOnly(t *testing.T) {
	c := newConsole(t, "2.4")
	for version, code := range map[string]int{"2": 200, "2.1": 200, "2.3": 200, "2.4": 200, "2.5": 404, "3.3": 404, "x": 404} {
		c.version = version
		if answer := c.raw("GET", "hosts", ""); answer.code != code {
			t.Errorf("v%s got %d, want %d", version, answer.code, code)
		}
	}
}

func TestSearchForms(t *testing.T) {
	c := newConsole(t, "2.5")
	one, two := someHost(1, "vectra_host_block"), someHost(2)
	one.Threat, one.Certainty, two.Threat, two.State = 50, 50, 49, "inactive"
	c.brain.PutHosts(one, two)
	c.brain.PutGroups(lab.Group{ID: 1, Name: "Block", Type: "host", Members: []string{"2"}})
	d := lab.Tunnel(1, 2, "203.0.113.77", "c2.example.org")
	d.Type = "Ransomware File Activity"
	c.brain.PutDetections(d)
	for query, want := range map[string][]int{
		``: {1, 2},
		`host.threat:>=50 and host.certainty:>=50`:                           {1},
		`host.certainty:>=50 and host.threat:>=50`:                           {1},
		`host.last_source:10.20.30.2`:                                        {2},
		`host.state:"active" OR host.state:"inactive"`:                       {1, 2},
		`host.detection_summaries.detection_type:"Ransomware File Activity"`: {2},
		`host.tags:"vectra_host_block"`:                                      {1},
		`host.groups.name:"Block"`:                                           {2},
		`NOT host.id:1`:                                                      {2},
		`(host.id:1 OR host.id:2) host.threat:<50`:                           {2},
		`host.name:"a \" b"`:                                                 {},
	} {
		c.wantIDs("search/hosts?page_size=5000&query_string="+url.QueryEscape(query), want...)
	}
	for query, want := range map[string][]int{
		`detection.certainty:>=50`: {1},
		`detection.state:"active" detection.last_timestamp:>=2025-03-01T00:00:00.000Z`: {1},
		`detection.last_timestamp:>=2025-04-01T00:00:00.000Z`:                          {},
		`detection.src_host.threat:>=49`:                                               {1},
		`detection.src_host.id:1`:                                                      {},
	} {
		c.wantIDs("search/detections?query_string="+url.QueryEscape(query), want...)
	}
	for _, query := range []string{`host.threat`, `(host.id:1`, `host.name:"open`, `host.id:`, `) host.id:1`} {
		c.call(400, "GET", "search/hosts?query_string="+url.QueryEscape(query), "")
	}
	newConsole(t, "3.4").call(404, "GET", "search/hosts", "")
}

func TestSearchRowsAreDetailsWithoutLinks(t *testing.T) {
	c := furnished(t, "2.5")
	row := c.results("search/hosts?query_string=")[0]
	if got := present(row, []string{"url", "detection_set", "detection_summaries", "ldap", "last_seen"}); got != "[detection_summaries ldap last_seen]" {
		t.Errorf("row has %s", got)
	}
	likeSample(t, "detection_summaries", row["detection_summaries"], sample(t, "summaries").(map[string]any)["detection_summaries"])
}

func TestDetectionSummariesInListsWhenAskedFor(t *testing.T) {
	c := furnished(t, "2.5")
	row := c.results("hosts?include_detection_summaries=true")[0]
	if list, ok := row["detection_summaries"].([]any); !ok || len(list) != 1 {
		t.Errorf("got %v", row["detection_summaries"])
	}
}

func TestEventFeedsGoOnFromTheirCheckpoint(t *testing.T) {
	c := furnished(t, "3.4")
	page := c.object("events/entity_scoring?type=host")
	likeSample(t, "events", page, sample(t, "events"))
	first := c.object("events/detections?limit=1")
	if first["remaining_count"] != 1.0 {
		t.Errorf("remaining_count is %v", first["remaining_count"])
	}
	second := c.object(fmt.Sprintf("events/detections?from=%v", first["next_checkpoint"]))
	if list := second["events"].([]any); len(list) != 1 || list[0].(map[string]any)["d_type_vname"] != "Azure AD Suspicious Sign-On" {
		t.Errorf("got %v", list)
	}
	if last := c.object(fmt.Sprintf("events/detections?from=%v", second["next_checkpoint"])); len(last["events"].([]any)) != 0 {
		t.Errorf("got %v", last)
	}
}

func TestClassifyTellsCallsApart(t *testing.T) {
	c := furnished(t, "2.5")
	c.end.ResetCounters()
	c.call(200, "GET", "hosts", "")
	c.call(200, "GET", "hosts/1969/", "")
	c.call(200, "POST", "tagging/host", `{"objectIds":[1969],"tag":"x"}`)
	c.call(200, "GET", "tagging/host/1969", "")
	c.call(404, "GET", "nothing", "")
	c.token(quxToken, clientSecret, grant)
	want := map[string]int{
		"GET hosts": 1, "GET one host": 1, "POST tag on host": 1, "GET tags of host": 1, "GET unknown": 1, "POST token": 1,
	}
	if diff := cmp.Diff(want, c.end.Requests()); diff != "" {
		t.Error(diff)
	}
}

func TestEstateIsTheSameForTheSameSeed(t *testing.T) {
	size := lab.EstateSize{Seed: 7, FirstID: 10, Hosts: 300, Accounts: 5, Detections: 400, Tagged: 3, Tag: "block", Scored: 2}
	a, b := lab.NewEstate(size), lab.NewEstate(size)
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error(diff)
	}
	c := newConsole(t, "2.5")
	c.brain.Fill(a)
	c.wantIDs("hosts?tags=block", 10, 11, 12)
	c.wantIDs("hosts?threat_gte=50&certainty_gte=50", 308, 309)
	if got := c.object("detections?page_size=1")["count"]; got != 400.0 {
		t.Errorf("%v detections", got)
	}
}

func TestParallelReadersAndWriters(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHosts(20)...)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 20 {
			c.raw("POST", "tagging/host", fmt.Sprintf(`{"objectIds":[%d],"tag":"x"}`, i+1))
		}
	}()
	for range 20 {
		c.ids("hosts?tags=x")
	}
	<-done
	if got := len(c.ids("hosts?tags=x")); got != 20 {
		t.Errorf("%d hosts have the tag", got)
	}
}
