package webhook

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/var-project/var/pkg/notify"
	"github.com/var-project/var/pkg/secret"
)

// hostile are names that a host may have.
var hostile = []string{
	"<!channel> @here <https://evil.example.net|click>", "&lt;!everyone&gt; <@U123>", "[click](https://evil.example.net) **bold** _it_ `code`",
	"<at>everyone</at>", "\x1b[2J\r\nX: y\u202e", `","text":"forged`, "{{.Secret}} ${x} %s", "\xff\xfe", strings.Repeat("<&>", 3000), ":fire: #tag ||spoiler||",
}

func render(t *testing.T, c Config, b notify.Batch) []string {
	t.Helper()
	c.URL = secret.New("https://h.example.net")
	ch, err := New(c, from)
	if err != nil {
		t.Fatal(err)
	}
	all, err := ch.bodies(b)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, m := range all {
		texts = append(texts, string(m.text))
	}
	return texts
}

// texts are all strings of what was sent, by the key that they stand under.
func texts(v any, key string, each func(key, text string)) {
	switch v := v.(type) {
	case string:
		each(key, v)
	case []any:
		for _, e := range v {
			texts(e, key, each)
		}
	case map[string]any:
		for k, e := range v {
			texts(e, k, each)
		}
	}
}

func TestNoNameSteersWhoReadsIt(t *testing.T) {
	forms := map[string]Config{JSON: {}, Slack: {Template: Slack}, Teams: {Template: Teams}, "own": {Form: `{"all": [{{range $i, $e := .events}}{{if $i}},{{end}}{{json $e.name}}{{end}}]}`}}
	for name, c := range forms {
		t.Run(name, func(t *testing.T) {
			sent := render(t, c, batch(hostile...))
			for _, text := range sent {
				var v any
				if err := json.Unmarshal([]byte(text), &v); err != nil {
					t.Fatal(err)
				}
				texts(v, "", func(key, text string) {
					if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) && r != '\n' }); i >= 0 {
						t.Errorf("%s: %q steers a terminal", key, text)
					}
					if name == Slack && (strings.ContainsAny(text, "<>") || len(text) > 3000) {
						t.Errorf("%s: %q", key, text)
					}
				})
			}
			if (name == Slack || name == Teams) && (len(sent) != 1 || len(sent[0]) > 28<<10) {
				t.Errorf("%d messages, %d bytes", len(sent), len(sent[0]))
			}
		})
	}
}

// Only plain text objects and text runs show names: they know no mention, link or formatting.
func TestChatsShowNamesAsPlainText(t *testing.T) {
	for _, template := range []string{Slack, Teams} {
		var v map[string]any
		if err := json.Unmarshal([]byte(render(t, Config{Template: template}, batch(hostile...))[0]), &v); err != nil {
			t.Fatal(err)
		}
		texts(v, "", func(key, text string) {
			if key == "type" && (text == "mrkdwn" || text == "TextBlock" || text == "mention") {
				t.Errorf("%s has a %s", template, text)
			}
		})
	}
}

func TestAFloodIsADigestWithTheGravestFirst(t *testing.T) {
	b := batch()
	for range 200 {
		b.Events = append(b.Events, notify.Event{Severity: notify.SeverityInfo})
	}
	b.Events = append(b.Events, event1("the-one"))
	b.Events[200].Severity = notify.SeverityError
	for _, template := range []string{Slack, Teams} {
		sent := render(t, Config{Template: template}, b)
		if len(sent) != 1 || !strings.Contains(sent[0], "the-one") || !strings.Contains(sent[0], "171 more in this message: var history") || !strings.Contains(sent[0], "1 error, 200 info") {
			t.Errorf("got %s", sent)
		}
	}
}

func TestATemplateOfOnesOwnSeesWhatJSONHas(t *testing.T) {
	got := render(t, Config{Form: `{"from": {{json .origin.host}}, "names": [{{range $i, $e := .events}}{{if $i}},{{end}}{{json $e.name}}{{end}}], "gone": {{json .nothing}}}`}, batch(`a"b`, "c\\d"))
	if want := `{"from": "soc-1", "names": ["a\"b","c\\d"], "gone": null}`; got[0] != want {
		t.Errorf("got %s, want %s", got[0], want)
	}
}

// documented is the schema in the reference page.
func documented(t *testing.T) *jsonschema.Resolved {
	t.Helper()
	page, err := os.ReadFile("../../../docs/webhook.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(page), "```json schema\n")
	text, _, _ = strings.Cut(text, "```")
	var s jsonschema.Schema
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

func TestWhatIsSentIsAsDocumented(t *testing.T) {
	schema := documented(t)
	full, admin := batch("a"), from
	admin.Admin = "http://127.0.0.1:9753/"
	for name, m := range map[string]message{
		"everything": messageOf(full, admin), "a test": messageOf(notify.Batch{Test: true, At: epoch}, from), "cut": messageOf(batch(strings.Repeat("x", 9999)), from),
	} {
		text, err := encoded(m)
		var v any
		if err == nil {
			err = json.Unmarshal(text, &v)
		}
		if err == nil {
			err = schema.Validate(v)
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	if err := schema.Validate(map[string]any{"schema": 1.0, "unknown": true}); err == nil {
		t.Error("the schema takes anything")
	}
}

func TestEveryFieldIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/webhook.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, shape := range []any{message{}, origin{}, event{}, person{}} {
		for _, f := range reflect.VisibleFields(reflect.TypeOf(shape)) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !strings.Contains(string(page), `"`+name+`": {`) {
				t.Errorf("%s is not in the schema", name)
			}
		}
	}
}
