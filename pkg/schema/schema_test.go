package schema

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/secret"
)

type transport struct {
	CAFile string `toml:"ca_file" help:"PEM file."`
}

type mode string

type score struct {
	Threat int    `toml:"threat" min:"0" max:"99"`
	Match  string `toml:"match" enum:"and,or" default:"and"`
}

type box struct {
	Name  string        `toml:"name" required:"true" help:"Name of the device."`
	Token secret.String `toml:"token" help:"REST token."`
	User  secret.String `toml:"user" optional:"true"`
	transport
}

type settings struct {
	Mode     mode              `toml:"mode" enum:"group,feed" default:"group" help:"The way of blocking."`
	Parallel int               `toml:"parallel" default:"4" min:"1" max:"64"`
	Rate     float64           `toml:"rate" min:"0"`
	Timeout  time.Duration     `toml:"timeout" default:"30s" min:"1s" max:"5m"`
	Enabled  bool              `toml:"enabled" default:"true"`
	Tags     []string          `toml:"tags" default:"a,b" max:"3"`
	Env      map[string]string `toml:"env"`
	Urgency  *int              `toml:"urgency" min:"0"`
	Score    *score            `toml:"score"`
	Proxy    struct {
		URL      string        `toml:"url"`
		Password secret.String `toml:"password" optional:"true"`
	} `toml:"proxy"`
	Devices []box           `toml:"device" required:"true" max:"4"`
	Brains  map[string]box2 `toml:"brain"`
	Rest    map[string]any  `toml:"rest"`
	Skipped int             `toml:"-"`
}

type box2 struct {
	URL string        `toml:"url" required:"true"`
	Key secret.String `toml:"key"`
}

func (s settings) Validate() []error {
	if s.Parallel == 13 {
		return []error{nil, &FieldError{"parallel", "is unlucky"}, errors.New("and so is the rest")}
	}
	return nil
}

func description(t testing.TB) Description {
	t.Helper()
	d, err := Of[settings]()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func values(t testing.TB, text string) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCheckTellsEveryMistakeWithItsPlace(t *testing.T) {
	tests := map[string]struct{ values, want string }{
		"all well":          {`{"device":[{"name":"fw1"}]}`, ``},
		"full":              {`{"device":[{"name":"fw1","ca_file":"x"}],"mode":"feed","rate":1,"timeout":"1m","score":{"threat":1},"urgency":3,"brain":{"hq":{"url":"u"}},"rest":{"any":1},"env":{"A":"b"}}`, ``},
		"unknown key":       {`{"device":[{"name":"fw1","nane":1}]}`, `device[0].nane: unknown key; did you mean "name"?`},
		"far from any":      {`{"device":[{"name":"fw1","zzzzzzzzzz":1}]}`, `device[0].zzzzzzzzzz: unknown key; valid here: name, ca_file`},
		"wrong types":       {`{"device":[{"name":"fw1"}],"parallel":"4","rate":true,"enabled":1,"tags":"a","env":{"a":1}}`, "parallel: must be a whole number, not a text\nrate: must be a number, not true\nenabled: must be true or false, not 1\ntags: must be an array of texts, not a text\nenv: must be a table of texts, not a table"},
		"tables":            {`{"device":{"name":"x"},"score":1,"brain":[1],"rest":3}`, "score: must be a table, not 1\ndevice: must be an array of tables, not a table\nbrain: must be tables by name, not that\nrest: must be a table, not 3"},
		"bounds":            {`{"device":[{"name":"fw1"}],"parallel":0,"timeout":"6m","tags":["a","b","c","d"],"score":{"threat":100}}`, "parallel: must be at least 1\ntimeout: must be at most 5m\ntags: must be at most 3 entries\nscore.threat: must be at most 99"},
		"too many tables":   {`{"device":[{"name":"1"},{"name":"2"},{"name":"3"},{"name":"4"},{"name":"5"}]}`, "device: must be at most 4 tables"},
		"not a duration":    {`{"device":[{"name":"fw1"}],"timeout":30}`, `timeout: must be a duration such as "30s", not 30`},
		"fraction":          {`{"device":[{"name":"fw1"}],"parallel":1.5}`, `parallel: must be a whole number, not 1.5`},
		"enum":              {`{"device":[{"name":"fw1"}],"mode":"gruop"}`, `mode: "gruop" is not one of group, feed; did you mean "group"?`},
		"nothing":           {`{}`, "device: is missing"},
		"no device":         {`{"device":[]}`, "device: is missing"},
		"empty name":        {`{"device":[{"name":""}]}`, "device[0].name: must not be empty: Name of the device\ndevice[0].name: must not be empty: it is what the table is known by"},
		"missing name":      {`{"device":[{}]}`, "device[0].name: is missing: Name of the device"},
		"same name":         {`{"device":[{"name":"fw1"},{"name":"fw1"}]}`, `device[1].name: "fw1" is taken by another table: names are identities`},
		"same secret name":  {`{"device":[{"name":"fw-1"},{"name":"FW_1"}]}`, `device[1].name: "FW_1" differs from "fw-1" only in case or punctuation: their secrets would have one name`},
		"secret in file":    {`{"device":[{"name":"fw1","token":"hunter2"}]}`, `device[0].token: secrets never stand in the file: take it out and store it with "var secret set"`},
		"required in named": {`{"device":[{"name":"fw1"}],"brain":{"hq":{}}}`, "brain.hq.url: is missing"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			problems := Check(description(t), values(t, tt.values))
			if diff := cmp.Diff(tt.want, problems.Error()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if strings.Contains(problems.Error(), "hunter2") {
				t.Error("a problem shows a secret")
			}
		})
	}
}

func TestDecodeFillsDefaultsSecretsAndNestedTables(t *testing.T) {
	var got settings
	err := Decode(
		values(t, `{"device":[{"name":"fw1","ca_file":"ca"},{"name":"fw2"}],"brain":{"hq":{"url":"u"}},"score":{"threat":5},"env":{"A":"b"},"rest":{"x":"y"}}`),
		map[string]secret.String{"device.fw2.token": secret.New("two"), "brain.hq.key": secret.New("three"), "proxy.password": secret.New("four")},
		&got)
	if err != nil {
		t.Fatal(err)
	}
	want := settings{
		Mode: "group", Parallel: 4, Timeout: 30 * time.Second, Enabled: true, Tags: []string{"a", "b"},
		Env: map[string]string{"A": "b"}, Score: &score{5, "and"},
		Devices: []box{{Name: "fw1", transport: transport{"ca"}}, {Name: "fw2", Token: secret.New("two")}},
		Brains:  map[string]box2{"hq": {"u", secret.New("three")}},
		Rest:    map[string]any{"x": "y"},
	}
	want.Proxy.Password = secret.New("four")
	same := cmp.Comparer(func(a, b secret.String) bool { return a.Reveal() == b.Reveal() })
	if diff := cmp.Diff(want, got, same, cmp.AllowUnexported(box{})); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
}

func TestDecodeTakesWhatTOMLDecodersGive(t *testing.T) {
	var got settings
	err := Decode(map[string]any{
		"device": []map[string]any{{"name": "fw1"}}, "parallel": int64(7), "rate": 1.5,
		"tags": []any{"x"}, "enabled": false, "timeout": "2s", "urgency": int64(0),
	}, nil, &got)
	if err != nil {
		t.Fatal(err)
	}
	if got.Parallel != 7 || got.Rate != 1.5 || got.Tags[0] != "x" || got.Enabled || got.Timeout != 2*time.Second || got.Urgency == nil {
		t.Errorf("settings are %+v", got)
	}
}

func TestDecodeRefusesWhatCheckRefuses(t *testing.T) {
	var problems Problems
	if err := Decode(map[string]any{}, nil, &settings{}); !errors.As(err, &problems) || problems[0].Path != "device" {
		t.Errorf("error is %v, want the missing device", err)
	}
	for _, into := range []any{nil, settings{}, new(int), (*settings)(nil)} {
		if err := Decode(nil, nil, into); err == nil {
			t.Errorf("decoded into %T", into)
		}
	}
}

func TestSecretsAreNamedAfterTheirTables(t *testing.T) {
	v := values(t, `{"device":[{"name":"fw1"},{"name":""}],"brain":{"hq":{"url":"u"}}}`)
	want := []Wanted{
		{Name: "proxy.password", Optional: true},
		{Name: "device.fw1.token", Help: "REST token."},
		{Name: "device.fw1.user", Optional: true},
		{Name: "brain.hq.key"},
	}
	if diff := cmp.Diff(want, Secrets(description(t), v)); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	missing := Missing(description(t), v, map[string]secret.String{"brain.hq.key": secret.New("x")})
	if diff := cmp.Diff([]string{"device.fw1.token"}, missing); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
}

func TestValidateKeepsPlaces(t *testing.T) {
	want := Problems{{"parallel", "is unlucky"}, {"", "and so is the rest"}}
	if diff := cmp.Diff(want, Validate(settings{Parallel: 13})); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if got := Validate(box{}); got != nil {
		t.Errorf("a struct without Validate has problems: %v", got)
	}
}

func TestADescriptionCrossesAsText(t *testing.T) {
	d := description(t)
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var again Description
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, again); diff != "" {
		t.Errorf("description changed (-before +after):\n%s", diff)
	}
}

func TestReferenceShowsEveryKeyOnce(t *testing.T) {
	page := Reference(description(t))
	for _, row := range []string{
		"| `mode` | one of `group`, `feed` | `group` | The way of blocking. |",
		"| `timeout` | a duration such as \"30s\", 1s to 5m | `30s` |  |",
		"| `device[].token` | secret | must be set | REST token. |",
		"| `device[].user` | secret |  |  |",
		"| `device[].ca_file` | a text |  | PEM file. |",
		"| `brain.<name>.url` | a text | must be set |  |",
		"| `rate` | a number, at least 0 |  |  |",
		"| `tags` | an array of texts, at most 3 | `a,b` |  |",
	} {
		if strings.Count(page, row+"\n") != 1 {
			t.Errorf("row %q is not there once in\n%s", row, page)
		}
	}
}

type (
	untagged struct{ Name string }
	strange  struct {
		C chan int `toml:"c"`
	}
	strangers struct {
		C []chan int `toml:"c"`
	}
	badDefault struct {
		N int `toml:"n" default:"many"`
	}
	outside struct {
		N int `toml:"n" default:"9" max:"3"`
	}
	badBound struct {
		N int `toml:"n" max:"lots"`
	}
	doubled struct {
		A int `toml:"a"`
		B int `toml:"a"`
	}
	itself struct {
		More []itself `toml:"more"`
	}
	nameless struct {
		Devices []box2 `toml:"device"`
	}
	formerText struct {
		URL string `toml:"url" former:"Old_URL"`
	}
	formerOfNothing struct {
		Token secret.String `toml:"token" former:"Old_{url.host}"`
	}
	formerOfVar struct {
		Token secret.String `toml:"token" former:"VAR_SECRET_BRAIN_HQ_TOKEN"`
	}
)

func TestMistakesInTagsAreTold(t *testing.T) {
	for name, of := range map[string]func() (Description, error){
		"has no toml tag": Of[untagged], "cannot be a chan": Of[strange], "cannot be a []chan": Of[strangers],
		"many": Of[badDefault], "at most 3": Of[outside], "lots": Of[badBound], "stands twice": Of[doubled],
		"without themselves": Of[itself], "structs": Of[int], "required key": Of[nameless],
		"only secrets": Of[formerText], "no text beside it": Of[formerOfNothing], "var itself": Of[formerOfVar],
	} {
		if _, err := of(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error is %v, want %q", err, name)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"mode", "device", "internal_group"}
	for text, want := range map[string]string{
		"modee": "mode", "Device": "device", "internal-grp": "internal_group", "xyz": "", "": "", "devcie": "device",
	} {
		if got := Nearest(text, names); got != want {
			t.Errorf("Nearest(%q) is %q, want %q", text, got, want)
		}
	}
}

func FuzzCheckAndDecodeAgree(f *testing.F) {
	f.Add(`{"device":[{"name":"fw1"}],"parallel":3}`)
	f.Add(`{"device":[{"name":"fw1","token":"hunter2"}],"score":{"threat":1e3}}`)
	f.Add(`{"device":[null],"brain":{"a":null},"env":{"a":[]},"rest":[],"proxy":null,"timeout":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		var v map[string]any
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if decoder.Decode(&v) != nil {
			return
		}
		problems := Check(description(t), v)
		var s settings
		err := Decode(v, nil, &s)
		if (err == nil) != (problems == nil) {
			t.Fatalf("Check says %v, Decode %v", problems, err)
		}
		if err == nil && (s.Parallel < 1 || s.Parallel > 64 || len(s.Devices) == 0 || s.Devices[0].Name == "") {
			t.Errorf("accepted %s as %+v", text, s)
		}
	})
}
