package lab_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

func mustGet(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestVectra22_3_NoRowsIsOneEmptyPage(t *testing.T) {
	c := newConsole(t, "2.5")
	page := c.object("hosts?page_size=50")
	likeSample(t, "envelope", page, sample(t, "envelope"))
	if page["count"] != 0.0 || page["next"] != nil || page["previous"] != nil || len(page["results"].([]any)) != 0 {
		t.Errorf("got %v", page)
	}
}

func TestVectra22_3_OnePage(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHosts(2)...)
	ids, nexts, _ := c.walk("hosts?page_size=2")
	if !slices.Equal(ids, []int{1, 2}) || len(nexts) != 0 {
		t.Errorf("got %v, next %v", ids, nexts)
	}
}

func TestVectra22_3_ThreePagesInBothFamilies(t *testing.T) {
	for _, version := range []string{"2.5", "3.4"} {
		c := newConsole(t, version)
		c.brain.PutHosts(someHosts(5)...)
		ids, nexts, _ := c.walk("hosts?page_size=2&state=active")
		want := c.end.URL + "/api/v" + version + "/hosts?page=2&page_size=2&state=active"
		if !slices.Equal(ids, []int{1, 2, 3, 4, 5}) || len(nexts) != 2 || nexts[0] != want {
			t.Errorf("got %v, next %v, want first %s", ids, nexts, want)
		}
		if previous := c.object("hosts?page_size=2&page=2")["previous"]; !strings.Contains(previous.(string), "page=1") {
			t.Errorf("previous is %v", previous)
		}
	}
}

func TestVectra22_3_DefaultPageSizeIs50AndMost5000(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.Fill(lab.NewEstate(lab.EstateSize{Hosts: 5001}))
	if got := len(c.ids("hosts?fields=id")); got != 50 {
		t.Errorf("without page_size: %d rows", got)
	}
	if got := len(c.ids("hosts?fields=id&page_size=9999")); got != 5000 {
		t.Errorf("with page_size=9999: %d rows", got)
	}
}

func TestVectra22_3_NextWithHTTPScheme(t *testing.T) {
	c := newConsole(t, "3.3")
	c.brain.PutHosts(someHosts(3)...)
	c.brain.SetQuirks(lab.Quirks{LinkScheme: "http"})
	if ids, nexts, _ := c.walk("hosts?page_size=2"); len(ids) != 3 || !strings.HasPrefix(nexts[0], "http://127.0.0.1") {
		t.Errorf("got %v %v", ids, nexts)
	}
}

func TestVectra22_3_NextWithOtherHost(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHosts(3)...)
	c.brain.SetQuirks(lab.Quirks{LinkHost: "other.example.net"})
	if ids, nexts, _ := c.walk("hosts?page_size=2"); len(ids) != 3 || !strings.HasPrefix(nexts[0], "https://other.example.net/api/v2.5/hosts?") {
		t.Errorf("got %v %v", ids, nexts)
	}
}

func TestVectra22_3_NextWithOtherVersion(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHosts(3)...)
	c.brain.SetQuirks(lab.Quirks{LinkVersion: "2.4"})
	_, nexts, _ := c.walk("hosts?page_size=2")
	if !strings.Contains(nexts[0], "/api/v2.4/hosts?") {
		t.Errorf("next is %s", nexts[0])
	}
	if url := c.object("hosts/1")["url"].(string); !strings.HasSuffix(url, "/api/v2.4/hosts/1") {
		t.Errorf("embedded URL is %s", url)
	}
}

func TestVectra22_3_NotFoundInMidWalk(t *testing.T) {
	for version, want := range map[string]string{"2.5": "page_qux", "3.4": "page_rux"} {
		c := newConsole(t, version)
		c.brain.PutHosts(someHosts(5)...)
		c.brain.SetQuirks(lab.Quirks{LostPage: 2})
		ids, nexts, last := c.walk("hosts?page_size=2")
		if !slices.Equal(ids, []int{1, 2}) || len(nexts) != 1 || last.code != 404 {
			t.Errorf("got %v %v %d", ids, nexts, last.code)
		}
		c.brain.SetQuirks(lab.Quirks{})
		c.wantReply(404, sampleError(t, want), "GET", "hosts?page=2&page_size=50", "")
	}
}

func TestVectra22_3_DuplicateIDAcrossPages(t *testing.T) {
	c := newConsole(t, "2.5")
	c.brain.PutHosts(someHosts(4)...)
	c.brain.SetQuirks(lab.Quirks{RepeatRows: 1})
	if ids, _, _ := c.walk("hosts?page_size=2"); !slices.Equal(ids, []int{1, 2, 2, 3, 4}) {
		t.Errorf("got %v", ids)
	}
}

func TestVectra22_3_GroupsAsBareArray(t *testing.T) {
	c := newConsole(t, "3.3")
	c.brain.PutGroups(lab.Group{ID: 8, Name: "NoBlock", Type: "host"})
	c.brain.SetQuirks(lab.Quirks{BareGroups: true})
	if list, ok := c.call(200, "GET", "groups", "").([]any); !ok || len(list) != 1 {
		t.Errorf("got %v", list)
	}
}

func TestTrailingSlashIsTheSame(t *testing.T) {
	c := newConsole(t, "3.4")
	c.brain.PutHosts(someHost(1))
	c.wantIDs("hosts/?page_size=1", 1)
	c.call(200, "GET", "hosts/1/", "")
	c.call(200, "PATCH", "tagging/host/1/", `{"tags":["a"]}`)
	if tags := c.tags("host", 1); len(tags) != 1 {
		t.Errorf("tags are %v", tags)
	}
}
