package lab_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

func TestVectra22_5_PatchReplacesTheList(t *testing.T) {
	for _, version := range []string{"2.1", "2.5", "3.3", "3.4"} {
		c := newConsole(t, version)
		c.brain.PutHosts(someHost(1, "SOC", "old"))
		c.brain.PutAccounts(someAccount(1, "a@example.net", "keep"))
		c.call(200, "PATCH", "tagging/host/1", `{"tags":["a","a","b"]}`)
		if got := fmt.Sprint(c.tags("host", 1)); got != "[a b]" {
			t.Errorf("v%s: tags are %s", version, got)
		}
		c.call(200, "PATCH", "tagging/host/1", `{"tags":[]}`)
		if got := c.tags("host", 1); len(got) != 0 {
			t.Errorf("v%s: tags are %v", version, got)
		}
		if got := fmt.Sprint(c.tags("account", 1)); got != "[keep]" {
			t.Errorf("v%s: the account of the same id has %s", version, got)
		}
	}
}

func TestVectra22_5_EntityTagsAreTheTagsOfHostAndAccount(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutHosts(someHost(334))
	c.brain.PutAccounts(someAccount(334, "a@example.net"))
	c.call(200, "PATCH", "tagging/entity/334?type=host", `{"tags":["h"]}`)
	c.call(200, "PATCH", "tagging/entity/334?type=account", `{"tags":["a"]}`)
	if h, a := fmt.Sprint(c.tags("host", 334)), fmt.Sprint(c.tags("account", 334)); h != "[h]" || a != "[a]" {
		t.Errorf("host %s, account %s", h, a)
	}
	c.wantReply(400, sampleError(t, "entity"), "GET", "tagging/entity/334", "")
	c.wantReply(400, sampleError(t, "entity"), "GET", "tagging/entity/334?entity_type=host", "")
}

func TestVectra22_5_EntityTypeIsAnAliasIn33(t *testing.T) {
	c := newConsole(t, "3.3")
	c.brain.PutHosts(someHost(334, "x"))
	c.call(200, "GET", "tagging/entity/334?entity_type=host", "")
}

func TestVectra22_5_ConcurrentChangeBetweenGetAndPatch(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutHosts(someHost(1, "SOC"))
	c.faults(lab.Fault{
		Match: "PATCH tags", What: lab.Concurrent, Op: "add_tag", Times: 1,
		Args: json.RawMessage(`{"kind":"host","id":1,"tag":"analyst"}`),
	})
	if got := fmt.Sprint(c.tags("host", 1)); got != "[SOC]" {
		t.Fatalf("tags are %s", got)
	}
	c.call(200, "PATCH", "tagging/host/1", `{"tags":["SOC","ours"]}`)
	if got := fmt.Sprint(c.tags("host", 1)); got != "[SOC ours]" {
		t.Errorf("tags are %s: whoever writes last wins", got)
	}
}

func TestVectra22_5_MissingObjectIs404Failure(t *testing.T) {
	c := newConsole(t, "3.4")
	c.wantReply(404, sampleError(t, "tagging"), "GET", "tagging/host/9", "")
	c.wantReply(404, sampleError(t, "tagging"), "PATCH", "tagging/entity/9?type=host", `{"tags":[]}`)
}

func TestVectra22_5_FailureWithStatus200(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHost(1, "SOC"))
	c.brain.SetQuirks(lab.Quirks{InvalidTags: []string{"bad"}})
	calls := map[string]string{"tagging/host/1": `{"tags":["good","bad"]}`, "tagging/host": `{"objectIds":[1],"tag":"bad"}`}
	for path, body := range calls {
		method := map[bool]string{true: "POST", false: "PATCH"}[path == "tagging/host"]
		answer := c.call(200, method, path, body).(map[string]any)
		if answer["status"] != "failure" || fmt.Sprint(answer["invalid_tags"]) != "[bad]" {
			t.Errorf("%s %s: %v", method, path, answer)
		}
	}
	if got := fmt.Sprint(c.tags("host", 1)); got != "[SOC]" {
		t.Errorf("tags are %s", got)
	}
}

func TestVectra22_5_BulkAddAndRemoveTouchNoOtherTag(t *testing.T) {
	for _, version := range []string{"2.1", "2.5"} {
		c := newConsole(t, version)
		c.brain.PutHosts(someHost(1, "SOC"), someHost(2))
		c.brain.PutAccounts(someAccount(1, "a@example.net"))
		c.brain.PutDetections(lab.NewHost(1, 1))
		for _, kind := range []string{"host", "account", "detection"} {
			c.call(200, "POST", "tagging/"+kind, `{"objectIds":[1],"tag":"VAR Host Blocked"}`)
			if tags := c.brain.Tags(kind, 1); tags[len(tags)-1] != "VAR Host Blocked" {
				t.Errorf("%s has %v", kind, tags)
			}
		}
		c.call(200, "POST", "tagging/host", `{"objectIds":[1,2],"tag":"VAR Host Blocked"}`)
		c.call(200, "DELETE", "tagging/host", `{"objectIds":[1],"tag":"VAR Host Blocked"}`)
		if one, two := fmt.Sprint(c.tags("host", 1)), fmt.Sprint(c.tags("host", 2)); one != "[SOC]" || two != "[VAR Host Blocked]" {
			t.Errorf("hosts have %s and %s", one, two)
		}
	}
}

func TestVectra22_5_BulkIsMissingOnRUXAndMayBeOnQUX(t *testing.T) {
	newConsole(t, "3.4").call(404, "POST", "tagging/host", `{"objectIds":[1],"tag":"x"}`)
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHost(1))
	c.brain.SetQuirks(lab.Quirks{NoBulkTags: true})
	c.call(404, "POST", "tagging/host", `{"objectIds":[1],"tag":"x"}`)
}

func TestVectra22_5_FilterFindsSubstrings(t *testing.T) {
	for _, version := range []string{"2.5", "3.4"} {
		c := newConsole(t, version)
		block, unblock := lab.Tunnel(1, 0, "203.0.113.77", "a.example.org"), lab.Tunnel(2, 0, "203.0.113.78", "b.example.org")
		block.Tags, unblock.Tags = []string{"block"}, []string{"unblock"}
		c.brain.PutDetections(block, unblock, lab.Tunnel(3, 0, "203.0.113.79", "c.example.org"))
		c.wantIDs("detections?tags=block", 1, 2)
		c.brain.PutHosts(someHost(1, "vectra_host_block"), someHost(2, "not_vectra_host_block"), someHost(3))
		c.wantIDs("hosts?tags=vectra_host_block", 1, 2)
	}
}

func TestVectra22_5_EntityTagsAreExact(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutHosts(someHost(1, "block"), someHost(2, "unblock"), someHost(3, "Block"))
	c.wantIDs("entities?tags=block", 1)
}

func TestVectra22_5_CommaIsAnyOf(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHost(1, "a"), someHost(2, "b"), someHost(3, "c"))
	c.wantIDs("hosts?tags=a,b", 1, 2)
}

func TestVectra22_6_TwoGroupsOfOneName(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHost(97))
	c.brain.PutAccounts(someAccount(1, "administrator@example.net"))
	c.brain.PutGroups(
		lab.Group{ID: 8, Name: "NoBlock", Type: "host", Members: []string{"97"}, Importance: "medium"},
		lab.Group{ID: 22, Name: "NoBlock", Type: "account", Members: []string{"O365:svc@example.net", "administrator@example.net"}},
		lab.Group{ID: 16, Name: "Guest Wifi", Type: "ip", Members: []string{"192.0.2.0/24", "198.51.100.9"}},
		lab.Group{ID: 1, Name: "Box", Type: "domain", Members: []string{"*.example.com"}, Managed: true},
	)
	c.wantIDs("groups?name=NoBlock", 8, 22)
	c.wantIDs("groups?name=NoBlock&type=host", 8)
	rows := map[float64]map[string]any{}
	for _, row := range c.results("groups") {
		rows[row["id"].(float64)] = row
	}
	for _, want := range sample(t, "groups").(map[string]any)["results"].([]any) {
		likeSample(t, "group", rows[want.(map[string]any)["id"].(float64)], want)
	}
}

func TestVectra22_6_NameFindsLongerNames(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutGroups(lab.Group{ID: 1, Name: "Block", Type: "host"}, lab.Group{ID: 2, Name: "NoBlock", Type: "host"})
	c.wantIDs("groups?name=Block&type=host", 1, 2)
}

func TestVectra22_6_EmbeddedMembersEndAt2000(t *testing.T) {
	for _, version := range []string{"2.5", "3.4"} {
		c := newConsole(t, version)
		g := lab.Group{ID: 1, Name: "NoBlock", Type: "host"}
		for i := range 2003 {
			g.Members = append(g.Members, fmt.Sprint(i+1))
		}
		c.brain.PutHosts(someHosts(2003)...)
		c.brain.PutGroups(g)
		if got := len(c.results("groups")[0]["members"].([]any)); got != 2000 {
			t.Errorf("v%s: %d members embedded", version, got)
		}
		if got := c.object("groups/1/members?page_size=1000")["count"]; got != 2003.0 {
			t.Errorf("v%s: the member route counts %v", version, got)
		}
		if got := len(c.ids("groups/1/members?page_size=1000&page=3")); got != 3 {
			t.Errorf("v%s: %d members on the last page", version, got)
		}
		c.call(404, "GET", "groups/1/members?page_size=1000&page=4", "")
	}
}

func TestVectra22_6_MemberRouteMayBeMissing(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutGroups(lab.Group{ID: 1, Name: "NoBlock", Type: "host"})
	c.brain.SetQuirks(lab.Quirks{NoMemberRoute: true})
	c.call(404, "GET", "groups/1/members", "")
	newConsole(t, "2.4").call(404, "GET", "groups/1/members", "")
}

func TestVectra22_6_AccountMembersByUIDAndByID(t *testing.T) {
	cases := map[string]struct {
		version string
		quirks  lab.Quirks
		want    string
	}{
		"2.5":            {"2.5", lab.Quirks{}, "[map[uid:a@example.net]]"},
		"3.3":            {"3.3", lab.Quirks{}, "[map[uid:a@example.net]]"},
		"3.4":            {"3.4", lab.Quirks{}, "[map[id:7 name:a@example.net uid:a@example.net]]"},
		"3.4 by uid":     {"3.4", lab.Quirks{MembersByUID: true}, "[map[uid:a@example.net]]"},
		"3.4 only id":    {"3.4", lab.Quirks{MembersByID: true}, "[map[id:7 name:a@example.net]]"},
		"2.5 only by id": {"2.5", lab.Quirks{MembersByID: true}, "[map[id:7 name:a@example.net]]"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			c := newConsole(t, test.version)
			c.brain.PutAccounts(someAccount(7, "a@example.net"))
			c.brain.PutGroups(lab.Group{ID: 1, Name: "NoBlock", Type: "account", Members: []string{"a@example.net"}})
			c.brain.SetQuirks(test.quirks)
			if got := fmt.Sprint(c.object("groups/1")["members"]); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestVectra22_6_RegexGroupStillEvaluating(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutHosts(someHosts(4)...)
	g := lab.Group{ID: 1, Name: "NoBlock", Type: "host", Regex: "^ws-", Evaluating: true}
	c.brain.PutGroups(g, lab.Group{ID: 2, Name: "Static", Type: "host"})
	got := c.results("groups?include_members=true&is_membership_evaluation_ongoing=true")[0]
	if got["is_membership_evaluation_ongoing"] != true || len(got["members"].([]any)) != 2 || got["regex"] != "^ws-" {
		t.Errorf("got %v", got)
	}
	g.Evaluating = false
	c.brain.PutGroups(g)
	if got := c.results("groups?is_regex=true")[0]; got["is_membership_evaluation_ongoing"] != false || len(got["members"].([]any)) != 4 {
		t.Errorf("got %v", got)
	}
	if _, there := c.results("groups?include_members=false")[0]["members"]; there {
		t.Error("members came although they were not wanted")
	}
}

func TestVectra22_6_InlineGroupsMixHostAndIP(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHost(42))
	c.brain.PutGroups(
		lab.Group{ID: 1, Name: "NoBlock", Type: "ip", Members: []string{"10.20.30.0/24"}},
		lab.Group{ID: 2, Name: "Servers", Type: "host", Members: []string{"42"}},
		lab.Group{ID: 3, Name: "Others", Type: "host", Members: []string{"43"}},
	)
	var got []string
	for _, g := range c.results("hosts")[0]["groups"].([]any) {
		got = append(got, fmt.Sprint(g.(map[string]any)["name"], " ", g.(map[string]any)["type"]))
	}
	if want := "[Servers host NoBlock ip]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
