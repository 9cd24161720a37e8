package vectra_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra"
)

func hostRow(id int) string { return fmt.Sprintf(`{"id":%d,"name":"h%d","tags":[]}`, id, id) }

func TestDecode22_3_EveryPageIsRead(t *testing.T) {
	tests := map[string]struct {
		pages [][]string
		want  []string
	}{
		"no page":     {nil, nil},
		"one page":    {[][]string{{hostRow(1), hostRow(2)}}, []string{"1", "2"}},
		"three pages": {[][]string{{hostRow(1)}, {hostRow(2)}, {hostRow(3)}}, []string{"1", "2", "3"}},
		"an id twice": {[][]string{{hostRow(1), hostRow(2)}, {hostRow(2), hostRow(3)}}, []string{"1", "2", "3"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := newBrain(t).pages("GET /api/v2.5/hosts", tt.pages...).qux()
			got := must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
			if d := cmp.Diff(tt.want, hostIDs(got)); d != "" {
				t.Errorf("hosts (-want +got):\n%s", d)
			}
		})
	}
}

func TestDecode22_3_NextIsFollowedOnOurOwnOriginOnly(t *testing.T) {
	elsewhere := newBrain(t)
	tests := map[string]string{
		"other scheme":      "https://%s/api/v2.5/hosts?page=2",
		"other host":        elsewhere.srv.URL + "/api/v2.5/hosts?page=2",
		"other API version": "http://%s/api/v3/hosts?page=2",
		"other path":        "http://%s/admin/delete?page=2",
		"query only":        "?page=2",
		"other filters":     "http://%s/api/v2.5/hosts?page=2&all=false&page_size=50",
		"a cursor":          "http://%s/api/v2.5/hosts?cursor=abc&page=2",
	}
	for name, next := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBrain(t)
			b.mux.HandleFunc("GET /api/v2.5/hosts", func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("all") != "true" {
					t.Errorf("the filter was lost: %s", r.URL.RawQuery)
				}
				if r.URL.Query().Get("page") == "2" {
					reply(w, 200, envelope(2, "", hostRow(2)))
					return
				}
				at := next
				if len(at) > 0 && slices.Contains([]byte(at), '%') {
					at = fmt.Sprintf(next, r.Host)
				}
				reply(w, 200, envelope(2, at, hostRow(1)))
			})
			got := must[[]entity.Target](t)(hosts(t, b.qux(), entity.Query{}))
			if d := cmp.Diff([]string{"1", "2"}, hostIDs(got)); d != "" {
				t.Errorf("hosts (-want +got):\n%s", d)
			}
			if n := b.total(); n != 2 {
				t.Errorf("%d requests, want 2", n)
			}
		})
	}
	if n := elsewhere.total(); n != 0 {
		t.Errorf("%d requests went to another origin", n)
	}
}

func TestDecode22_3_APageThatIsGoneInMidWalkIsTheEnd(t *testing.T) {
	b := newBrain(t).turns("GET /api/v2.5/hosts",
		say(200, envelope(3, "http://x/?page=2", hostRow(1), hostRow(2))),
		say(404, `{"detail":"Invalid page \"2\": That page contains no results."}`))
	got := must[[]entity.Target](t)(hosts(t, b.qux(), entity.Query{}))
	if d := cmp.Diff([]string{"1", "2"}, hostIDs(got)); d != "" {
		t.Errorf("hosts (-want +got):\n%s", d)
	}
}

func TestFewerThanAreCountedAreNotAll(t *testing.T) {
	tests := map[string][]http.HandlerFunc{
		"one page":       {say(200, envelope(2, "", hostRow(1)))},
		"an empty page":  {say(200, envelope(1, ""))},
		"the last pages": {say(200, envelope(3, "http://x/?page=2", hostRow(1))), say(200, envelope(3, "", hostRow(2)))},
	}
	for name, answers := range tests {
		t.Run(name, func(t *testing.T) {
			c := newBrain(t).turns("GET /api/v2.5/hosts", answers...).qux()
			if got, err := hosts(t, c, entity.Query{}); !errors.Is(err, vectra.ErrIncomplete) {
				t.Errorf("got %v, %v, want ErrIncomplete", got, err)
			}
		})
	}
}

func TestRowsThatGoWhileTheyAreReadAreNotMissing(t *testing.T) {
	c := newBrain(t).turns("GET /api/v2.5/hosts",
		say(200, envelope(4, "http://x/?page=2", hostRow(1), hostRow(2))), say(200, envelope(3, "", hostRow(4)))).qux()
	got := must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
	if d := cmp.Diff([]string{"1", "2", "4"}, hostIDs(got)); d != "" {
		t.Errorf("hosts (-want +got):\n%s", d)
	}
}

func TestAFirstPageThatIsMissingIsAnError(t *testing.T) {
	c := newBrain(t).on("GET /api/v2.5/hosts", 404, `{"detail":"Not found."}`).qux()
	if _, err := hosts(t, c, entity.Query{}); err == nil {
		t.Error("no error: a missing list looks empty")
	}
}

func TestAProxyPageInMidWalkIsNoEnd(t *testing.T) {
	c := newBrain(t).turns("GET /api/v2.5/hosts",
		say(200, envelope(3, "http://x/?page=2", hostRow(1))), say(404, `<html>not here</html>`)).qux()
	if _, err := hosts(t, c, entity.Query{}); err == nil {
		t.Error("no error: half of the hosts look like all")
	}
}

func TestPagesThatRepeatEndTheWalkWithAnError(t *testing.T) {
	n := 0
	tests := map[string]http.HandlerFunc{
		"the same next": say(200, envelope(9, "http://x/?page=2", hostRow(1))),
		"ever more pages of the same": func(w http.ResponseWriter, _ *http.Request) {
			n++
			reply(w, 200, envelope(9, fmt.Sprintf("http://x/?page=%d", n+1), hostRow(1)))
		},
		"ever more empty pages": func(w http.ResponseWriter, _ *http.Request) {
			n++
			reply(w, 200, envelope(9, fmt.Sprintf("http://x/?page=%d", n+1)))
		},
	}
	for name, h := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBrain(t)
			b.mux.HandleFunc("GET /api/v2.5/hosts", h)
			_, err := hosts(t, b.qux(), entity.Query{})
			if !errors.Is(err, vectra.ErrIncomplete) {
				t.Errorf("error %v, want ErrIncomplete", err)
			}
			if b.total() > 10 {
				t.Errorf("%d requests before it gave up", b.total())
			}
		})
	}
}

func TestAnErrorOfTheCallerEndsTheWalk(t *testing.T) {
	b := newBrain(t).pages("GET /api/v2.5/hosts", []string{hostRow(1)}, []string{hostRow(2)})
	enough := errors.New("enough")
	err := b.qux().Hosts(t.Context(), entity.Query{}, func(entity.Target) error { return enough })
	if !errors.Is(err, enough) || b.total() != 1 {
		t.Errorf("error %v after %d requests, want the caller's after 1", err, b.total())
	}
}

func TestRowsWithoutIDsAreNotSkipped(t *testing.T) {
	for _, row := range []string{`{"name":"x"}`, `{"id":null}`, `{"id":""}`, `null`, `[]`, `7`, `{"id":"../x"}`, `{"id":{}}`} {
		t.Run(row, func(t *testing.T) {
			c := newBrain(t).on("GET /api/v2.5/hosts", 200, envelope(1, "", row)).qux()
			if got, err := hosts(t, c, entity.Query{}); err == nil {
				t.Errorf("got %v, want an error", got)
			}
		})
	}
}

func TestOptionalParametersAreLeftOutWhenTheBrainRefusesThem(t *testing.T) {
	b := newBrain(t)
	b.mux.HandleFunc("GET /api/v2.5/hosts", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("ordering") {
			reply(w, 400, `{"details":"The following query parameter(s) are invalid: ordering."}`)
			return
		}
		reply(w, 200, envelope(1, "", hostRow(1)))
	})
	c := b.qux()
	for range 2 {
		if got := must[[]entity.Target](t)(hosts(t, c, entity.Query{})); len(got) != 1 {
			t.Fatalf("%d hosts, want 1", len(got))
		}
	}
	if b.total() != 3 {
		t.Errorf("%d requests, want 3: what was refused once is not asked again", b.total())
	}
}

func TestABadQueryDoesNotCostTheOptionalParameters(t *testing.T) {
	b := newBrain(t).turns("GET /api/v2.5/hosts", say(400, `{"detail":"bad tag"}`), say(400, `{"detail":"bad tag"}`), say(200, envelope(0, "")))
	c := b.qux()
	if _, err := hosts(t, c, entity.Query{Tags: []string{"odd"}}); err == nil {
		t.Fatal("a refused query looks empty")
	}
	must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
	if q := b.seen("GET", "/api/v2.5/hosts")[2].query; len(q["ordering"]) != 1 {
		t.Errorf("query %v has lost its ordering", q)
	}
}
