package lab

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// panLab is a PAN-OS device behind TLS with a clock that stands still until it is moved.
type panLab struct {
	*PANOS
	t      *testing.T
	server *httptest.Server
	key    string
	ahead  atomic.Int64
}

func newPanLab(t *testing.T, cfg PANOSConfig) *panLab {
	t.Helper()
	l := &panLab{t: t}
	cfg.Clock = func() time.Time { return time.Unix(1700507213+l.ahead.Load(), 0) }
	l.PANOS = NewPANOS(cfg)
	l.key = l.Key("admin")
	l.server = httptest.NewTLSServer(l.PANOS)
	t.Cleanup(l.server.Close)
	return l
}

// post sends a form and gives status and body. "key" is added unless the form has one.
func (l *panLab) post(pairs ...string) (int, string) {
	l.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	req := l.request("POST", "/api/", form.Encode(), "application/x-www-form-urlencoded")
	return l.do(req)
}

func (l *panLab) request(method, path, body, contentType string) *http.Request {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.t.Context(), method, l.server.URL+path, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if l.key != "" {
		req.Header.Set("X-PAN-KEY", l.key)
	}
	return req
}

func (l *panLab) do(req *http.Request) (int, string) {
	l.t.Helper()
	resp, err := l.server.Client().Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// uid sends sections of a uid-message, which has to be answered with HTTP 200, and gives the answer.
func (l *panLab) uid(sections string, more ...string) *panNode {
	l.t.Helper()
	message := "<uid-message><version>2.0</version><type>update</type><payload>" + sections + "</payload></uid-message>"
	return l.ok(append([]string{"type", "user-id", "cmd", message}, more...)...)
}

func (l *panLab) op(command string, more ...string) *panNode {
	l.t.Helper()
	return l.ok(append([]string{"type", "op", "cmd", command}, more...)...)
}

func (l *panLab) ok(pairs ...string) *panNode {
	l.t.Helper()
	status, body := l.post(pairs...)
	if status != http.StatusOK {
		l.t.Fatalf("%v: HTTP %d %s", pairs, status, body)
	}
	return parsed(l.t, body)
}

func (l *panLab) change(op, args string) {
	l.t.Helper()
	if err := l.Change(op, json.RawMessage(args)); err != nil {
		l.t.Fatal(err)
	}
}

// held are the tags of the first virtual system by address, as "ip tag".
func (l *panLab) held() PANOSVsysState { return l.heldBy(l.cfg.Serial, "vsys1") }

func (l *panLab) heldBy(serial, vsys string) PANOSVsysState {
	return l.Holds().Devices[serial].VSYS[vsys]
}

func parsed(t *testing.T, text string) *panNode {
	t.Helper()
	n, err := parsePanXML(strings.TrimSpace(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return &n
}

// shape is an answer without the space between its elements, for comparison with a sample.
func shape(n *panNode) string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *panNode) write(b *strings.Builder) {
	b.WriteString("<" + n.XMLName.Local)
	for _, a := range n.Attrs {
		fmt.Fprintf(b, " %s=%q", a.Name.Local, a.Value)
	}
	b.WriteString(">" + n.text())
	for i := range n.Children {
		n.Children[i].write(b)
	}
	b.WriteString("</>")
}

func expectCode(t *testing.T, n *panNode, code string) {
	t.Helper()
	if n.attr("status") != "error" || n.attr("code") != code {
		t.Errorf("got %s, want an error with code %s", shape(n), code)
	}
}

func entry(ip, tag string) string { return entryFor("ip", ip, "", tag) }

func entryFor(attribute, key, timeout, tag string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(key))
	if timeout != "" {
		timeout = ` timeout="` + timeout + `"`
	}
	return fmt.Sprintf(`<entry %s="%s"><tag><member%s>%s</member></tag></entry>`, attribute, b.String(), timeout, tag)
}

func register(entries ...string) string {
	return "<register>" + strings.Join(entries, "") + "</register>"
}

func unregister(entries ...string) string {
	return "<unregister>" + strings.Join(entries, "") + "</unregister>"
}
