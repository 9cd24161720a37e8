package vectra_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/vectra"
)

// notebook is the notes of one object, as a resource or as a field.
type notebook struct {
	mu    sync.Mutex
	notes []string
	// before and after, when set, answer the first POST instead, before or after it is done.
	before, after http.HandlerFunc
}

func (n *notebook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch r.Method {
	case http.MethodGet:
		rows := []map[string]any{}
		for i, text := range n.notes {
			rows = append(rows, map[string]any{"id": i, "note": text, "created_by": "api_client_0f", "date_modified": nil})
		}
		body, _ := json.Marshal(rows)
		reply(w, 200, string(body))
	case http.MethodPost:
		n.post(w, r)
	}
}

func (n *notebook) post(w http.ResponseWriter, r *http.Request) {
	if h := n.before; h != nil {
		n.before = nil
		h(w, r)
		return
	}
	var body struct{ Note string }
	if json.NewDecoder(r.Body).Decode(&body) != nil || body.Note == "" {
		reply(w, 400, `{"detail":"note is empty"}`)
		return
	}
	n.notes = append([]string{body.Note}, n.notes...)
	if h := n.after; h != nil {
		n.after = nil
		h(w, r)
		return
	}
	reply(w, 201, `{"id":791,"date_created":"2025-03-11T04:57:56.686774Z","note":"x"}`)
}

const blocked = "VAR: Blocked on 21 Nov 2026 at 19:18:30"

func TestNotesAreAddedOnceInFrontOfOthers(t *testing.T) {
	for _, version := range []string{"2.2", "2.5", "3.3", "3.4"} {
		for _, kind := range []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection} {
			b, n := newBrain(t).granting(), &notebook{notes: []string{"seen by SOC"}}
			b.mux.Handle("/api/v"+version+"/"+string(kind)+"s/7/notes", n)
			open := b.rux
			if version[0] == '2' {
				open = b.qux
			}
			c := open(api(version))
			ref := entity.Ref{Source: "hq", Kind: kind, ID: "7"}
			if err := c.AddNote(t.Context(), ref, "  "+blocked+"\n"); err != nil {
				t.Fatal(err)
			}
			got := must[[]string](t)(c.Notes(t.Context(), ref))
			if d := cmp.Diff([]string{blocked, "seen by SOC"}, got); d != "" {
				t.Errorf("%s %s (-want +got):\n%s", version, kind, d)
			}
		}
	}
}

// BUG-14: a 429, or a 500 to a note, ended the process of the brain.
func TestBUG14_ANoteSurvivesTroubleAndIsThereOnce(t *testing.T) {
	slow := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "2")
		reply(w, 429, `{"detail":"slow down"}`)
	}
	tests := map[string]struct {
		before, after http.HandlerFunc
		notes         int
		class         entity.ErrorClass
	}{
		"429 before":               {before: slow, notes: 1},
		"500 before":               {before: say(500, ``), class: entity.Transient},
		"502 before":               {before: say(502, `<html>bad gateway</html>`), class: entity.Transient},
		"reset before":             {before: reset, class: entity.Unknown},
		"403 before":               {before: say(403, `{"detail":"no"}`), class: entity.Unauthorized},
		"500 after it was added":   {after: say(500, ``), notes: 1},
		"reset after it was added": {after: reset, notes: 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, n := newBrain(t), &notebook{before: tt.before, after: tt.after}
			b.mux.Handle("/api/v2.5/hosts/7/notes", n)
			err := b.qux().AddNote(t.Context(), hostRef("7"), blocked)
			if entity.ClassOf(err) != tt.class || len(n.notes) != tt.notes {
				t.Errorf("error %v with %d notes, want class %q with %d", err, len(n.notes), tt.class, tt.notes)
			}
		})
	}
}

// BUG-14, the other half: 429 to a read or to a tag is waited for.
func TestBUG14_A429IsWaitedForAtEveryCall(t *testing.T) {
	b := newBrain(t)
	b.turns("GET /api/v2.5/hosts", say(429, ``), say(200, envelope(1, "", hostRow(1))))
	b.turns("POST /api/v2.5/tagging/host", say(429, ``), say(200, ``))
	c := b.qux()
	must[[]entity.Target](t)(hosts(t, c, entity.Query{}))
	if err := c.EditTags(t.Context(), []entity.TagEdit{{Ref: hostRef("1"), Add: []string{"a"}}})[0]; err != nil {
		t.Error(err)
	}
}

func TestANoteIsNeverEmptyNorTooLong(t *testing.T) {
	b, n := newBrain(t), &notebook{}
	b.mux.Handle("/api/v2.5/hosts/7/notes", n)
	c := b.qux()
	if err := c.AddNote(t.Context(), hostRef("7"), " \n"); entity.ClassOf(err) != entity.Permanent || b.total() != 0 {
		t.Errorf("an empty note: error %v after %d requests", err, b.total())
	}
	if err := c.AddNote(t.Context(), hostRef("7"), strings.Repeat("ü", 8001)); err != nil {
		t.Fatal(err)
	}
	if got := []rune(n.notes[0]); len(got) != 8000 || got[7999] != '…' || got[7998] != 'ü' {
		t.Errorf("%d characters, ending %q", len(got), string(got[len(got)-2:]))
	}
}

func TestOldReleasesKeepOneNoteThatIsEscaped(t *testing.T) {
	note := "if a < b & c"
	b := newBrain(t)
	b.mux.HandleFunc("GET /api/v2.1/hosts/7", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, 200, fmt.Sprintf(`{"id":7,"note":%q}`, html.EscapeString(note)))
	})
	b.mux.HandleFunc("PATCH /api/v2.1/hosts/7", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Note string }
		_ = json.NewDecoder(r.Body).Decode(&body)
		note = body.Note
		reply(w, 200, `{}`)
	})
	c := b.qux(api("2.1"))
	if err := c.AddNote(t.Context(), hostRef("7"), blocked); err != nil {
		t.Fatal(err)
	}
	want := blocked + "\nif a < b & c"
	if got := must[[]string](t)(c.Notes(t.Context(), hostRef("7"))); note != want || len(got) != 1 || got[0] != want {
		t.Errorf("note %q read as %q, want %q", note, got, want)
	}
	note = ""
	if got := must[[]string](t)(c.Notes(t.Context(), hostRef("7"))); got != nil {
		t.Errorf("notes %q, want none", got)
	}
	if err := c.AddNote(t.Context(), hostRef("7"), blocked); err != nil || note != blocked {
		t.Errorf("error %v, note %q", err, note)
	}
}

func TestAnOldNoteThatCannotBeReadIsNotOverwritten(t *testing.T) {
	for _, body := range []string{``, `<html>`, `[]`, `{"id":7,"note":"x`} {
		b := newBrain(t).on("GET /api/v2.1/hosts/7", 200, body).on("PATCH /api/v2.1/hosts/7", 200, `{}`)
		err := b.qux(api("2.1")).AddNote(t.Context(), hostRef("7"), blocked)
		if err == nil || len(b.seen("PATCH", "/api/v2.1/hosts/7")) != 0 {
			t.Errorf("%q: error %v; the note of an analyst was overwritten", body, err)
		}
	}
}

func TestNotesThatAVersionDoesNotHaveAreUnsupported(t *testing.T) {
	b := newBrain(t)
	account := entity.Ref{Source: "hq", Kind: entity.KindAccount, ID: "7"}
	for name, err := range map[string]error{
		"account of v2.1": b.qux(api("2.1")).AddNote(t.Context(), account, blocked),
		"host of v3.2":    b.rux(api("3.2")).AddNote(t.Context(), hostRef("7"), blocked),
		"static":          b.qux().AddNote(t.Context(), entity.Ref{Kind: entity.KindStatic, ID: "7"}, blocked),
	} {
		if entity.ClassOf(err) != entity.Unsupported {
			t.Errorf("%s: error %v, want unsupported", name, err)
		}
	}
	if _, err := b.qux(api("2.1")).Notes(t.Context(), account); entity.ClassOf(err) != entity.Unsupported || b.total() != 0 {
		t.Errorf("reading: error %v after %d requests", err, b.total())
	}
}

func TestNotesOfWhatIsGone(t *testing.T) {
	b := newBrain(t).on("/", 404, `{"detail":"Not found."}`)
	for _, c := range []*vectra.Console{b.qux(), b.qux(api("2.1"))} {
		if _, err := c.Notes(t.Context(), hostRef("7")); !errors.Is(err, vectra.ErrGone) {
			t.Errorf("reading: error %v, want ErrGone", err)
		}
		if err := c.AddNote(t.Context(), hostRef("7"), blocked); !errors.Is(err, vectra.ErrGone) {
			t.Errorf("adding: error %v, want ErrGone", err)
		}
		if err := c.AddNote(t.Context(), hostRef("../7"), blocked); entity.ClassOf(err) != entity.Permanent {
			t.Errorf("odd id: error %v", err)
		}
		if _, err := c.Notes(t.Context(), hostRef("../7")); entity.ClassOf(err) != entity.Permanent {
			t.Errorf("odd id: error %v", err)
		}
	}
}

func TestNotesThatCannotBeReadAreNotNone(t *testing.T) {
	for _, body := range []string{`<html>`, `{"count":1}`, `["text`, ``, `{"results":null}`} {
		b := newBrain(t).on("GET /api/v2.5/hosts/7/notes", 200, body)
		if got, err := b.qux().Notes(t.Context(), hostRef("7")); err == nil {
			t.Errorf("%q was read as %q", body, got)
		}
	}
}

func TestNotesInsideObjectsAreUnescapedWhereTheyAreEscaped(t *testing.T) {
	b := newBrain(t).on("GET /api/", 200, envelope(1, "", `{"id":1,"note":"a &lt; b &amp;amp; c"}`))
	for version, want := range map[string]string{"2.1": "a < b &amp; c", "2.2": "a &lt; b &amp;amp; c"} {
		c := b.qux(api(version))
		got := []string{
			must[[]entity.Target](t)(hosts(t, c, entity.Query{}))[0].Host.Note,
			must[[]entity.Target](t)(accounts(t, c, entity.Query{}))[0].Account.Note,
			must[[]entity.Finding](t)(detections(t, c, entity.Query{}))[0].Detection.Note,
		}
		if d := cmp.Diff([]string{want, want, want}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", version, d)
		}
	}
}
