package selection_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
	"github.com/var-project/var/pkg/selection"
	"github.com/var-project/var/pkg/vectra"
)

// A row of a held host, and one of a detection that nobody wants, as brains send them.
const (
	heldHost = `{"id":%[1]d,"name":"ws-%06[1]d","active_traffic":true,"has_active_traffic":true,"t_score":12,"threat":12,"c_score":34,"certainty":34,` +
		`"severity":"low","last_source":"%[2]s","ip":"%[2]s","previous_ips":[],"last_detection_timestamp":"2026-03-11T02:41:22Z",` +
		`"key_asset":false,"is_key_asset":false,"targets_key_asset":false,"is_targeting_key_asset":false,"state":"active",` +
		`"detection_set":["https://brain.example.net/api/v2.5/detections/%[1]d"],"host_artifact_set":[` +
		`{"type":"mac","value":"00:11:22:%[3]s","vendor":"Example Corp","source":null,"siem":false},` +
		`{"type":"dns","value":"ws-%06[1]d.example.net","source":null,"siem":false}],"sensor":"eti2pc2s","sensor_name":"sensor-hq",` +
		`"tags":["vectra_host_block","VAR Host Blocked","VAR ID:Fortinet Client:%[2]s"],"note":"VAR: Blocked on 21 Nov 2026 at 19:18:30 UTC on edge: tag vectra_host_block",` +
		`"notes":[{"id":%[1]d,"date_created":"2026-03-10T07:06:10Z","date_modified":null,"created_by":"var","modified_by":null,"note":"VAR: Blocked on 21 Nov 2026 at 19:18:30 UTC on edge: tag vectra_host_block"}],` +
		`"note_modified_by":"var","note_modified_timestamp":"2026-03-10T07:06:10Z","url":"https://brain.example.net/api/v2.5/hosts/%[1]d",` +
		`"host_url":"https://brain.example.net/api/v2.5/hosts/%[1]d","last_modified":"2026-03-10T07:06:24Z","assigned_to":null,"assigned_date":null,` +
		`"assignment":null,"past_assignments":[],"groups":[],"has_custom_model":false,"privilege_level":null,"privilege_category":null,"probable_owner":null,` +
		`"detection_profile":null,"host_session_luids":[],"host_luid":"8evbnnmt"}`
	quietDetection = `{"id":%[1]d,"url":"https://brain.example.net/api/v2.5/detections/%[1]d","detection_url":"https://brain.example.net/api/v2.5/detections/%[1]d",` +
		`"category":"COMMAND & CONTROL","detection":"Hidden HTTPS Tunnel","detection_category":"COMMAND & CONTROL","detection_type":"Hidden HTTPS Tunnel",` +
		`"custom_detection":null,"description":null,"src_ip":"%[2]s","state":"active","t_score":50,"c_score":50,"threat":50,"certainty":50,` +
		`"created_timestamp":"2026-03-11T00:20:39Z","first_timestamp":"2026-03-11T00:01:01Z","last_timestamp":"2026-03-11T00:11:46Z","targets_key_asset":false,` +
		`"is_targeting_key_asset":false,"src_account":null,"src_host":{"id":%[1]d,"ip":"%[2]s","name":"ws-%06[1]d","url":"https://brain.example.net/api/v2.5/hosts/%[1]d",` +
		`"is_key_asset":false,"groups":[],"threat":12,"certainty":34},"note":null,"notes":[],"note_modified_by":null,"note_modified_timestamp":null,"sensor":"eti2pc2s",` +
		`"sensor_name":"sensor-hq","tags":[],"triage_rule_id":null,"assigned_to":null,"assigned_date":null,"groups":[],"is_marked_custom":false,"is_custom_model":false,` +
		`"filtered_by_ai":false,"filtered_by_user":false,"filtered_by_rule":false,"summary":{"dst_ips":["185.199.0.77"],"num_sessions":123,"bytes_sent":29616},` +
		`"grouped_details":[{"external_target":{"ip":"185.199.0.77","name":"c2-%[1]d.example.org"},"dst_ips":["185.199.0.77"],"dst_ports":[443],"target_domains":["c2-%[1]d.example.org"]}],` +
		`"campaign_summaries":[]}`
)

// largeBrain has n hosts that are held and n detections that no rule wants, and makes each page when it is asked for.
func largeBrain(tb testing.TB, n int) *vectra.Console {
	tb.Helper()
	mux := http.NewServeMux()
	for path, row := range map[string]string{"hosts": heldHost, "detections": quietDetection, "accounts": ""} {
		mux.HandleFunc("GET /api/v2.5/"+path, func(w http.ResponseWriter, r *http.Request) {
			rows := n
			if q := r.URL.Query(); row == "" || path == "detections" && q.Has("tags") {
				rows = 0
			}
			page, _ := strconv.Atoi(r.URL.Query().Get("page"))
			_, _ = io.WriteString(w, pageOf(row, rows, max(page, 1)))
		})
	}
	srv := httptest.NewServer(mux)
	tb.Cleanup(srv.Close)
	c, err := vectra.New(vectra.Config{Name: brain, URL: srv.URL, API: "2.5", Auth: vectra.Token(vectra.Fixed("t"))})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	return c
}

func pageOf(row string, n, page int) string {
	var rows []string
	for id := (page-1)*1000 + 1; id <= min(page*1000, n); id++ {
		rows = append(rows, fmt.Sprintf(row, id, fmt.Sprintf("10.%d.%d.%d", id>>16, id>>8&255, id&255), fmt.Sprintf("%02x:%02x:%02x", id>>16, id>>8&255, id&255)))
	}
	next := "null"
	if page*1000 < n {
		next = fmt.Sprintf(`"?page=%d"`, page+1)
	}
	return fmt.Sprintf(`{"count":%d,"next":%s,"previous":null,"results":[%s]}`, n, next, strings.Join(rows, ","))
}

// largePolicy reads all hosts by their tags and all detections for the scores of their hosts.
func largePolicy() selection.Policy {
	return selection.Policy{
		Kinds: []entity.Kind{entity.KindHost, entity.KindAccount, entity.KindDetection}, Markers: markers,
		Hosts:      selection.Rules{BlockTag: "vectra_host_block", UnblockTag: "vectra_host_unblock"},
		Accounts:   selection.Rules{BlockTag: "vectra_account_block", UnblockTag: "vectra_account_unblock"},
		Detections: selection.DetectionRules{BlockTag: "block", UnblockTag: "unblock", HostScore: and(90, 90)},
	}
}

func heldRefs(n int) []entity.Ref {
	held := make([]entity.Ref, n)
	for i := range held {
		held[i] = ref(entity.KindHost, strconv.Itoa(i+1))
	}
	return held
}

// live is what lives on the heap.
func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// observeLarge answers with what an observation holds on to, for each host.
func observeLarge(tb testing.TB, c *vectra.Console, held []entity.Ref) int64 {
	tb.Helper()
	before := live()
	obs := selection.Observe(tb.Context(), c, brain, largePolicy(), held)
	grown := live() - before
	if len(obs.Seen) != len(held) || len(obs.Frozen) > 0 {
		tb.Fatalf("%d seen of %d held, frozen %v", len(obs.Seen), len(held), obs.Frozen)
	}
	checkLarge(tb, obs)
	return grown / int64(len(held))
}

func checkLarge(tb testing.TB, obs plan.Observation) {
	tb.Helper()
	for i := range obs.Seen {
		s := &obs.Seen[i]
		if s.Target.ID != strconv.Itoa(i+1) || len(s.Matches) != 1 || s.Target.Host.Raw != nil || s.Target.Host.FullName == "" {
			tb.Fatalf("host %d is %+v of %+v", i+1, s, s.Target.Host)
		}
	}
	runtime.KeepAlive(obs)
}

// What a held host takes as long as a pass lasts. A detection that nobody wants takes nothing.
func TestAHeldHostIsLight(t *testing.T) {
	const n = 5000
	if got := observeLarge(t, largeBrain(t, n), heldRefs(n)); got > 900 {
		t.Errorf("%d bytes for each held host, want at most 900", got)
	}
}

func BenchmarkObserve(b *testing.B) {
	for _, n := range []int{1000, 10000, 100000} {
		b.Run(fmt.Sprint("n=", n), func(b *testing.B) {
			c, held := largeBrain(b, n), heldRefs(n)
			b.ReportAllocs()
			var each int64
			for b.Loop() {
				each = observeLarge(b, c, held)
			}
			b.ReportMetric(float64(each), "live-B/host")
		})
	}
}
