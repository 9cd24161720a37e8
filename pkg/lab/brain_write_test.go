package lab_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/lab"
)

func TestNotesLiveFromCreateToDelete(t *testing.T) {
	cases := []struct {
		version, path, query string
		deleted              int
	}{
		{"2.2", "hosts/1/notes", "", 200},
		{"2.5", "accounts/1/notes", "", 200},
		{"2.5", "detections/1/notes", "", 200},
		{"3.3", "hosts/1/notes", "", 204},
		{"3.4", "entities/1/notes", "?type=account", 204},
	}
	for _, test := range cases {
		t.Run(test.version+" "+test.path, func(t *testing.T) {
			c := newConsole(t, test.version)
			c.brain.PutHosts(someHost(1))
			c.brain.PutAccounts(someAccount(1, "a@example.net"))
			c.brain.PutDetections(lab.NewHost(1, 1))
			made := c.call(201, "POST", test.path+test.query, `{"note":"Blocked by policy fw-edge"}`).(map[string]any)
			likeSample(t, "note", made, sample(t, "note"))
			if !regexp.MustCompile(`\.\d{6}Z$`).MatchString(made["date_created"].(string)) {
				t.Errorf("date_created of a create is %v", made["date_created"])
			}
			c.call(201, "POST", test.path+test.query, `{"note":"second"}`)
			one := fmt.Sprintf("%s/%v%s", test.path, made["id"], test.query)
			c.call(200, "PATCH", one, `{"note":"first, changed"}`)
			list := c.call(200, "GET", test.path+test.query, "").([]any)
			texts := fmt.Sprint(list[0].(map[string]any)["note"], "; ", list[1].(map[string]any)["note"])
			if len(list) != 2 || texts != "second; first, changed" {
				t.Errorf("notes are %s", texts)
			}
			if at := list[1].(map[string]any)["date_created"].(string); strings.Contains(at, ".") {
				t.Errorf("date_created of a list is %v", at)
			}
			if got := c.call(200, "GET", one, "").(map[string]any); got["note"] != "first, changed" || got["modified_by"] == nil {
				t.Errorf("the note is %v", got)
			}
			c.call(400, "POST", test.path+test.query, `{"note":""}`)
			c.call(test.deleted, "DELETE", one, "")
			c.call(404, "GET", one, "")
		})
	}
}

func TestNoteOfV21IsOneFieldThatIsOverwritten(t *testing.T) {
	c := newConsole(t, "2.1")
	c.brain.PutHosts(someHost(1))
	c.brain.PutDetections(lab.NewHost(1, 1))
	c.call(404, "GET", "hosts/1/notes", "")
	for _, path := range []string{"hosts/1", "detections/1"} {
		c.call(200, "PATCH", path, `{"note":"a & b"}`)
		if got := c.object(path)["note"]; got != "a &amp; b" {
			t.Errorf("%s: note is %v, want HTML escaped", path, got)
		}
		c.call(200, "PATCH", path, `{"note":""}`)
		if got := c.object(path)["note"]; got != nil {
			t.Errorf("%s: note is %v", path, got)
		}
	}
}

func TestEmbeddedNotesAreTenAndShort(t *testing.T) {
	c := newConsole(t, "2.5")
	h := someHost(1)
	for i := range 12 {
		h.Notes = append(h.Notes, lab.Note{Text: fmt.Sprint(i, strings.Repeat("x", 400))})
	}
	c.brain.PutHosts(h)
	notes := c.object("hosts/1")["notes"].([]any)
	if newest := notes[0].(map[string]any)["note"].(string); len(notes) != 10 || !strings.HasPrefix(newest, "11x") || len(newest) != 256 {
		t.Errorf("%d notes, newest %.10s of %d bytes", len(notes), newest, len(newest))
	}
	if all := c.call(200, "GET", "hosts/1/notes", "").([]any); len(all) != 12 {
		t.Errorf("the resource has %d", len(all))
	}
}

func TestKeyAssetComesAsText(t *testing.T) {
	for _, version := range []string{"2.1", "2.5", "3.4"} {
		c := newConsole(t, version)
		c.brain.PutHosts(someHost(1))
		for _, mark := range []bool{true, false} {
			c.call(200, "PATCH", "hosts/1", fmt.Sprintf(`{"key_asset":"%t"}`, mark))
			if got := c.object("hosts/1")["is_key_asset"]; got != mark {
				t.Errorf("v%s: is_key_asset is %v, want %v", version, got, mark)
			}
		}
		c.call(400, "PATCH", "hosts/1", `{"key_asset":"perhaps"}`)
	}
}

func TestMarkAsFixedAndBack(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutDetections(lab.Tunnel(1, 0, "203.0.113.77", "a.example.org"), lab.Tunnel(2, 0, "203.0.113.78", "b.example.org"))
	for mark, state := range map[string]string{"True": "fixed", "False": "active"} {
		c.wantReply(200, sampleError(t, "fixed_done"), "PATCH", "detections", `{"detectionIdList":[1,2],"mark_as_fixed":"`+mark+`"}`)
		c.wantIDs("detections?state="+state, 1, 2)
	}
}

func TestGroupIsMadeChangedAndDeleted(t *testing.T) {
	for _, version := range []string{"2.1", "2.5", "3.3", "3.4"} {
		c := newConsole(t, version)
		made := c.call(201, "POST", "groups",
			`{"name":"pytest group","description":"pytest group","type":"ip","members":["169.254.169.254"],"importance":"high"}`).(map[string]any)
		path := fmt.Sprintf("groups/%v", made["id"])
		c.call(200, "PATCH", path, `{"name":"pytest group update","description":"pytest group update","members":["2.2.2.2"],"importance":"low"}`)
		got := c.results("groups?description=pytest+group+update")[0]
		if got["name"] != "pytest group update" || got["importance"] != "low" || fmt.Sprint(got["members"]) != "[2.2.2.2]" {
			t.Errorf("v%s: got %v", version, got)
		}
		c.call(204, "DELETE", path, "")
		c.call(404, "GET", path, "")
	}
}

func TestGroupMembersByIDUIDAndPattern(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutHosts(someHost(1), someHost(2))
	c.brain.PutAccounts(someAccount(7, "a@example.net"))
	for body, want := range map[string]int{
		`{"name":"h","type":"host","members":[1,2]}`:             2,
		`{"name":"h2","type":"host","members":[{"id":1}]}`:       1,
		`{"name":"u","type":"account","members":["a@b"]}`:        1,
		`{"name":"i","type":"account","members":[7]}`:            1,
		`{"name":"d","type":"domain","members":[""]}`:            0,
		`{"name":"r","type":"host","regex":"^ws-00[12]$"}`:       2,
		`{"name":"ru","type":"account","regex":"@example.net$"}`: 1,
	} {
		if made := c.call(201, "POST", "groups", body).(map[string]any); len(made["members"].([]any)) != want {
			t.Errorf("%s: members %v, want %d", body, made["members"], want)
		}
	}
	for _, body := range []string{
		`{"type":"host"}`, `{"name":"x","type":"what"}`, `{"name":"x","type":"host","members":[99]}`,
		`{"name":"x","type":"ip","regex":"a"}`, `{"name":"x","type":"host","regex":"("}`, `{`,
	} {
		c.call(400, "POST", "groups", body)
	}
	c.wantIDs("groups?name=x")
}

func TestGroupsShowTheTypesOfTheirVersion(t *testing.T) {
	for version, want := range map[string][]int{"2.2": {1, 3, 4}, "2.4": {1, 2, 3, 4}, "3.2": {2}, "3.3": {1, 2, 3, 4}} {
		c := newConsole(t, version)
		for i, kind := range []string{"host", "account", "ip", "domain"} {
			c.brain.PutGroups(lab.Group{ID: i + 1, Name: "g", Type: kind})
		}
		c.wantIDs("groups", want...)
	}
}

func TestGroupsOfAMember(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHost(1))
	c.brain.PutAccounts(someAccount(7, "a@example.net"))
	c.brain.PutGroups(
		lab.Group{ID: 1, Type: "host", Members: []string{"1"}}, lab.Group{ID: 2, Type: "account", Members: []string{"a@example.net"}},
		lab.Group{ID: 3, Type: "ip", Members: []string{"192.0.2.1"}}, lab.Group{ID: 4, Type: "domain", Members: []string{"1"}},
	)
	for query, want := range map[string]int{
		"host_ids=9,1": 1, "host_names=ws-001": 1, "account_ids=7": 2, "account_names=a@example.net": 2, "ips=192.0.2.1": 3, "domains=1": 4,
	} {
		c.wantIDs("groups?"+query, want)
	}
}

func TestChangesOfTheAdminAPI(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHost(1, "SOC"))
	c.brain.PutGroups(lab.Group{ID: 1, Name: "NoBlock", Type: "host"})
	do := func(op, args string) {
		t.Helper()
		if err := c.brain.Change(op, []byte(args)); err != nil {
			t.Error(err)
		}
	}
	do("put_host", `{"id":1,"threat":5,"ip":"10.9.9.9"}`)
	do("add_tag", `{"kind":"host","id":1,"tag":"vectra_host_block"}`)
	do("remove_tag", `{"kind":"host","id":1,"tag":"SOC"}`)
	do("join", `{"group":"NoBlock","type":"host","member":"1"}`)
	do("put_account", `{"name":"new@example.net"}`)
	do("put_detection", `{"type":"Port Sweep","category":"reconnaissance","host_id":1}`)
	do("put_group", `{"id":1,"description":"changed"}`)
	got := c.object("hosts/1")
	if got["threat"] != 5.0 || got["certainty"] != 77.0 || got["ip"] != "10.9.9.9" || fmt.Sprint(got["tags"]) != "[vectra_host_block]" {
		t.Errorf("host is %v", got)
	}
	if groups := got["groups"].([]any); len(groups) != 1 || groups[0].(map[string]any)["description"] != "changed" {
		t.Errorf("groups are %v", groups)
	}
	if sources := c.results("detections?host_id=1"); len(sources) != 1 || sources[0]["src_ip"] != "10.9.9.9" {
		t.Errorf("detections are %v", sources)
	}
	do("leave", `{"group":"NoBlock","type":"host","member":"1"}`)
	do("quirks", `{"strict_query":true}`)
	c.call(400, "GET", "hosts?xxx=1", "")
	for _, kind := range []string{"host", "account", "detection", "group"} {
		do("remove", `{"kind":"`+kind+`","id":1}`)
		c.call(404, "GET", kind+"s/1", "")
	}
	for op, args := range map[string]string{
		"what": `{}`, "put_host": `{"ipp":"x"}`, "remove": `{"kind":"host","id":1}`, "add_tag": `{"kind":"host","id":1,"tag":"x"}`,
		"join": `{"group":"none","type":"host","member":"1"}`, "quirks": `[]`,
	} {
		if c.brain.Change(op, []byte(args)) == nil {
			t.Errorf("%s %s was accepted", op, args)
		}
	}
}

func TestStateThroughTheAdminAPI(t *testing.T) {
	c := furnished(t, "3.3")
	c.call(201, "POST", "hosts/1969/notes", `{"note":"VAR: Blocked"}`)
	c.world.Advance(time.Hour)
	s := &site{T: t, world: c.world, end: c.end, client: c.client}
	_, token := c.world.Admin()
	if code, text := s.admin("POST", "/ends/brain/change", token, `{"op":"put_host","args":{"id":1969,"threat":3}}`); code != 200 {
		t.Fatal(code, text)
	}
	_, text := s.admin("GET", "/ends/brain/state", token, "")
	var state struct {
		Version                             string
		Hosts, Accounts, Detections, Groups []map[string]any
	}
	if err := json.Unmarshal([]byte(text), &state); err != nil {
		t.Fatal(err)
	}
	counts := fmt.Sprint(len(state.Hosts), len(state.Accounts), len(state.Detections), len(state.Groups))
	if counts != "1 1 2 1" || state.Version != "3.3" {
		t.Fatalf("state holds %s", counts)
	}
	host := state.Hosts[0]
	notes := host["notes"].([]any)
	if host["threat"] != 3.0 || host["certainty"] != 77.0 || len(notes) != 2 || notes[1].(map[string]any)["note"] != "VAR: Blocked" {
		t.Errorf("host is %v", host)
	}
	if got := c.brain.Notes("host", 1969); fmt.Sprint(got) != "[seen by SOC VAR: Blocked]" {
		t.Errorf("notes are %v", got)
	}
	changed, err := time.Parse(time.RFC3339, host["modified"].(string))
	if err != nil || c.world.Now().Sub(changed) > time.Minute {
		t.Errorf("the change did not count as one: modified %v", host["modified"])
	}
}

func TestStateIsNotTheBrainsOwnMemory(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHost(1, "SOC"))
	h, _ := c.brain.Host(1)
	h.Tags[0] = "changed"
	c.brain.Tags("host", 1)[0] = "changed"
	if got := c.brain.Tags("host", 1); got[0] != "SOC" {
		t.Errorf("tags are %v", got)
	}
}
