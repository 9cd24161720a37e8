package panos

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
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

const testKey = "LUFRPT1+/key=="

// endpointOf speaks to a server that answers with h.
func endpointOf(t *testing.T, h http.HandlerFunc) *Endpoint {
	t.Helper()
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	return &Endpoint{
		HTTP: server.Client(), URL: server.URL, Vsys: "vsys3", Target: "0123456789",
		Key: func(context.Context) (secret.String, error) { return secret.New(testKey), nil },
	}
}

func saying(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

var one = Message{Register: []Entry{{Name: "10.2.3.4", Tag: "t"}}}

func TestUpdatePostsAFormWithTheKeyInItsHeaderOnly(t *testing.T) {
	e := endpointOf(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		want, _ := one.Encode()
		good := r.Method == http.MethodPost && r.URL.Path == "/api/" && r.URL.RawQuery == "" &&
			r.Header.Get("X-PAN-KEY") == testKey && !r.Form.Has("key") &&
			r.Form.Get("type") == "user-id" && r.Form.Get("vsys") == "vsys3" && r.Form.Get("target") == "0123456789" &&
			r.Form.Get("cmd") == string(want)
		saying(200, fmt.Sprintf(`<response status="%s"/>`, map[bool]string{true: "success", false: "error"}[good]))(w, r)
	})
	if _, err := e.Update(t.Context(), one); err != nil {
		t.Errorf("the request was not as it must be: %v", err)
	}
}

func TestRefusalsHaveClassAndTellWhetherAnythingMayHaveHappened(t *testing.T) {
	xmlError := func(code string) string {
		return `<response status="error" code="` + code + `"><msg><line>because</line></msg></response>`
	}
	type verdict struct {
		Class     blocker.ErrorClass
		Untouched bool
	}
	cases := map[string]struct {
		status int
		body   string
		want   verdict
	}{
		"bad key":                   {403, `<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>`, verdict{blocker.Unauthorized, true}},
		"bad key, old release":      {200, xmlError("403"), verdict{blocker.Unauthorized, true}},
		"role":                      {200, xmlError("16"), verdict{blocker.Unauthorized, true}},
		"session timed out":         {200, xmlError("22"), verdict{blocker.Unauthorized, true}},
		"passive peer":              {200, xmlError("15"), verdict{blocker.Transient, true}},
		"invalid command":           {200, xmlError("17"), verdict{blocker.Permanent, true}},
		"malformed command":         {200, xmlError("18"), verdict{blocker.Permanent, true}},
		"missing parameter":         {400, xmlError("400"), verdict{blocker.Permanent, true}},
		"internal":                  {200, xmlError("5"), verdict{blocker.Transient, false}},
		"internal 21":               {500, xmlError("21"), verdict{blocker.Transient, false}},
		"no code":                   {200, `<response status="error"><msg>because</msg></response>`, verdict{blocker.Permanent, false}},
		"unknown code":              {200, xmlError("99"), verdict{blocker.Permanent, false}},
		"no code, forbidden":        {403, `<response status="error"/>`, verdict{blocker.Unauthorized, true}},
		"page 502":                  {502, "<html><body>Bad Gateway</body></html>", verdict{blocker.Transient, false}},
		"page 403":                  {403, "<html>", verdict{blocker.Unauthorized, true}},
		"page 200":                  {200, "<html><body>login</body></html>", verdict{blocker.Transient, false}},
		"redirect":                  {302, "", verdict{blocker.Permanent, false}},
		"too many":                  {429, "", verdict{blocker.Transient, true}},
		"500":                       {500, "", verdict{blocker.Transient, false}},
		"success inside a failure":  {500, `<response status="success"/>`, verdict{blocker.Transient, false}},
		"empty":                     {200, "", verdict{blocker.Transient, false}},
		"cut short":                 {200, partly[:60], verdict{blocker.Transient, false}},
		"larger than any answer is": {200, strings.Repeat(" ", maxAnswer+1), verdict{blocker.Permanent, false}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			verdicts, err := endpointOf(t, saying(c.status, c.body)).Update(t.Context(), one)
			if err == nil || verdicts != nil {
				t.Fatalf("Update = %v, %v; want an error", verdicts, err)
			}
			if got := (verdict{blocker.ClassOf(err), Untouched(err)}); got != c.want {
				t.Errorf("%v: got %+v, want %+v", err, got, c.want)
			}
		})
	}
}

func TestRetryAfterIsKept(t *testing.T) {
	e := endpointOf(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "7")
		saying(503, `<response status="error"><msg>busy</msg></response>`)(w, r)
	})
	_, err := e.Update(t.Context(), one)
	var classed *blocker.Error
	if !errors.As(err, &classed) || classed.RetryAfter != 7*time.Second {
		t.Errorf("got %v, want an error that asks for 7 s", err)
	}
}

// What the client holds back was not sent, and says when it is worth trying again.
func TestWhatIsHeldBackLeavesTheDeviceAsItWas(t *testing.T) {
	asked := 0
	e := endpointOf(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("Retry-After", "90")
		saying(503, `<response status="error"><msg>busy</msg></response>`)(w, r)
	})
	client, err := blocker.NewClient(blocker.ClientOptions{TLS: blocker.TLS{InsecureSkipVerify: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	e.HTTP = client
	_, _ = e.Update(t.Context(), one)
	_, err = e.Update(t.Context(), one)
	if blocker.ClassOf(err) != blocker.Transient || entity.RetryAfter(err) < time.Minute || !Untouched(err) || asked != 1 {
		t.Errorf("got %v after %s and %d requests, want transient, when to try again, and one", err, entity.RetryAfter(err), asked)
	}
}

func TestErrorsHoldNoCredentials(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		said := r.Header.Get("X-PAN-KEY") + " " + r.Form.Get("password") + "\n\x1b[31m"
		var b strings.Builder
		_ = xml.EscapeText(&b, []byte(said))
		saying(400, `<response status="error" code="400"><msg>`+b.String()+`</msg></response>`)(w, r)
	}
	e := endpointOf(t, echo)
	_, err := e.Update(t.Context(), one)
	_, keyErr := Keygen(t.Context(), e.HTTP, e.URL, secret.New("admin"), secret.New("hunter2"))
	for _, err := range []error{err, keyErr} {
		if err == nil || strings.Contains(err.Error(), testKey) || strings.Contains(err.Error(), "hunter2") || strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("error %q shows a credential or a control character", err)
		}
	}
}

func TestWhatWasNotSentLeftNothing(t *testing.T) {
	e := endpointOf(t, saying(200, ""))
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := e.Update(cancelled, one)
	if !Untouched(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v, untouched %v", err, Untouched(err))
	}
	e.URL = "https://127.0.0.1:1"
	if _, err = e.Update(t.Context(), one); !Untouched(err) || blocker.ClassOf(err) != blocker.Transient {
		t.Errorf("no listener: %v, untouched %v", err, Untouched(err))
	}
	strict := endpointOf(t, saying(200, `<response status="success"/>`))
	strict.HTTP = &http.Client{}
	if _, err = strict.Update(t.Context(), one); !Untouched(err) || blocker.ClassOf(err) != blocker.Permanent {
		t.Errorf("unknown authority: %v, untouched %v", err, Untouched(err))
	}
}

func TestBrokenConnectionLeavesItOpenWhatHappened(t *testing.T) {
	e := endpointOf(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if _, err := e.Update(t.Context(), one); Untouched(err) || blocker.ClassOf(err) != blocker.Transient {
		t.Errorf("%v: class %s, untouched %v", err, blocker.ClassOf(err), Untouched(err))
	}
}

func TestKeygenReadsTheOddQuotingOfItsRefusal(t *testing.T) {
	e := endpointOf(t, saying(200, `<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>`))
	_, err := Keygen(t.Context(), e.HTTP, e.URL, secret.New("a"), secret.New("b"))
	if blocker.ClassOf(err) != blocker.Unauthorized {
		t.Errorf("wrong password: %v, want class unauthorized", err)
	}
	e = endpointOf(t, saying(200, `<response status="success"><result/></response>`))
	if _, err = Keygen(t.Context(), e.HTTP, e.URL, secret.New("a"), secret.New("b")); err == nil {
		t.Error("a success without a key is no success")
	}
}

// table answers shows of a table of n addresses; when it does not page, start-point is ignored.
func table(n int, pages bool, asked *atomic.Int32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		_ = r.ParseForm()
		var cmd struct {
			Limit int `xml:"object>registered-ip>limit"`
			Start int `xml:"object>registered-ip>start-point"`
		}
		_ = xml.Unmarshal([]byte(r.Form.Get("cmd")), &cmd)
		if !pages {
			cmd.Start = 1
		}
		var b strings.Builder
		for i := cmd.Start; i < min(cmd.Start+cmd.Limit, n+1); i++ {
			tag := map[bool]string{true: "ours", false: "Ours"}[i%2 == 0]
			fmt.Fprintf(&b, `<entry ip="10.0.%d.%d"><tag><member>other</member><member timeout="%d">%s</member></tag></entry>`, i>>8, i&255, i, tag)
		}
		saying(200, `<response status="success"><result>`+b.String()+`</result></response>`)(w, r)
	}
}

func TestListReadsEveryPageAndKeepsItsOwnTag(t *testing.T) {
	for _, n := range []int{0, 1, pageSize - 1, pageSize, pageSize + 1, 3 * pageSize} {
		t.Run(strconv.Itoa(n), func(t *testing.T) {
			var asked atomic.Int32
			got, err := endpointOf(t, table(n, true, &asked)).Addresses(t.Context(), "ours")
			if err != nil || len(got) != n/2 {
				t.Errorf("%d entries, %v; want %d", len(got), err, n/2)
			}
			if want := n/pageSize + 1; int(asked.Load()) != want {
				t.Errorf("%d requests, want %d", asked.Load(), want)
			}
			if n > 1 {
				if diff := cmp.Diff(Registered{"10.0.0.2", 2 * time.Second}, got[0]); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestListOfADeviceThatDoesNotPageIsAnErrorAndNotHalfAList(t *testing.T) {
	var asked atomic.Int32
	got, err := endpointOf(t, table(2*pageSize, false, &asked)).Addresses(t.Context(), "ours")
	// The second page is the first again. The third was already on its way, and may not have come to the device.
	if n := asked.Load(); err == nil || got != nil || n < 2 || n > 3 {
		t.Errorf("%d entries, %v after %d requests; want an error after 2 or 3", len(got), err, n)
	}
}

func TestAnswerWithAFileIsAnErrorAndNotAnEmptyList(t *testing.T) {
	e := endpointOf(t, saying(200, `<response status="success"><result><msg><line><outfile>/opt/x</outfile></line></msg></result></response>`))
	if got, err := e.Addresses(t.Context(), "ours"); blocker.ClassOf(err) != blocker.Unsupported {
		t.Errorf("%v, %v; want class unsupported", got, err)
	}
}

func TestCountNeedsANumber(t *testing.T) {
	for _, body := range []string{`<result/>`, `<result><count>many</count></result>`, `<result><count>-1</count></result>`} {
		e := endpointOf(t, saying(200, `<response status="success">`+body+`</response>`))
		if n, err := e.CountAddresses(t.Context()); err == nil {
			t.Errorf("%s counts %d, want an error", body, n)
		}
	}
}

func TestGroupMatchesItsTagExactly(t *testing.T) {
	for filter, want := range map[string]bool{
		"'Block_Host'": true, "Block_Host": true, `"Block_Host"`: true, "'a' or 'Block_Host'": true,
		"'Block_Host2'": false, "'block_host'": false, "": false, "Block_Host2": false,
	} {
		if got := (Group{Filter: filter}).Matches("Block_Host"); got != want {
			t.Errorf("filter %q matches: %v, want %v", filter, got, want)
		}
	}
}
