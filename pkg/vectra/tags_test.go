package vectra_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra"
)

// tagStore is the tag routes of a brain, with a memory.
type tagStore struct {
	mu   sync.Mutex
	tags map[string][]string // by id
	// afterWrite is called once after a PATCH, before the answer shows the tags.
	afterWrite func(tags map[string][]string)
	bulkStatus int
	quiet      bool // PATCH answers without tags
	writes     int
	bulk       []string
}

func (s *tagStore) attach(b *brain, version, kind string) *tagStore {
	base := "/api/v" + version + "/tagging/" + kind
	b.mux.HandleFunc("GET "+base+"/{id}", s.get)
	b.mux.HandleFunc("PATCH "+base+"/{id}", s.patch)
	b.mux.HandleFunc("POST "+base, s.many)
	b.mux.HandleFunc("DELETE "+base, s.many)
	return s
}

func once(hook *func(map[string][]string), tags map[string][]string) {
	if h := *hook; h != nil {
		*hook = nil
		h(tags)
	}
}

func (s *tagStore) get(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.PathValue("id")
	if s.tags[id] == nil {
		reply(w, 404, `{"status":"failure","message":"Could not find requested object"}`)
		return
	}
	body, _ := json.Marshal(map[string]any{"status": "success", "tag_id": id, "tags": s.tags[id]})
	reply(w, 200, string(body))
}

func (s *tagStore) patch(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.PathValue("id")
	var body struct{ Tags []string }
	if s.tags[id] == nil {
		reply(w, 404, `{"status":"failure","message":"Could not find requested object"}`)
		return
	}
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.Tags == nil {
		reply(w, 400, `{"status":"failure"}`)
		return
	}
	s.writes++
	s.tags[id] = body.Tags
	once(&s.afterWrite, s.tags)
	if s.quiet {
		reply(w, 200, ``)
		return
	}
	answer, _ := json.Marshal(map[string]any{"status": "success", "tag_id": json.Number(id), "tags": s.tags[id]})
	reply(w, 200, string(answer))
}

func (s *tagStore) many(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body struct {
		ObjectIDs []json.Number `json:"objectIds"`
		Tag       string        `json:"tag"`
	}
	if s.bulkStatus != 0 {
		reply(w, s.bulkStatus, `{"detail":"no"}`)
		return
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		reply(w, 400, `{}`)
		return
	}
	for _, id := range body.ObjectIDs {
		if s.tags[id.String()] == nil {
			reply(w, 404, `{"status":"failure","message":"Could not find requested object"}`)
			return
		}
	}
	s.bulk = append(s.bulk, fmt.Sprintf("%s %s %d", r.Method, body.Tag, len(body.ObjectIDs)))
	for _, id := range body.ObjectIDs {
		s.set(id.String(), body.Tag, r.Method == http.MethodPost)
	}
	reply(w, 200, `{"_meta":{"level":"Success"}}`)
}

func (s *tagStore) set(id, tag string, on bool) {
	kept := []string{}
	for _, t := range s.tags[id] {
		if t != tag {
			kept = append(kept, t)
		}
	}
	if on {
		kept = append(kept, tag)
	}
	s.tags[id] = kept
}

func (s *tagStore) now() map[string][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tags
}

func hostRef(id string) entity.Ref { return entity.Ref{Source: "hq", Kind: entity.KindHost, ID: id} }

// eachFamily runs a test of tags against a tenant, an appliance, and an appliance without
// bulk calls.
func eachFamily(t *testing.T, tags map[string][]string, f func(t *testing.T, c *vectra.Console, s *tagStore)) {
	t.Helper()
	fresh := func() *tagStore {
		copied := map[string][]string{}
		for id, list := range tags {
			copied[id] = append([]string{}, list...)
		}
		return &tagStore{tags: copied}
	}
	t.Run("rux", func(t *testing.T) {
		b := newBrain(t).granting()
		f(t, b.rux(), fresh().attach(b, "3.4", "host"))
	})
	t.Run("qux", func(t *testing.T) {
		b := newBrain(t)
		f(t, b.qux(), fresh().attach(b, "2.5", "host"))
	})
	for _, status := range []int{400, 404, 405, 413, 422} {
		t.Run(fmt.Sprint("qux whose bulk calls answer ", status), func(t *testing.T) {
			b, s := newBrain(t), fresh()
			s.bulkStatus = status
			f(t, b.qux(), s.attach(b, "2.5", "host"))
		})
	}
}

func TestDecode22_5_EditsLeaveForeignTagsAlone(t *testing.T) {
	tags := map[string][]string{"1": {"SOC", "VAR Host Blocked"}, "2": {}, "3": {"a", "VAR Host Blocked", "b"}}
	eachFamily(t, tags, func(t *testing.T, c *vectra.Console, s *tagStore) {
		errs := c.EditTags(t.Context(), []entity.TagEdit{
			{Ref: hostRef("1"), Add: []string{"VAR ID:x:10.0.0.1", "VAR ID:x:10.0.0.2"}},
			{Ref: hostRef("2"), Add: []string{"VAR Host Blocked", "VAR ID:x:10.0.0.3", "VAR Host Blocked"}},
			{Ref: hostRef("3"), Remove: []string{"VAR Host Blocked", "never there"}},
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{
			"1": {"SOC", "VAR Host Blocked", "VAR ID:x:10.0.0.1", "VAR ID:x:10.0.0.2"},
			"2": {"VAR Host Blocked", "VAR ID:x:10.0.0.3"},
			"3": {"a", "b"},
		}
		if d := cmp.Diff(want, s.now()); d != "" {
			t.Errorf("tags (-want +got):\n%s", d)
		}
	})
}

func TestAGoneEntityDoesNotSpoilTheOthers(t *testing.T) {
	eachFamily(t, map[string][]string{"1": {"SOC"}, "3": {"x"}}, func(t *testing.T, c *vectra.Console, s *tagStore) {
		errs := c.EditTags(t.Context(), []entity.TagEdit{
			{Ref: hostRef("1"), Add: []string{"t", "u"}},
			{Ref: hostRef("2"), Add: []string{"t", "u"}},
			{Ref: hostRef("3"), Add: []string{"t"}, Remove: []string{"x"}},
			{Ref: entity.Ref{Source: "hq", Kind: entity.KindStatic, ID: "9"}, Add: []string{"t"}},
			{Ref: hostRef("../4"), Add: []string{"t"}},
		})
		if errs[0] != nil || errs[2] != nil || !errors.Is(errs[1], vectra.ErrGone) ||
			entity.ClassOf(errs[3]) != entity.Unsupported || entity.ClassOf(errs[4]) != entity.Permanent {
			t.Errorf("errors %v", errs)
		}
		if d := cmp.Diff(map[string][]string{"1": {"SOC", "t", "u"}, "3": {"t"}}, s.now()); d != "" {
			t.Errorf("tags (-want +got):\n%s", d)
		}
	})
}

func TestEditsOfOneEntityFollowEachOther(t *testing.T) {
	eachFamily(t, map[string][]string{"1": {"SOC"}}, func(t *testing.T, c *vectra.Console, s *tagStore) {
		errs := c.EditTags(t.Context(), []entity.TagEdit{
			{Ref: hostRef("1"), Add: []string{"a"}},
			{Ref: hostRef("1"), Add: []string{"b"}, Remove: []string{"a", "b"}},
			{Ref: hostRef("1"), Add: []string{"c"}},
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(map[string][]string{"1": {"SOC", "b", "c"}}, s.now(), cmpopts.SortSlices(strings.Compare)); d != "" {
			t.Errorf("tags (-want +got):\n%s", d)
		}
	})
}

func TestAnApplianceNeedsOneCallForEachDistinctTag(t *testing.T) {
	b, s := newBrain(t), &tagStore{tags: map[string][]string{}}
	var edits []entity.TagEdit
	for i := range 2500 {
		id := fmt.Sprint(i)
		s.tags[id] = []string{"old"}
		edits = append(edits, entity.TagEdit{Ref: hostRef(id), Add: []string{"VAR Host Blocked"}, Remove: []string{"old"}})
	}
	s.attach(b, "2.5", "host")
	if err := errors.Join(b.qux().EditTags(t.Context(), edits)...); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"DELETE old 1000", "DELETE old 1000", "DELETE old 500",
		"POST VAR Host Blocked 1000", "POST VAR Host Blocked 1000", "POST VAR Host Blocked 500",
	}
	if d := cmp.Diff(want, s.bulk, cmpopts.SortSlices(strings.Compare)); d != "" {
		t.Errorf("calls (-want +got):\n%s", d)
	}
	if got := s.tags["2499"]; len(got) != 1 || got[0] != "VAR Host Blocked" {
		t.Errorf("tags %q", got)
	}
}

func TestABrainWithoutBulkCallsIsAskedOnce(t *testing.T) {
	b := newBrain(t)
	s := (&tagStore{tags: map[string][]string{"1": {}}, bulkStatus: 405}).attach(b, "2.5", "host")
	c := b.qux()
	for _, tag := range []string{"a", "b", "c"} {
		if err := c.EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{tag}}})[0]; err != nil {
			t.Fatal(err)
		}
	}
	if n := len(b.seen("POST", "/api/v2.5/tagging/host")); n != 1 {
		t.Errorf("%d bulk calls, want 1", n)
	}
	if d := cmp.Diff([]string{"a", "b", "c"}, s.now()["1"]); d != "" {
		t.Errorf("tags (-want +got):\n%s", d)
	}
}

func TestDecode22_5_ATagOfAnAnalystBetweenReadAndWriteIsKeptOnAppliances(t *testing.T) {
	b := newBrain(t)
	s := (&tagStore{tags: map[string][]string{"1": {"SOC"}}}).attach(b, "2.5", "host")
	c := b.qux()
	must[[]string](t)(c.Tags(t.Context(), hostRef("1")))
	s.set("1", "analyst", true)
	if err := c.EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{"ours"}}})[0]; err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"SOC", "analyst", "ours"}, s.now()["1"]); d != "" {
		t.Errorf("tags (-want +got):\n%s", d)
	}
}

func TestDecode22_5_AWriteThatSomebodyOverwroteIsDoneAgain(t *testing.T) {
	b := newBrain(t).granting()
	s := (&tagStore{tags: map[string][]string{"1": {"SOC"}}}).attach(b, "3.4", "host")
	s.afterWrite = func(tags map[string][]string) { tags["1"] = []string{"SOC", "analyst"} }
	if err := b.rux().EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{"ours"}}})[0]; err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"SOC", "analyst", "ours"}, s.now()["1"]); d != "" {
		t.Errorf("tags (-want +got):\n%s", d)
	}
}

// A tenant is written what was read at once before, or not at all: while a write waits for its next try
// somebody may set a tag.
func TestATagSetWhileAWriteWaitsIsKept(t *testing.T) {
	refusals := map[string]http.HandlerFunc{
		"429": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "1")
			reply(w, 429, `{}`)
		},
		"503": say(503, `{}`), "401": say(401, `{}`), "reset": reset,
	}
	for name, refuse := range refusals {
		t.Run(name, func(t *testing.T) {
			b := newBrain(t).granting()
			s := &tagStore{tags: map[string][]string{"1": {"SOC"}}}
			b.mux.HandleFunc("GET /api/v3.4/tagging/host/{id}", s.get)
			b.turns("PATCH /api/v3.4/tagging/host/{id}", func(w http.ResponseWriter, r *http.Request) {
				s.set("1", "analyst", true)
				refuse(w, r)
			}, s.patch)
			if err := b.rux().EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{"ours"}}})[0]; err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff([]string{"SOC", "analyst", "ours"}, s.now()["1"]); d != "" {
				t.Errorf("tags (-want +got):\n%s", d)
			}
		})
	}
}

func TestDecode22_5_TheReadIsNewAtEachEdit(t *testing.T) {
	b := newBrain(t).granting()
	s := (&tagStore{tags: map[string][]string{"1": {"SOC"}}}).attach(b, "3.4", "host")
	c := b.rux()
	for _, tag := range []string{"a", "b"} {
		if err := c.EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{tag}}})[0]; err != nil {
			t.Fatal(err)
		}
		s.set("1", "analyst after "+tag, true)
	}
	if d := cmp.Diff([]string{"SOC", "a", "analyst after a", "b", "analyst after b"}, s.now()["1"]); d != "" {
		t.Errorf("tags (-want +got):\n%s", d)
	}
}

func TestABrainThatNeverShowsTheTagsIsAnError(t *testing.T) {
	b := newBrain(t).granting()
	b.on("GET /api/v3.4/tagging/host/1", 200, `{"status":"success","tags":["SOC"]}`)
	b.on("PATCH /api/v3.4/tagging/host/1", 200, `{"status":"success","tags":["SOC"]}`)
	err := b.rux().EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{"ours"}}})[0]
	if entity.ClassOf(err) != entity.Transient || len(b.seen("PATCH", "/api/v3.4/tagging/host/1")) != 3 {
		t.Errorf("error %v after %d requests", err, b.total())
	}
}

func TestAnEditThatChangesNothingWritesNothing(t *testing.T) {
	b := newBrain(t).granting()
	s := (&tagStore{tags: map[string][]string{"1": {"SOC", "ours"}}}).attach(b, "3.4", "host")
	err := b.rux().EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{"ours"}, Remove: []string{"gone"}}})[0]
	if err != nil || s.writes != 0 {
		t.Errorf("error %v, %d writes, want none", err, s.writes)
	}
}

func TestAWriteAnsweredWithoutTagsIsReadAgain(t *testing.T) {
	b := newBrain(t).granting()
	s := (&tagStore{tags: map[string][]string{"1": {"SOC"}}, quiet: true}).attach(b, "3.4", "host")
	err := b.rux().EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{"ours"}}})[0]
	if d := cmp.Diff([]string{"SOC", "ours"}, s.now()["1"]); err != nil || d != "" || s.writes != 1 {
		t.Errorf("error %v, %d writes, tags (-want +got):\n%s", err, s.writes, d)
	}
}

func TestDecode22_5_ARefusalWith200NamesTheTags(t *testing.T) {
	body := `{"status":"failure","message":"Invalid tags","invalid_tags":["VAR ID:x:bad"]}`
	edit := []entity.TagEdit{{Ref: hostRef("1"), Add: []string{"VAR ID:x:bad"}}}
	b := newBrain(t).granting().on("GET /api/v3.4/tagging/host/1", 200, `{"status":"success","tags":["SOC"]}`)
	b.on("PATCH /api/v3.4/tagging/host/1", 200, body).on("POST /api/v2.5/tagging/host", 200, body)
	for name, c := range map[string]*vectra.Console{"rux": b.rux(), "qux": b.qux()} {
		err := c.EditTags(t.Context(), edit)[0]
		if entity.ClassOf(err) != entity.Permanent || !strings.Contains(err.Error(), "VAR ID:x:bad") {
			t.Errorf("%s: error %v, want one that names the tag", name, err)
		}
	}
}

func TestTagsThatWereNotReadAreNeverWritten(t *testing.T) {
	for _, body := range []string{
		``, `{}`, `null`, `[]`, `{"status":"success"}`, `{"status":"success","tags":null}`, `{"status":"success","tags":"SOC"}`, `{"status":"success","tags":[1]}`,
		`{"status":"failure","tags":["SOC"]}`, `<html>login</html>`, `{"status":"success","tags":["SOC"`,
	} {
		b := newBrain(t).granting()
		b.on("GET /api/v3.4/tagging/host/1", 200, body).on("PATCH /api/v3.4/tagging/host/1", 200, `{"status":"success","tags":["ours"]}`)
		err := b.rux().EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{"ours"}}})[0]
		if err == nil || len(b.seen("PATCH", "/api/v3.4/tagging/host/1")) != 0 {
			t.Errorf("%q: error %v; the tags of analysts were overwritten", body, err)
		}
	}
}

func TestDecode22_4_TagIDIsATextOrANumber(t *testing.T) {
	for _, form := range []string{`"1969"`, `1969`, `null`} {
		b := newBrain(t).on("GET /api/v2.5/tagging/host/1969", 200, `{"status":"success","tag_id":`+form+`,"tags":["SOC"]}`)
		got := must[[]string](t)(b.qux().Tags(t.Context(), hostRef("1969")))
		if d := cmp.Diff([]string{"SOC"}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", form, d)
		}
	}
}

func TestDecode22_5_ATaggingOf404IsGone(t *testing.T) {
	b := newBrain(t).on("GET /api/v2.5/tagging/host/7", 404, `{"status":"failure","message":"Could not find requested object"}`)
	if _, err := b.qux().Tags(t.Context(), hostRef("7")); !errors.Is(err, vectra.ErrGone) {
		t.Errorf("error %v, want ErrGone", err)
	}
}

func TestHostTagsOfOldTenantsAreUnsupported(t *testing.T) {
	b := newBrain(t).granting()
	c := b.rux(api("3.2"))
	if _, err := c.Tags(t.Context(), hostRef("1")); entity.ClassOf(err) != entity.Unsupported {
		t.Errorf("error %v, want unsupported", err)
	}
	if err := c.EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{"a"}}})[0]; entity.ClassOf(err) != entity.Unsupported {
		t.Errorf("error %v, want unsupported", err)
	}
}

func TestDecode22_5_AFilterThatMatchesLooselyIsCheckedExactly(t *testing.T) {
	row := func(id int, tags string) string {
		return fmt.Sprintf(`{"id":%d,"tags":[%s],"state":"active"}`, id, tags)
	}
	rows := []string{row(1, `"block"`), row(2, `"unblock"`), row(3, `"Block"`), row(4, `"x","VAR Detection Blocked"`), row(5, ``), row(6, `"unblocked"`)}
	b := newBrain(t).granting().on("GET /api/v3.4/detections", 200, envelope(6, "", rows...))
	got := must[[]entity.Finding](t)(detections(t, b.rux(), entity.Query{Tags: []string{"block", "unblock", "VAR Detection Blocked"}}))
	if d := cmp.Diff([]string{"1", "2", "4"}, detectionIDs(got)); d != "" {
		t.Errorf("detections (-want +got):\n%s", d)
	}
	if q := b.seen("GET", "/api/v3.4/detections")[0].query["tags"]; !slices.Equal(q, []string{"block,unblock,VAR Detection Blocked"}) {
		t.Errorf("asked for %q, want any of three in one request", q)
	}
}

// BUG-19 and BUG-20: tags that merely contain a tag that is looked for.
func TestBUG20_ATagMerelyLikeOurMarkerIsNone(t *testing.T) {
	rows := []string{`{"id":1,"tags":["not VAR Host Blocked"]}`, `{"id":2,"tags":["VAR Host Blocked"]}`, `{"id":3,"tags":["var host blocked"]}`, `{"id":4,"tags":["VAR Host Blocked "]}`}
	for _, q := range []entity.Query{{Tags: []string{"VAR Host Blocked"}}, {Tags: []string{"VAR Host Blocked", "a,b"}}} {
		c := newBrain(t).on("GET /api/v2.5/hosts", 200, envelope(4, "", rows...)).qux()
		got := must[[]entity.Target](t)(hosts(t, c, q))
		if d := cmp.Diff([]string{"2"}, hostIDs(got)); d != "" {
			t.Errorf("%q (-want +got):\n%s", q.Tags, d)
		}
	}
}
