package main_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

// hostilities are what sources say that is not so. Whatever they say, nothing is released or blocked for it beyond
// the gates; where one stays shut that is nothing at all.
var hostilities = []struct {
	name string
	// tell has the source say it from now on.
	tell func(*testing.T, hostile)
	code int
	// words are what the operator has to be told.
	words []string
}{
	// A list that does not name who is held is no reason yet: each is asked for by id.
	{"an empty list with 200", believes(insteadOfLists(http.StatusOK, emptyList)), 0, nil},
	{"half a list that calls itself whole", believes(half(true)), 0, nil},
	{"fewer counted than listed", believes(counting(-20)), 0, nil},
	{"every row twice", believes(again), 0, nil},

	{"an empty list with 200, and nobody known by id", believes(nobody), 3, []string{
		"40 of 40 hosts would be released for want of a reason, at most 12 may be in one pass (max_releases_percent: 30%)", "40 of 40 detections",
	}},
	{"nobody has a tag any more", believes(everywhere("tags", []string{})), 3, []string{"40 of 40 hosts", "40 of 40 detections"}},
	{"rows without tags", believes(without("tags")), 3, []string{"40 of 40 hosts", "40 of 40 detections"}},
	{"tags that are null", believes(everywhere("tags", nil)), 3, []string{"40 of 40 hosts", "40 of 40 detections"}},
	{"tags that are a number", believes(everywhere("tags", 7)), 4, []string{"frozen"}},
	{"the block tag is renamed on the brain", func(_ *testing.T, h hostile) {
		h.hosts(func(host *lab.Host) { retag(host.Tags, blockTags["host"], "isolate") })
		h.detections(func(d *lab.Detection) { retag(d.Tags, blockTags["detection"], "isolate") })
	}, 3, []string{"40 of 40 hosts", "40 of 40 detections"}},
	{"half of the hosts lose the block tag", func(_ *testing.T, h hostile) {
		h.hosts(func(host *lab.Host) {
			if host.ID%2 == 0 {
				retag(host.Tags, blockTags["host"], "not any more")
			}
		})
	}, 3, []string{"20 of 40 hosts would be released"}},
	{"the block tag is renamed in the configuration", configured("[hosts]", "[hosts]\nblock_tag = \"isolate\""), 3, []string{
		"the selection of hosts changed", "40 of 80 targets would be released", "nothing is done before somebody looked at it",
	}},
	{"all hosts are scored 99", func(_ *testing.T, h hostile) {
		for i := range 300 {
			host, _ := h.brain.Host(firstBystander + i)
			host.Threat, host.Certainty, host.Urgency = 99, 99, 99
			h.brain.PutHosts(host)
		}
	}, 3, []string{"300 hosts would be blocked, at most 50 may be in one pass (max_blocks)"}},

	{"more counted than listed", believes(counting(40)), 4, []string{"frozen", "were listed: it cannot be read completely"}},
	{"half a list that counts the whole", believes(half(false)), 4, []string{"frozen", "were listed: it cannot be read completely"}},
	{"pages without an end", believes(endlessly), 4, []string{"frozen", "repeat without an end"}},
	{"HTML with 200", believes(insteadOfLists(http.StatusOK, "<html><body>Please log in</body></html>")), 4, []string{"frozen", "HTML"}},
	{"nothing with 200", believes(insteadOfLists(http.StatusOK, "")), 4, []string{"frozen", "empty"}},
	{"null with 200", believes(insteadOfLists(http.StatusOK, "null")), 4, []string{"frozen"}},
	{"an object without a list", believes(insteadOfLists(http.StatusOK, `{"detail": "busy"}`)), 4, []string{"frozen", "no list"}},
	{"a list that is null", believes(insteadOfLists(http.StatusOK, `{"count": 0, "results": null}`)), 4, []string{"frozen", "no list"}},
	{"rows without ids", believes(without("id", "uid")), 4, []string{"frozen", "has no id"}},
	{"401 for everything", believes(insteadOf("GET", http.StatusUnauthorized, `{"detail": "no"}`)), 4, []string{"frozen", "401"}},
	{"404 for every list", believes(insteadOfLists(http.StatusNotFound, `{"detail": "Not found."}`)), 4, []string{"frozen", "404"}},
	{"the no-block group is missing", func(t *testing.T, h hostile) {
		h.admin.change(t, brainName, "remove", map[string]any{"kind": "group", "id": 1})
	}, 4, []string{"frozen", "NoBlock"}},
	{"the groups are HTML", believes(insteadOf("group", http.StatusOK, "<html></html>")), 4, []string{"frozen", "NoBlock"}},

	{"the static list is empty", lined(""), 3, []string{"static: held back 40", "40 of 40 static destinations would be released"}},
	{"the static list has only comments", lined("# gone\n"), 3, []string{"40 of 40 static destinations"}},
	{"the static list is halved", lined(staticLines(forty / 2)), 3, []string{"20 of 40 static destinations"}},
	{"the static list grew tenfold", lined(staticLines(forty) + strings.ReplaceAll(staticLines(60), "185.199.125", "185.199.126")), 3, []string{
		"60 static destinations would be blocked, at most 50",
	}},
	{"the static list is missing", func(t *testing.T, h hostile) {
		if err := os.Remove(filepath.Join(h.dir, "destinations.txt")); err != nil {
			t.Fatal(err)
		}
	}, 4, []string{"static: frozen", "destinations.txt"}},
	{"the static list is a folder", func(t *testing.T, h hostile) {
		path := filepath.Join(h.dir, "destinations.txt")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}, 4, []string{"static: frozen", "destinations.txt"}},
	{"the static list is HTML", lined("<html>\n<body>Please log in</body>\n</html>\n"), 4, []string{"destinations.txt"}},
	{"the static list is binary", lined("\x7fELF\x02\x01\x01\x00\x00\xff\xfe\n\x00\x00"), 4, []string{"destinations.txt"}},
	{"the static list ends in the middle of a line", lined(staticLines(forty)[:len(staticLines(forty))-4]), 4, []string{"neither an address, a network nor a domain"}},
}

// believes has the brain lie.
func believes(l lie) func(*testing.T, hostile) {
	return func(_ *testing.T, h hostile) { h.brain.believe(l) }
}

// lined is another static list.
func lined(text string) func(*testing.T, hostile) {
	return func(t *testing.T, h hostile) { h.write(t, "destinations.txt", text) }
}

// configured replaces a text in the configuration.
func configured(was, is string) func(*testing.T, hostile) {
	return func(t *testing.T, h hostile) {
		before := h.adjust
		h.adjust = func(config string) string { return strings.Replace(before(config), was, is, 1) }
		h.configure(t)
	}
}

func retag(tags []string, was, is string) {
	if i := slices.Index(tags, was); i >= 0 {
		tags[i] = is
	}
}

// TestNothingHappensForWhatALiarSays has each source lie once, and then tell the truth again.
func TestNothingHappensForWhatALiarSays(t *testing.T) {
	t.Parallel()
	programs(t)
	for i, row := range hostilities {
		for n, f := range []family{families[0], families[2]} {
			if os.Getenv("VAR_TEST_ALL") == "" && i%2 != n {
				continue
			}
			t.Run(f.name+"/"+row.name, func(t *testing.T) {
				t.Parallel()
				h := newHostile(t, f)
				heal := h.truth(t)
				row.tell(t, h)
				before := h.reality(t)
				e := h.pass(t, row.code)
				e.says(t, row.words...)
				h.unchanged(t, before, e)
				heal()
				before = h.reality(t)
				h.unchanged(t, before, h.pass(t, 0))
			})
		}
	}
}

// truth remembers what the sources say now, and answers with what brings it back.
func (h hostile) truth(t *testing.T) (heal func()) {
	t.Helper()
	state := h.brain.State()
	var estate lab.Estate
	into(t, state, &estate)
	adjust := h.adjust
	return func() {
		h.brain.believe(nil)
		h.brain.Fill(estate)
		h.adjust = adjust
		h.configure(t)
		_ = os.RemoveAll(filepath.Join(h.dir, "destinations.txt"))
		h.listed(t, forty)
	}
}

// into turns one shape into another by way of JSON.
func into(t *testing.T, from, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(asText(from)), to); err != nil {
		t.Fatal(err)
	}
}
