package vectra_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/entity"
)

// asked are the queries that a brain got for one path, without what every list has.
func asked(b *brain, path string) []string {
	var all []string
	for _, r := range b.seen("GET", path) {
		q := maps.Clone(r.query)
		delete(q, "page_size")
		delete(q, "ordering")
		text, _ := url.QueryUnescape(url.Values(q).Encode())
		all = append(all, text)
	}
	return all
}

func TestQueriesAreToldInTheWordsOfEachVersion(t *testing.T) {
	and, or := &entity.Floor{Threat: 80, Certainty: 70}, &entity.Floor{Threat: 80, Certainty: 70, Or: true}
	tests := map[string]struct {
		version string
		kind    entity.Kind
		q       entity.Query
		want    []string
	}{
		"all hosts of an appliance":    {"2.5", entity.KindHost, entity.Query{}, []string{"all=true"}},
		"all hosts of a tenant":        {"3.4", entity.KindHost, entity.Query{}, []string{""}},
		"all accounts of an appliance": {"2.2", entity.KindAccount, entity.Query{}, []string{"all=true"}},
		"all detections":               {"2.5", entity.KindDetection, entity.Query{}, []string{""}},
		"active hosts":                 {"2.5", entity.KindHost, entity.Query{Active: true}, []string{"all=true&state=active"}},
		"tags":                         {"3.4", entity.KindHost, entity.Query{Tags: []string{"a", "b c"}}, []string{"tags=a,b c"}},
		"a tag with a comma":           {"3.4", entity.KindHost, entity.Query{Tags: []string{"a", "b,c"}}, []string{""}},
		"both scores, appliance":       {"2.5", entity.KindHost, entity.Query{Floor: and}, []string{"all=true&certainty_gte=70&threat_gte=80"}},
		"both scores, tenant":          {"3.4", entity.KindAccount, entity.Query{Floor: and}, []string{"c_score_gte=70&t_score_gte=80"}},
		"either score":                 {"2.5", entity.KindHost, entity.Query{Floor: or}, []string{"all=true", "all=true&threat_gte=80", "all=true&certainty_gte=70"}},
		"either score, tenant":         {"3.3", entity.KindHost, entity.Query{Floor: or}, []string{"", "t_score_gte=80", "c_score_gte=70"}},
		"a name":                       {"2.5", entity.KindHost, entity.Query{Named: "WS-7"}, []string{"all=true&name=WS-7"}},
		"a name of an account":         {"3.4", entity.KindAccount, entity.Query{Named: "j@x"}, []string{"name=j@x"}},
		"an address":                   {"3.4", entity.KindHost, entity.Query{Named: "::ffff:10.0.0.7"}, []string{"last_source=10.0.0.7"}},
		"ids":                          {"2.5", entity.KindHost, entity.Query{IDs: []string{"9", "101", "20"}}, []string{"all=true&max_id=101&min_id=9"}},
		"ids of detections, tenant":    {"3.4", entity.KindDetection, entity.Query{IDs: []string{"9", "101"}}, []string{"id=9,101&include_info_category=true"}},
		"ids of detections, appliance": {"2.5", entity.KindDetection, entity.Query{IDs: []string{"9", "101"}}, []string{"max_id=101&min_id=9"}},
		"ids far apart":                {"2.5", entity.KindHost, entity.Query{IDs: []string{"2000", "9", "1008", "1009"}}, []string{"all=true", "all=true&max_id=1008&min_id=9", "all=true&max_id=2000&min_id=1009"}},
		"odd ids of detections":        {"3.4", entity.KindDetection, entity.Query{IDs: []string{"abc"}}, []string{"id=abc&include_info_category=true"}},
		"tags of detections, tenant":   {"3.4", entity.KindDetection, entity.Query{Tags: []string{"a"}}, []string{"include_info_category=true&tags=a"}},
		"odd ids":                      {"3.4", entity.KindHost, entity.Query{IDs: []string{"abc"}}, []string{""}},
		"types":                        {"2.5", entity.KindDetection, entity.Query{Types: []string{"B x", "A", "A"}}, []string{"", "detection_type=A", "detection_type=B x"}},
		"many types":                   {"2.5", entity.KindDetection, entity.Query{Types: []string{"A", "B", "C", "D"}}, []string{""}},
		"untriaged":                    {"3.4", entity.KindDetection, entity.Query{Untriaged: true, Active: true}, []string{"is_triaged=false&state=active"}},
		"lean, v3.4":                   {"3.4", entity.KindDetection, entity.Query{Lean: true}, []string{"exclude_fields=grouped_details,summary,campaign_summaries"}},
		"lean host":                    {"3.4", entity.KindHost, entity.Query{Lean: true}, []string{""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBrain(t).granting()
			if len(tt.want) > 1 { // the first page of all shows that there are more
				b.turns("GET /api/", say(200, envelope(2, "?page=2", `{"id":1}`)), say(200, envelope(0, "")))
			} else {
				b.on("GET /api/", 200, envelope(0, ""))
			}
			open := b.rux
			if tt.version[0] == '2' {
				open = b.qux
			}
			c, q := open(api(tt.version)), tt.q
			var err error
			switch tt.kind {
			case entity.KindHost:
				_, err = hosts(t, c, q)
			case entity.KindAccount:
				_, err = accounts(t, c, q)
			default:
				_, err = detections(t, c, q)
			}
			if err != nil {
				t.Fatal(err)
			}
			path := "/api/v" + tt.version + "/" + string(tt.kind) + "s"
			if d := cmp.Diff(tt.want, asked(b, path)); d != "" {
				t.Errorf("queries (-want +got):\n%s", d)
			}
		})
	}
}

// One page of all tells as much as several walks, where it is all.
func TestWhatStandsOnOnePageIsAskedForOnce(t *testing.T) {
	rows := []string{`{"id":1,"threat":80,"certainty":1,"detection_type":"A"}`, `{"id":2,"threat":1,"certainty":70,"detection_type":"B"}`, `{"id":3,"detection_type":"C"}`}
	b := newBrain(t).on("GET /api/", 200, envelope(3, "", rows...))
	c := b.qux()
	h := must[[]entity.Target](t)(hosts(t, c, entity.Query{Floor: &entity.Floor{Threat: 80, Certainty: 70, Or: true}}))
	d := must[[]entity.Finding](t)(detections(t, c, entity.Query{Types: []string{"A", "B"}}))
	if got := fmt.Sprint(hostIDs(h), detectionIDs(d)); got != "[1 2] [1 2]" || b.total() != 2 {
		t.Errorf("%s by %d requests, want both of each by 2", got, b.total())
	}
}

func TestFewAreAllOrNothing(t *testing.T) {
	few := newBrain(t).on("GET /api/v2.5/hosts", 200, envelope(2, "", hostRow(1), hostRow(2)))
	many := newBrain(t).on("GET /api/v2.5/hosts", 200, envelope(3, "?page=2", hostRow(1), hostRow(2)))
	short := newBrain(t).on("GET /api/v2.5/hosts", 200, envelope(3, "", hostRow(1), hostRow(2)))
	for name, tt := range map[string]struct {
		b    *brain
		want string
	}{"few": {few, "2 true false"}, "many": {many, "0 false false"}, "short": {short, "2 false true"}} {
		n := 0
		all, err := tt.b.qux().Few(t.Context(), entity.KindHost, entity.Query{}, func(entity.Target) error { n++; return nil })
		if got := fmt.Sprint(n, all, err != nil); got != tt.want || tt.b.total() != 1 {
			t.Errorf("%s: %s after %d requests, want %s", name, got, tt.b.total(), tt.want)
		}
	}
}

// Of what is held already nobody needs the raw JSON.
func TestWhatIsBareHasNoRawJSONAndNoNote(t *testing.T) {
	row := func(id int) string { return fmt.Sprintf(`{"id":%d,"note":"n","tags":["a"]}`, id) }
	c := newBrain(t).on("GET /api/", 200, envelope(2, "", row(1), row(2))).qux()
	q := entity.Query{Bare: func(t *entity.Target) bool { return t.ID == "1" }}
	h := must[[]entity.Target](t)(hosts(t, c, q))
	d := must[[]entity.Finding](t)(detections(t, c, q))
	got := fmt.Sprintf("%s%s|%s%s|%s%s|%s%s", h[0].Host.Raw, h[0].Host.Note, h[1].Host.Raw, h[1].Host.Note,
		d[0].Detection.Raw, d[0].Detection.Note, d[1].Detection.Raw, d[1].Detection.Note)
	if want := fmt.Sprintf("|%[1]sn||%[1]sn", row(2)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Where sees what the row tells, and decides before anything is copied of it.
func TestWhereLeavesOutWhatNobodyWants(t *testing.T) {
	row := func(id int) string {
		return fmt.Sprintf(`{"id":%d,"detection_type":"x","src_host":{"id":%d,"threat":9},"summary":{"dst_ips":["9.9.9.9"]}}`, id, id)
	}
	c := newBrain(t).on("GET /api/", 200, envelope(2, "", row(1), row(2))).qux()
	got := must[[]entity.Finding](t)(detections(t, c, entity.Query{Where: func(f *entity.Finding) bool {
		if f.Detection.Destinations != nil || f.Detection.Raw != nil || f.SourceHost.Score.Threat != 9 {
			t.Errorf("%s is told as %+v of %+v", f.ID, f.Detection, f.SourceHost)
		}
		return f.SourceHost.ID == "2"
	}}))
	if len(got) != 1 || got[0].ID != "2" || !slices.Equal(got[0].Detection.Destinations, []string{"9.9.9.9"}) || string(got[0].Detection.Raw) != row(2) {
		t.Errorf("got %+v", got)
	}
}

func TestLeanDetectionsOfOldVersionsNameTheirFields(t *testing.T) {
	b := newBrain(t).on("GET /api/v2.5/detections", 200, envelope(1, "", `{"id":1,"state":"active","summary":{"dst_ips":["9.9.9.9"]}}`))
	must[[]entity.Finding](t)(detections(t, b.qux(), entity.Query{Lean: true}))
	fields := strings.Split(b.seen("GET", "/api/v2.5/detections")[0].query["fields"][0], ",")
	for _, needed := range []string{"id", "tags", "state", "src_host", "src_account", "triage_rule_id", "filtered_by_ai", "detection_category"} {
		if !slices.Contains(fields, needed) {
			t.Errorf("%q is not asked for", needed)
		}
	}
	if slices.Contains(fields, "grouped_details") || slices.Contains(fields, "summary") {
		t.Errorf("fields %q are heavy", fields)
	}
}

// The brain below obeys no filter at all: what is answered is exact all the same.
func TestEveryConditionIsCheckedAgain(t *testing.T) {
	row := func(id, threat, certainty int, state, kind string) string {
		return fmt.Sprintf(`{"id":%d,"threat":%d,"certainty":%d,"state":%q,"detection_type":%q,"tags":["t%d"]}`, id, threat, certainty, state, kind, id)
	}
	rows := []string{
		row(1, 80, 70, "active", "A"), row(2, 79, 70, "active", "A b"), row(3, 80, 69, "active", "a"),
		row(4, 99, 99, "inactive", "A"), row(5, 0, 0, "active", "B"),
	}
	tests := map[string]struct {
		q    entity.Query
		want []string
	}{
		"nothing":  {entity.Query{}, []string{"1", "2", "3", "4", "5"}},
		"active":   {entity.Query{Active: true}, []string{"1", "2", "3", "5"}},
		"both":     {entity.Query{Floor: &entity.Floor{Threat: 80, Certainty: 70}}, []string{"1", "4"}},
		"either":   {entity.Query{Floor: &entity.Floor{Threat: 80, Certainty: 70, Or: true}}, []string{"1", "2", "3", "4"}},
		"ids":      {entity.Query{IDs: []string{"5", "2"}}, []string{"2", "5"}},
		"tags":     {entity.Query{Tags: []string{"t3", "t"}}, []string{"3"}},
		"types":    {entity.Query{Types: []string{"A", "B"}}, []string{"1", "4", "5"}},
		"together": {entity.Query{Types: []string{"A"}, Active: true, Tags: []string{"t1", "t4"}}, []string{"1"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBrain(t).on("GET /api/", 200, envelope(len(rows), "", rows...))
			c := b.qux()
			got := must[[]entity.Finding](t)(detections(t, c, tt.q))
			if d := cmp.Diff(tt.want, detectionIDs(got)); d != "" {
				t.Errorf("detections (-want +got):\n%s", d)
			}
			if tt.q.Types != nil {
				return
			}
			if d := cmp.Diff(tt.want, hostIDs(must[[]entity.Target](t)(hosts(t, c, tt.q)))); d != "" {
				t.Errorf("hosts (-want +got):\n%s", d)
			}
		})
	}
}

func TestANameIsWholeWhateverTheBrainAnswers(t *testing.T) {
	rows := []string{
		`{"id":1,"name":"WS-7","last_source":"10.0.0.7"}`, `{"id":2,"name":"ws-77","last_source":"10.0.0.77"}`,
		`{"id":3,"name":"10.0.0.7"}`, `{"id":4,"name":"v6","last_source":"FD00:0::7"}`,
	}
	for name, want := range map[string][]string{
		"ws-7": {"1"}, "10.0.0.7": {"1", "3"}, "::ffff:10.0.0.7": {"1"}, "fd00::7": {"4"}, "ws": nil,
	} {
		b := newBrain(t).on("GET /api/v2.5/hosts", 200, envelope(len(rows), "", rows...))
		if d := cmp.Diff(want, hostIDs(must[[]entity.Target](t)(hosts(t, b.qux(), entity.Query{Named: name})))); d != "" {
			t.Errorf("hosts named %q (-want +got):\n%s", name, d)
		}
	}
}

func TestHostsOfOldTenantsAreUnsupported(t *testing.T) {
	b := newBrain(t)
	if _, err := hosts(t, b.rux(api("3.2")), entity.Query{}); entity.ClassOf(err) != entity.Unsupported || b.total() != 0 {
		t.Errorf("error %v after %d requests, want unsupported without any", err, b.total())
	}
}

func TestAPageIsAlwaysSized(t *testing.T) {
	b := newBrain(t).on("GET /api/v2.5/hosts", 200, envelope(0, ""))
	must[[]entity.Target](t)(hosts(t, b.qux(), entity.Query{}))
	if q := b.seen("GET", "/api/v2.5/hosts")[0].query["page_size"]; !slices.Equal(q, []string{"1000"}) {
		t.Errorf("page_size %q, want 1000", q)
	}
}
