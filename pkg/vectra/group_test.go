package vectra_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra"
)

// groupSamples are the groups of the reference, and one whose name contains another's.
var groupSamples = []string{
	`{"id":8,"name":"NoBlock","description":"never block","type":"host","importance":"medium",
	  "members":[{"id":97,"name":"srv-db-01","is_key_asset":true,"url":"https://brain.example.net/api/v2.5/hosts/97"}],"rules":[{"id":189}]}`,
	`{"id":22,"name":"NoBlock","type":"account","importance":"high","members":[{"uid":"O365:svc@example.net"},{"uid":"administrator@example.net"}]}`,
	`{"id":16,"name":"NoBlock","type":"ip","members":["192.0.2.0/24","198.51.100.9"]}`,
	`{"id":9,"name":"NoBlock servers","type":"host","members":[{"id":98,"name":"srv-db-02"}]}`,
	`{"id":10,"name":"noblock","type":"host","members":[{"id":99,"name":"srv-db-03"}]}`,
}

func members(ids, uids []string) entity.Members {
	m := entity.Members{IDs: map[string]bool{}, UIDs: map[string]bool{}}
	for _, id := range ids {
		m.IDs[id] = true
	}
	for _, uid := range uids {
		m.UIDs[uid] = true
	}
	return m
}

func TestDecode22_6_GroupsAreFoundByExactNameAndType(t *testing.T) {
	forms := map[string]string{"envelope": envelope(len(groupSamples), "", groupSamples...), "bare array": "[" + strings.Join(groupSamples, ",") + "]"}
	for name, body := range forms {
		t.Run(name, func(t *testing.T) {
			c := newBrain(t).on("GET /api/v2.5/groups", 200, body).qux()
			got := must[entity.Members](t)(c.Group(t.Context(), entity.KindHost, "NoBlock"))
			if d := cmp.Diff(members([]string{"97"}, nil), got); d != "" {
				t.Errorf("hosts (-want +got):\n%s", d)
			}
			got = must[entity.Members](t)(c.Group(t.Context(), entity.KindAccount, "NoBlock"))
			if d := cmp.Diff(members(nil, []string{"O365:svc@example.net", "administrator@example.net"}), got); d != "" {
				t.Errorf("accounts (-want +got):\n%s", d)
			}
		})
	}
}

func TestAGroupThatIsNotThereIsAnError(t *testing.T) {
	c := newBrain(t).on("GET /api/v2.5/groups", 200, envelope(5, "", groupSamples...)).qux()
	tests := map[string]struct {
		kind entity.Kind
		says string
	}{"Block": {entity.KindHost, `"Block"`}, "noblock SERVERS": {entity.KindHost, `there is "NoBlock servers"`}, "NoBlock servers": {entity.KindAccount, "account"}}
	for name, tt := range tests {
		_, err := c.Group(t.Context(), tt.kind, name)
		if !errors.Is(err, vectra.ErrNoGroup) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: error %v, want ErrNoGroup with %s", name, err, tt.says)
		}
	}
}

func TestAnEmptyGroupIsNoError(t *testing.T) {
	c := newBrain(t).on("GET /api/v2.5/groups", 200, envelope(1, "", `{"id":1,"name":"G","type":"host","members":[]}`)).qux()
	got := must[entity.Members](t)(c.Group(t.Context(), entity.KindHost, "G"))
	if len(got.IDs)+len(got.UIDs) != 0 {
		t.Errorf("members %v", got)
	}
}

// large is a group that shows 2,000 members, ids from 1 on.
func large(extra string) string {
	var all []string
	for i := range 2000 {
		all = append(all, fmt.Sprintf(`{"id":%d,"name":"h"}`, i+1))
	}
	return fmt.Sprintf(`{"id":8,"name":"NoBlock","type":"host",%s"members":[%s]}`, extra, strings.Join(all, ","))
}

func memberPages(n int) [][]string {
	var pages [][]string
	for i := range n {
		if i%1000 == 0 {
			pages = append(pages, nil)
		}
		pages[len(pages)-1] = append(pages[len(pages)-1], fmt.Sprintf(`{"id":%d,"name":"h"}`, i+1))
	}
	return pages
}

func TestDecode22_6_MembersBeyond2000ComeFromTheMemberRoute(t *testing.T) {
	for _, version := range []string{"2.5", "3.4"} {
		b := newBrain(t).granting()
		b.on("GET /api/v"+version+"/groups", 200, envelope(1, "", large("")))
		b.pages("GET /api/v"+version+"/groups/8/members", memberPages(2500)...)
		c := b.rux(api("3.4"))
		if version == "2.5" {
			c = b.qux()
		}
		got := must[entity.Members](t)(c.Group(t.Context(), entity.KindHost, "NoBlock"))
		if !got.Has("2500", "") || len(got.IDs) != 2500 {
			t.Errorf("%s: %d members, want 2500", version, len(got.IDs))
		}
	}
}

func TestDecode22_6_AMemberRouteThatIsMissingLeavesTheGroupIncomplete(t *testing.T) {
	routes := map[string]func(b *brain){
		"404": func(b *brain) { b.on("GET /api/v2.5/groups/8/members", 404, `{"detail":"Not found."}`) },
		"405": func(b *brain) { b.on("GET /api/v2.5/groups/8/members", 405, `{"detail":"no"}`) },
		"404 in mid-walk": func(b *brain) {
			b.turns("GET /api/v2.5/groups/8/members", say(200, envelope(2500, "http://x/?page=2", memberPages(1000)[0]...)), say(404, `{"detail":"Invalid page."}`))
		},
		"a page is missing": func(b *brain) {
			b.on("GET /api/v2.5/groups/8/members", 200, envelope(2500, "", memberPages(1000)[0]...))
		},
		"an odd member": func(b *brain) { b.on("GET /api/v2.5/groups/8/members", 200, envelope(1, "", `{"name":"only a name"}`)) },
	}
	for name, route := range routes {
		t.Run(name, func(t *testing.T) {
			b := newBrain(t).on("GET /api/v2.5/groups", 200, envelope(1, "", large("")))
			route(b)
			_, err := b.qux().Group(t.Context(), entity.KindHost, "NoBlock")
			if !errors.Is(err, vectra.ErrIncomplete) {
				t.Errorf("error %v, want ErrIncomplete", err)
			}
		})
	}
}

func TestOldReleasesCannotListMoreThan2000Members(t *testing.T) {
	b := newBrain(t).on("GET /api/v2.3/groups", 200, envelope(1, "", large("")))
	if _, err := b.qux(api("2.3")).Group(t.Context(), entity.KindHost, "NoBlock"); !errors.Is(err, vectra.ErrIncomplete) || b.total() != 1 {
		t.Errorf("error %v after %d requests", err, b.total())
	}
}

func TestFewMembersNeedNoMemberRoute(t *testing.T) {
	b := newBrain(t).on("GET /api/v2.5/groups", 200, envelope(1, "", groupSamples[0]))
	must[entity.Members](t)(b.qux().Group(t.Context(), entity.KindHost, "NoBlock"))
	if b.total() != 1 {
		t.Errorf("%d requests, want 1", b.total())
	}
}

func TestDecode22_6_AccountMembersComeInEveryForm(t *testing.T) {
	tests := map[string]entity.Members{
		`{"uid":"a@x"}`:                     members(nil, []string{"a@x"}),
		`{"id":7}`:                          members([]string{"7"}, nil),
		`{"id":7,"uid":"a@x"}`:              members([]string{"7"}, []string{"a@x"}),
		`{"id":7,"name":"a@x"}`:             members([]string{"7"}, []string{"a@x"}),
		`{"id":"7","uid":null,"name":null}`: members([]string{"7"}, nil),
		`"a@x"`:                             members(nil, []string{"a@x"}),
		`7`:                                 members([]string{"7"}, nil),
	}
	for row, want := range tests {
		b := newBrain(t).granting().on("GET /api/v3.4/groups", 200, envelope(1, "", `{"id":1,"name":"G","type":"account","members":[`+row+`]}`))
		got := must[entity.Members](t)(b.rux().Group(t.Context(), entity.KindAccount, "G"))
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", row, d)
		}
		if q := b.seen("GET", "/api/v3.4/groups")[0].query["include_members"]; len(q) != 1 || q[0] != "true" {
			t.Errorf("include_members %q, want true", q)
		}
	}
}

func TestAMemberThatCannotBeReadMakesTheGroupIncomplete(t *testing.T) {
	for _, row := range []string{`null`, `{}`, `{"name":"a host's name"}`, `[]`, `true`, `{"id":"../1"}`, `""`} {
		kind := entity.KindHost
		body := `{"id":1,"name":"G","type":"host","members":[{"id":1},` + row + `]}`
		c := newBrain(t).on("GET /api/v2.5/groups", 200, envelope(1, "", body)).qux()
		if got, err := c.Group(t.Context(), kind, "G"); !errors.Is(err, vectra.ErrIncomplete) {
			t.Errorf("%s: %v, %v, want ErrIncomplete", row, got, err)
		}
	}
}

func TestDecode22_6_ARegexGroup(t *testing.T) {
	evaluating := `{"id":8,"name":"NoBlock","type":"host","regex":"srv-.*","is_membership_evaluation_ongoing":true,"members":[{"id":1}]}`
	b := newBrain(t).granting().on("GET /api/v3.4/groups", 200, envelope(1, "", evaluating))
	_, err := b.rux().Group(t.Context(), entity.KindHost, "NoBlock")
	if !errors.Is(err, vectra.ErrIncomplete) || entity.ClassOf(err) != entity.Transient {
		t.Errorf("still evaluating: error %v, want ErrIncomplete", err)
	}
	settled := `{"id":8,"name":"NoBlock","type":"host","regex":"srv-.*","is_membership_evaluation_ongoing":false}`
	b = newBrain(t).granting().on("GET /api/v3.4/groups", 200, envelope(1, "", settled))
	b.pages("GET /api/v3.4/groups/8/members", []string{`{"id":5,"name":"srv-1"}`})
	got := must[entity.Members](t)(b.rux().Group(t.Context(), entity.KindHost, "NoBlock"))
	if d := cmp.Diff(members([]string{"5"}, nil), got); d != "" {
		t.Errorf("members that are not embedded (-want +got):\n%s", d)
	}
}

func TestGroupsOfAllPagesAreSearched(t *testing.T) {
	b := newBrain(t).pages("GET /api/v2.5/groups", groupSamples[1:], groupSamples[:1])
	if got := must[entity.Members](t)(b.qux().Group(t.Context(), entity.KindHost, "NoBlock")); !got.Has("97", "") {
		t.Errorf("members %v", got)
	}
}

func TestAGroupThatCannotBeReadIsNeverEmpty(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"403": say(403, `{"detail":"You do not have permission to perform this action."}`), "500": say(500, ``),
		"reset": reset, "HTML": say(200, `<html>`), "no results": say(200, `{"count":0}`), "truncated": say(200, `[{"id":1,"name":`),
		"odd members":    say(200, `[{"id":1,"name":"NoBlock","type":"host","members":{}}]`),
		"members a text": say(200, `[{"id":1,"name":"NoBlock","type":"host","members":"97"}]`),
	} {
		b := newBrain(t)
		b.mux.HandleFunc("GET /api/v2.5/groups", h)
		if got, err := b.qux().Group(t.Context(), entity.KindHost, "NoBlock"); err == nil || errors.Is(err, vectra.ErrNoGroup) {
			t.Errorf("%s: %v, %v, want an error that is not ErrNoGroup", name, got, err)
		}
	}
}

func TestGroupsThatAVersionDoesNotHaveAreUnsupported(t *testing.T) {
	b := newBrain(t)
	for _, tt := range []struct {
		c    *vectra.Console
		kind entity.Kind
	}{
		{b.qux(api("2.3")), entity.KindAccount},
		{b.rux(api("3.1")), entity.KindAccount},
		{b.rux(api("3.2")), entity.KindHost},
		{b.qux(), entity.KindDetection},
	} {
		if _, err := tt.c.Group(t.Context(), tt.kind, "G"); entity.ClassOf(err) != entity.Unsupported {
			t.Errorf("error %v, want unsupported", err)
		}
	}
}
