package fortios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secret"
)

const testToken = "tok-e.n"

// serve makes a batch of requests to a device that answers with handler.
func serve(t *testing.T, handler http.HandlerFunc) *Batch {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	hc := server.Client()
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c, err := New(hc, server.URL, "blue team", secret.New(testToken), 4)
	if err != nil {
		t.Fatal(err)
	}
	return c.Batch()
}

func answer(w http.ResponseWriter, status int, body string) {
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

func TestARequestCarriesTheTokenInTheHeaderAndNowhereElse(t *testing.T) {
	var got *http.Request
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		answer(w, 200, `{"status":"success","results":[]}`)
	})
	if _, err := b.Get(context.Background(), Path("cmdb", "firewall", "address", "198.51.100.0/24 ä#?%"), nil); err != nil {
		t.Fatal(err)
	}
	if want := "Bearer " + testToken; got.Header.Get("Authorization") != want {
		t.Errorf("Authorization is %q, want %q", got.Header.Get("Authorization"), want)
	}
	if got.URL.EscapedPath() != "/api/v2/cmdb/firewall/address/198.51.100.0%2F24%20%C3%A4%23%3F%25" {
		t.Errorf("the path is %s", got.URL.EscapedPath())
	}
	if got.URL.Query().Get("vdom") != "blue team" || strings.Contains(got.URL.String(), testToken) {
		t.Errorf("the query is %s", got.URL.RawQuery)
	}
}

func TestAnswersAreJudgedByStatusAndCode(t *testing.T) {
	for _, tt := range []struct {
		http  int
		body  string
		class blocker.ErrorClass
		acted bool
	}{
		{200, `{"status":"success"}`, "", false},
		{200, `{"status":"error","error":-7}`, blocker.Permanent, false},
		{200, `<html>log in</html>`, blocker.Transient, true},
		{200, `{"results":[]}`, blocker.Transient, true},
		{201, `{"status":"success"}`, blocker.Permanent, false},
		{302, ``, blocker.Permanent, false},
		{400, `{"status":"error"}`, blocker.Permanent, false},
		{401, `<html></html>`, blocker.Unauthorized, false},
		{403, `{"status":"error","error":-14}`, blocker.Unauthorized, false},
		{404, `{"status":"error","error":-3}`, blocker.Permanent, false},
		{404, `nginx`, blocker.Permanent, false},
		{405, `{"status":"error"}`, blocker.Permanent, false},
		{413, ``, blocker.Permanent, false},
		{424, `{"status":"error","error":-4}`, blocker.Capacity, false},
		{429, ``, blocker.Unauthorized, false},
		{500, `{"status":"error","error":-4}`, blocker.Capacity, false},
		{500, `{"status":"error","error":-580}`, blocker.Capacity, false},
		{500, `{"status":"error","error":-14}`, blocker.Unauthorized, false},
		{500, `{"status":"error","error":-8}`, blocker.Permanent, false},
		{500, `{"status":"error","error":-99999}`, blocker.Permanent, false},
		{500, `{"status":"error","error":-360}`, blocker.Transient, true},
		{500, `{"status":"error"}`, blocker.Transient, true},
		{500, `<html>`, blocker.Transient, true},
		{502, `<html>`, blocker.Transient, true},
		{503, ``, blocker.Transient, true},
	} {
		t.Run(fmt.Sprint(tt.http, tt.body), func(t *testing.T) {
			b := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, tt.http, tt.body) })
			_, err := b.Post(context.Background(), "cmdb/firewall/address", struct{}{})
			if got := blocker.ClassOf(err); got != tt.class {
				t.Errorf("class %q, want %q: %v", got, tt.class, err)
			}
			if MayHaveActed(err) != tt.acted {
				t.Errorf("may have acted: %v, want %v", MayHaveActed(err), tt.acted)
			}
		})
	}
}

func TestOnlyTheDeviceItselfCanSayThatAnEntryIsMissing(t *testing.T) {
	for body, want := range map[string]bool{
		`{"status":"error","error":-3}`: true, `{"status":"error","http_status":404}`: true, `<html>nginx</html>`: false, ``: false,
	} {
		b := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 404, body) })
		if got := IsMissing(b.Delete(context.Background(), "cmdb/x/y/z")); got != want {
			t.Errorf("404 with %q: missing %v, want %v", body, got, want)
		}
	}
}

func TestAfterARefusalTheBatchAsksNothing(t *testing.T) {
	asked := 0
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		answer(w, http.StatusTooManyRequests, "")
	})
	for range 3 {
		_, err := b.Get(context.Background(), "cmdb/x/y", nil)
		var e *blocker.Error
		if !errors.As(err, &e) || e.Class != blocker.Unauthorized || e.RetryAfter < time.Minute {
			t.Errorf("got %v, want unauthorized for at least the minute that a lockout lasts", err)
		}
	}
	if asked != 1 {
		t.Errorf("%d requests, want 1", asked)
	}
}

// What says when it wants to be asked again has not locked anybody out.
func TestARefusalForATimeDoesNotStopTheBatch(t *testing.T) {
	asked := 0
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked == 1 {
			w.Header().Set("Retry-After", "7")
			answer(w, http.StatusTooManyRequests, "")
			return
		}
		answer(w, 200, `{"status":"success"}`)
	})
	_, err := b.Get(context.Background(), "cmdb/x/y", nil)
	if blocker.ClassOf(err) != blocker.Transient || entity.RetryAfter(err) != 7*time.Second {
		t.Errorf("got %v, want transient for 7s", err)
	}
	if _, err = b.Get(context.Background(), "cmdb/x/y", nil); err != nil {
		t.Errorf("the next request: %v", err)
	}
}

// What the client holds back was not sent, and says when it is worth trying again.
func TestWhatIsNotSentIsNotLost(t *testing.T) {
	asked := 0
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.Header().Set("Retry-After", "90")
		answer(w, http.StatusServiceUnavailable, "")
	})
	hc, err := blocker.NewClient(blocker.ClientOptions{TLS: blocker.TLS{InsecureSkipVerify: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer hc.CloseIdleConnections()
	b.client.http = hc
	_, _ = b.Get(context.Background(), "cmdb/x/y", nil)
	_, err = b.client.Batch().Get(context.Background(), "cmdb/x/y", nil)
	var unsure *Lost
	if blocker.ClassOf(err) != blocker.Transient || entity.RetryAfter(err) < time.Minute || errors.As(err, &unsure) || asked != 1 {
		t.Errorf("got %v after %s and %d requests, want transient, when to try again, and one", err, entity.RetryAfter(err), asked)
	}
}

func TestAnErrorNeverRepeatsTheToken(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, r *http.Request) {
		answer(w, 400, `{"status":"error","message":"no idea what `+r.Header.Get("Authorization")+` is"}`)
	})
	_, err := b.Get(context.Background(), "cmdb/x/y", nil)
	if err == nil || strings.Contains(err.Error(), testToken) || !strings.Contains(err.Error(), secret.Redacted) {
		t.Errorf("got %v", err)
	}
}

func TestAnAnswerWithoutEndIsGivenUp(t *testing.T) {
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := strings.Repeat(" ", 1<<20)
		for range bodyLimit>>20 + 1 {
			if _, err := w.Write([]byte(chunk)); err != nil {
				return
			}
		}
	})
	if _, err := b.Get(context.Background(), "cmdb/x/y", nil); blocker.ClassOf(err) != blocker.Transient {
		t.Errorf("got %v", err)
	}
}

// The predecessor made a new TLS connection for every request.
func TestBUG25ConnectionsAreKept(t *testing.T) {
	var made atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 500, `{"status":"error","error":-5,"results":"`+strings.Repeat("x", 1<<16)+`"}`)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			made.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	hc, err := blocker.NewClient(blocker.ClientOptions{TLS: blocker.TLS{InsecureSkipVerify: true}, Parallel: 4})
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(hc, server.URL, "root", secret.New(testToken), 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	b := c.Batch()
	for range 20 {
		if _, err := b.Post(context.Background(), "cmdb/x/y", struct{}{}); !IsDuplicate(err) {
			t.Fatal(err)
		}
	}
	if got := made.Load(); got > 2 { // net/http gives one up that it has not noted the end of a request of for 50 ms
		t.Errorf("%d connections for 20 requests, want 1", got)
	}
}

// table answers pages of n rows; before tells of each page, so that the table can change.
func table(n *int, before func(page int)) http.HandlerFunc {
	pages := 0
	return func(w http.ResponseWriter, r *http.Request) {
		pages++
		before(pages)
		start, _ := strconv.Atoi(r.URL.Query().Get("start"))
		count, _ := strconv.Atoi(r.URL.Query().Get("count"))
		rows := []int{}
		for i := start; i < min(start+count, *n); i++ {
			rows = append(rows, i)
		}
		text, _ := json.Marshal(map[string]any{"status": "success", "results": rows, "revision": fmt.Sprint(*n)})
		answer(w, 200, string(text))
	}
}

func TestRowsReadsEveryPage(t *testing.T) {
	for _, n := range []int{0, 1, pageSize - 1, pageSize, pageSize + 1, 3*pageSize + 7} {
		b := serve(t, table(&n, func(int) {}))
		got, err := Rows[int](context.Background(), b, "cmdb/x/y", nil)
		if err != nil || len(got) != n {
			t.Errorf("%d rows, %v; want %d", len(got), err, n)
		}
		for i, row := range got {
			if row != i {
				t.Fatalf("row %d is %d", i, row)
			}
		}
	}
}

func TestRowsReadsATableAnewThatChangesMeanwhile(t *testing.T) {
	n := 2 * pageSize
	b := serve(t, table(&n, func(page int) {
		if page == 2 {
			n++
		}
	}))
	if got, err := Rows[int](context.Background(), b, "cmdb/x/y", nil); err != nil || len(got) != n {
		t.Errorf("%d rows, %v; want %d", len(got), err, n)
	}
	b = serve(t, table(&n, func(int) { n++ }))
	if _, err := Rows[int](context.Background(), b, "cmdb/x/y", nil); blocker.ClassOf(err) != blocker.Transient {
		t.Errorf("a table that never rests: %v, want a transient error", err)
	}
}

func TestRowsEndsWithADeviceThatIgnoresPaging(t *testing.T) {
	rows := make([]int, pageSize)
	text, _ := json.Marshal(map[string]any{"status": "success", "results": rows})
	b := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, string(text)) })
	if got, err := Rows[int](context.Background(), b, "cmdb/x/y", nil); err != nil || len(got) != pageSize {
		t.Errorf("%d rows, %v; want %d", len(got), err, pageSize)
	}
}

func TestAFailedPageIsNotTheEnd(t *testing.T) {
	for _, body := range []string{`{"status":"success"}`, `{"status":"success","results":{}}`, `{"status":"error"}`} {
		n, pages := 2*pageSize, 0
		good := table(&n, func(int) {})
		b := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if pages++; pages > 1 {
				answer(w, 200, body)
				return
			}
			good(w, r)
		})
		if got, err := Rows[int](context.Background(), b, "cmdb/x/y", nil); err == nil {
			t.Errorf("second page %s: %d rows without an error", body, len(got))
		}
	}
}

func TestOneTakesAListOfOneAndAnObject(t *testing.T) {
	type row struct{ Name string }
	for body, ok := range map[string]bool{
		`[{"name":"a"}]`: true, `{"name":"a"}`: true, `[]`: false, `[{"name":"a"},{"name":"b"}]`: false, `"a"`: false,
	} {
		b := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			answer(w, 200, `{"status":"success","results":`+body+`}`)
		})
		got, err := One[row](context.Background(), b, "cmdb/x/y/z")
		if (err == nil) != ok || (ok && got.Name != "a") {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}

func TestAtLeast(t *testing.T) {
	for _, tt := range []struct {
		version, wanted string
		want            bool
	}{
		{"v7.4.5", "7.4.5", true},
		{"v7.10.0", "7.4.5", true},
		{"v7.4", "7.4.1", false},
		{"v6.4.1", "6.4.2", false},
		{"v8.0.0", "7.2.1", true},
		{"", "6.4.2", false},
		{"nonsense", "6.4.2", false},
	} {
		if got := AtLeast(tt.version, tt.wanted); got != tt.want {
			t.Errorf("AtLeast(%q, %q) is %v", tt.version, tt.wanted, got)
		}
	}
}

func TestHalveIsolatesTheFaultyElement(t *testing.T) {
	elements := make([]string, 2500)
	for i := range elements {
		elements[i] = fmt.Sprint(i)
	}
	bad := &blocker.Error{Class: blocker.Permanent, Err: &Refusal{HTTP: 500, Code: -8}}
	calls, accepted := 0, map[string]bool{}
	errs := Halve(elements, func(some []string) error {
		calls++
		if len(some) > 1000 {
			t.Errorf("%d elements in one call", len(some))
		}
		for _, e := range some {
			if e == "1700" {
				return bad
			}
		}
		for _, e := range some {
			accepted[e] = true
		}
		return nil
	})
	for i, err := range errs {
		if (err != nil) != (i == 1700) || accepted[elements[i]] == (i == 1700) {
			t.Errorf("element %d: %v", i, err)
		}
	}
	if calls > 30 {
		t.Errorf("%d calls", calls)
	}
	down := &blocker.Error{Class: blocker.Unauthorized, Err: &Refusal{HTTP: 403}}
	calls = 0
	Halve(elements[:1000], func([]string) error { calls++; return down })
	if calls != 1 {
		t.Errorf("%d calls after a refusal that is nobody's fault, want 1", calls)
	}
	if diff := cmp.Diff(0, len(Halve(nil, func([]string) error { return bad }))); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyARequestThatLeftMayHaveBeenActedOn(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	c, err := New(server.Client(), server.URL, "root", secret.New(testToken), 4)
	if err != nil {
		t.Fatal(err)
	}
	server.Close()
	_, err = c.Batch().Post(context.Background(), "cmdb/x/y", struct{}{})
	if blocker.ClassOf(err) != blocker.Transient || MayHaveActed(err) {
		t.Errorf("nobody listens: %v, may have acted %v; want a transient error of a request that never left", err, MayHaveActed(err))
	}
	b := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if _, err = b.Post(context.Background(), "cmdb/x/y", struct{}{}); !MayHaveActed(err) {
		t.Errorf("the connection broke: %v, want that it may have acted", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err = b.Post(ctx, "cmdb/x/y", struct{}{}); MayHaveActed(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v, may have acted %v", err, MayHaveActed(err))
	}
}
