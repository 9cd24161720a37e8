package lab_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/lab"
)

const (
	personalToken = "9c41f0e2b7d84f6f9a1c3f5e7d9b0a2c"
	clientID      = "0f0e0d0c0b0a09080706050403020100"
	clientSecret  = "s3cret"
)

// console speaks raw HTTP to a brain: what the tests know of the API stands in the tests.
type console struct {
	*testing.T
	brain         *lab.Brain
	world         *lab.World
	end           *lab.End
	client        *http.Client
	version       string
	authorization string
}

// newConsole is logged in: with a token on QUX, by OAuth on RUX.
func newConsole(t *testing.T, version string) *console {
	w := newWorld(t)
	b := lab.NewBrain(lab.BrainConfig{
		Version: version, Tokens: []string{personalToken}, ClientID: clientID, ClientSecret: clientSecret,
		TokenLife: 30 * time.Minute, Clock: w.Now,
	})
	client := w.Client()
	t.Cleanup(client.CloseIdleConnections)
	c := &console{
		T: t, brain: b, world: w, end: w.Add("brain", b), client: client, version: version,
		authorization: "Token " + personalToken,
	}
	if strings.HasPrefix(version, "3") {
		_, body := c.token("/oauth2/token", clientSecret, "grant_type=client_credentials")
		c.authorization = "Bearer " + body["access_token"].(string)
	}
	return c
}

type reply struct {
	code   int
	header http.Header
	text   string
	err    error // of reading the body
}

func (c *console) send(r *http.Request) reply {
	c.Helper()
	answer, err := c.client.Do(r)
	if err != nil {
		return reply{err: err}
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return reply{answer.StatusCode, answer.Header, string(text), err}
}

func (c *console) raw(method, path, body string) reply {
	c.Helper()
	return c.send(c.request(method, path, body))
}

func (c *console) request(method, path, body string) *http.Request {
	c.Helper()
	r, err := http.NewRequest(method, c.end.URL+"/api/v"+c.version+"/"+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Authorization", c.authorization)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// call wants this status, and gives the decoded body.
func (c *console) call(code int, method, path, body string) any {
	c.Helper()
	answer := c.raw(method, path, body)
	if answer.code != code || answer.err != nil {
		c.Fatalf("%s %s: got %d %s %v, want %d", method, path, answer.code, answer.text, answer.err, code)
	}
	if answer.text == "" {
		return nil
	}
	return decode(c.T, answer.text)
}

func (c *console) object(path string) map[string]any {
	c.Helper()
	return c.call(200, "GET", path, "").(map[string]any)
}

// results are the rows of one page.
func (c *console) results(path string) []map[string]any {
	c.Helper()
	var rows []map[string]any
	for _, row := range c.object(path)["results"].([]any) {
		rows = append(rows, row.(map[string]any))
	}
	return rows
}

func (c *console) ids(path string) []int {
	c.Helper()
	out := []int{}
	for _, row := range c.results(path) {
		out = append(out, int(row["id"].(float64)))
	}
	return out
}

func (c *console) wantIDs(path string, want ...int) {
	c.Helper()
	if got := c.ids(path); !slices.Equal(got, append([]int{}, want...)) {
		c.Errorf("%s: got %v, want %v", path, got, want)
	}
}

func (c *console) tags(kind string, id int) []any {
	c.Helper()
	return c.object(fmt.Sprintf("tagging/%s/%d", kind, id))["tags"].([]any)
}

// token asks the token endpoint; no secret is no Basic header.
func (c *console) token(path, secret, form string) (int, map[string]any) {
	c.Helper()
	answer := c.tokenReply(path, secret, form)
	body := map[string]any{}
	if strings.HasPrefix(answer.text, "{") {
		body = decode(c.T, answer.text).(map[string]any)
	}
	return answer.code, body
}

func (c *console) tokenReply(path, secret, form string) reply {
	c.Helper()
	r, err := http.NewRequest("POST", c.end.URL+path, strings.NewReader(form))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if secret != "" {
		r.SetBasicAuth(clientID, secret)
	}
	return c.send(r)
}

func (c *console) faults(f ...lab.Fault) {
	c.Helper()
	if err := c.end.SetFaults(f...); err != nil {
		c.Fatal(err)
	}
}

// walk follows the query of each next on our own origin, and gives the ids and the nexts.
func (c *console) walk(path string) (ids []int, nexts []string, last reply) {
	c.Helper()
	for {
		last = c.raw("GET", path, "")
		if last.code != 200 {
			return ids, nexts, last
		}
		page := decode(c.T, last.text).(map[string]any)
		for _, row := range page["results"].([]any) {
			ids = append(ids, int(row.(map[string]any)["id"].(float64)))
		}
		next, ok := page["next"].(string)
		if !ok {
			return ids, nexts, last
		}
		nexts = append(nexts, next)
		u, err := url.Parse(next)
		if err != nil {
			c.Fatal(err)
		}
		path = u.Path[strings.LastIndex(u.Path, "/")+1:] + "?" + u.RawQuery
	}
}

func decode(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("no JSON: %v in %.200s", err, text)
	}
	return v
}

func sample(t *testing.T, name string) any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "vectra", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, string(raw))
}

func sampleError(t *testing.T, name string) any {
	t.Helper()
	return sample(t, "errors").(map[string]any)[name]
}

func (c *console) wantReply(code int, want any, method, path, body string) {
	c.Helper()
	if diff := cmp.Diff(want, c.call(code, method, path, body)); diff != "" {
		c.Errorf("%s %s (-want +got):\n%s", method, path, diff)
	}
}

// likeSample wants the same keys with values of the same types, all the way down. A null in either says nothing
// about the type; the rows of a longer list are held against the first one of the sample.
func likeSample(t *testing.T, at string, got, want any) {
	t.Helper()
	if got == nil || want == nil {
		return
	}
	switch want := want.(type) {
	case map[string]any:
		likeObject(t, at, got, want)
	case []any:
		rows, ok := got.([]any)
		if !ok {
			t.Errorf("%s is %T, want a list", at, got)
			return
		}
		for i, row := range rows {
			if len(want) > 0 {
				likeSample(t, fmt.Sprintf("%s[%d]", at, i), row, want[min(i, len(want)-1)])
			}
		}
	default:
		if fmt.Sprintf("%T", got) != fmt.Sprintf("%T", want) {
			t.Errorf("%s is %T, want %T", at, got, want)
		}
	}
}

func likeObject(t *testing.T, at string, got any, want map[string]any) {
	t.Helper()
	o, ok := got.(map[string]any)
	if !ok {
		t.Errorf("%s is %T, want an object", at, got)
		return
	}
	for key, value := range want {
		if _, there := o[key]; !there {
			t.Errorf("%s lacks %q", at, key)
			continue
		}
		likeSample(t, at+"."+key, o[key], value)
	}
	for key := range o {
		if _, there := want[key]; !there {
			t.Errorf("%s has %q, which the sample has not", at, key)
		}
	}
}

// without takes keys out, for shapes that differ by version.
func without(o any, keys ...string) map[string]any {
	out := map[string]any{}
	for key, value := range o.(map[string]any) {
		if !slices.Contains(keys, key) {
			out[key] = value
		}
	}
	return out
}

func with(o map[string]any, extra map[string]any) map[string]any {
	for key, value := range extra {
		o[key] = value
	}
	return o
}

func someHost(id int, tags ...string) lab.Host {
	return lab.Host{
		Subject: lab.Subject{ID: id, Threat: 81, Certainty: 77, Tags: tags},
		Scored:  lab.Scored{Name: fmt.Sprintf("ws-%03d", id), Urgency: 50},
		IP:      fmt.Sprintf("10.20.30.%d", id%250), Traffic: true,
	}
}

func someHosts(n int) []lab.Host {
	var out []lab.Host
	for i := range n {
		out = append(out, someHost(i+1))
	}
	return out
}

func someAccount(id int, name string, tags ...string) lab.Account {
	return lab.Account{
		Subject: lab.Subject{ID: id, Threat: 62, Certainty: 58, Tags: tags},
		Scored:  lab.Scored{Name: name, Urgency: 50},
	}
}
