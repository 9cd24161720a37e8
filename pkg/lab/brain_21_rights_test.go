package lab_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

// rightCalls is a call for each right, with what it answers to a role that has the right.
var rightCalls = []struct {
	right, method, path, body string
	code                      int
}{
	{"read hosts", "GET", "hosts?page_size=1", "", 200},
	{"read hosts", "GET", "hosts/1", "", 200},
	{"write hosts", "PATCH", "hosts/1", `{"key_asset":"true"}`, 200},
	{"read accounts", "GET", "accounts?page_size=1", "", 200},
	{"read detections", "GET", "detections?page_size=1", "", 200},
	{"write detections", "PATCH", "detections", `{"detectionIdList":[1],"mark_as_fixed":"True"}`, 200},
	{"read groups", "GET", "groups?page_size=1", "", 200},
	{"write groups", "POST", "groups", `{"name":"G","type":"ip","members":["192.0.2.1"]}`, 201},
	{"read tags", "GET", "tagging/host/1", "", 200},
	{"write tags", "PATCH", "tagging/host/1", `{"tags":[]}`, 200},
	{"read notes", "GET", "hosts/1/notes", "", 200},
	{"write notes", "POST", "hosts/1/notes", `{"note":"x"}`, 201},
}

// Reference 21: a missing right is 403, for token users and API clients alike, and never an empty list.
func TestVectra21_AMissingRightIs403AndHidesNoOther(t *testing.T) {
	const refusal = `{"detail":"You do not have permission to perform this action."}`
	for _, version := range []string{"2.5", "3.4"} {
		for _, lacking := range rightCalls {
			t.Run(version+" "+lacking.right, func(t *testing.T) {
				c := newConsole(t, version)
				c.brain.PutHosts(lab.Host{Subject: lab.Subject{ID: 1}})
				c.brain.PutDetections(lab.Detection{Subject: lab.Subject{ID: 1}})
				c.lack(lacking.right)
				for _, call := range rightCalls {
					want := call.code
					if call.right == lacking.right {
						want = 403
					}
					got := c.raw(call.method, call.path, call.body)
					if got.code != want || want == 403 && got.text != refusal {
						t.Errorf("%s %s got %d %s, want %d", call.method, call.path, got.code, got.text, want)
					}
				}
				c.lack()
				c.call(lacking.code, lacking.method, lacking.path, lacking.body)
			})
		}
	}
}

func TestVectra21_EntitiesNeedTheRightToReadHostsAndAccounts(t *testing.T) {
	c := newConsole(t, "3.4")
	for _, right := range []string{"read hosts", "read accounts"} {
		c.lack(right)
		c.call(403, "GET", "entities", "")
	}
	c.lack("read detections")
	c.call(200, "GET", "entities", "")
	c.call(403, "GET", "events/detections", "")
}

func TestSearchNeedsTheRightToReadWhatIsSearched(t *testing.T) {
	c := newConsole(t, "2.5")
	c.lack("read accounts")
	c.call(403, "GET", "search/accounts?query_string=a", "")
	c.call(200, "GET", "search/hosts?query_string=host.threat:>=1", "")
}

func TestNobodyLacksARightThatDoesNotExist(t *testing.T) {
	c := newConsole(t, "2.5")
	if err := c.brain.Change("rights", json.RawMessage(`{"lacks":["read minds"]}`)); err == nil {
		t.Error("a right that does not exist was taken away")
	}
}

func (c *console) lack(rights ...string) {
	c.Helper()
	args, err := json.Marshal(map[string][]string{"lacks": rights})
	if err == nil {
		err = c.brain.Change("rights", args)
	}
	if err != nil {
		c.Fatal(fmt.Errorf("take rights away: %w", err))
	}
}
