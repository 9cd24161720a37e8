package main_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// browser is one headless Chromium, spoken to over its pipes by the DevTools protocol
// (https://chromedevtools.github.io/devtools-protocol/): each message is JSON and ends with a zero byte.
type browser struct {
	to      io.Writer
	from    chan message
	session string
	last    int
	// asked are the addresses of all requests, complaints what its console told.
	asked, complaints []string
	// loaded are the pages that are whole, by what the browser calls each visit.
	loaded map[string]bool
}

type message struct {
	ID        int             `json:"id,omitempty"`
	Method    string          `json:"method,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Params    any             `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
}

// slowness is how long the browser may take for one answer.
const slowness = time.Minute

// openBrowser starts Chromium with one empty page. Without it the test fails.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	hear, in, out, tell := pipes(t)
	cmd := exec.CommandContext(t.Context(), "chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
		"--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--force-color-profile=srgb", "--remote-debugging-pipe", "--user-data-dir="+profile(t))
	cmd.ExtraFiles = []*os.File{in, out}
	cmd.WaitDelay = farewell
	if err := cmd.Start(); err != nil {
		t.Fatalf("chromium, which .ci/run installs: %v", err)
	}
	in.Close()
	out.Close()
	b := &browser{to: tell, from: make(chan message, 100), loaded: map[string]bool{}}
	done := make(chan struct{})
	go b.listen(hear, done)
	t.Cleanup(func() {
		_, _ = tell.Write([]byte(`{"id":1000000,"method":"Browser.close"}` + "\x00"))
		_ = cmd.Wait()
		tell.Close()
		hear.Close()
		<-done
	})
	var made struct{ TargetID, SessionID string }
	b.call(t, "Target.createTarget", map[string]any{"url": "about:blank"}, &made)
	b.call(t, "Target.attachToTarget", map[string]any{"targetId": made.TargetID, "flatten": true}, &made)
	b.session = made.SessionID
	for _, domain := range []string{"Page", "Network", "Log", "Runtime"} {
		b.call(t, domain+".enable", nil, nil)
	}
	b.call(t, "Page.setLifecycleEventsEnabled", map[string]any{"enabled": true}, nil)
	return b
}

// profile is a folder for the browser's own files. Its processes may still write some while they die.
func profile(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "var-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if !within(farewell, func() bool { return os.RemoveAll(dir) == nil }) {
			t.Errorf("%s cannot be removed", dir)
		}
	})
	return dir
}

func pipes(t *testing.T) (hear, in, out, tell *os.File) {
	t.Helper()
	in, tell, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	hear, out, err = os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return hear, in, out, tell
}

// listen passes on what the browser says, until it is gone.
func (b *browser) listen(from io.Reader, done chan struct{}) {
	defer close(done)
	defer close(b.from)
	lines := bufio.NewReader(from)
	for {
		text, err := lines.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m) == nil {
			b.from <- m
		}
	}
}

// call asks, and waits for the answer.
func (b *browser) call(t *testing.T, method string, params map[string]any, into any) {
	t.Helper()
	b.last++
	text, err := json.Marshal(message{ID: b.last, Method: method, SessionID: b.session, Params: params})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.to.Write(append(text, 0)); err != nil {
		t.Fatal(err)
	}
	answer := b.until(t, method, func(m message) bool { return m.ID == b.last })
	if answer.Error != nil {
		t.Fatalf("%s: %s", method, answer.Error)
	}
	if into != nil {
		if err := json.Unmarshal(answer.Result, into); err != nil {
			t.Fatal(err)
		}
	}
}

// until reads on to a message, and notes what is told on the way.
func (b *browser) until(t *testing.T, what string, is func(message) bool) message {
	t.Helper()
	late := time.After(slowness)
	for {
		select {
		case m, more := <-b.from:
			if !more {
				t.Fatalf("%s: the browser is gone", what)
			}
			b.note(m)
			if is(m) {
				return m
			}
		case <-late:
			t.Fatalf("%s: the browser does not answer", what)
		}
	}
}

// note keeps what the page asked for, and what it complained of.
func (b *browser) note(m message) {
	text, _ := json.Marshal(m.Params) // it was JSON before
	switch m.Method {
	case "Network.requestWillBeSent":
		var p struct{ Request struct{ URL string } }
		_ = json.Unmarshal(text, &p)
		b.asked = append(b.asked, p.Request.URL)
	case "Page.lifecycleEvent":
		var p struct{ LoaderID, Name string }
		_ = json.Unmarshal(text, &p)
		b.loaded[p.LoaderID] = b.loaded[p.LoaderID] || p.Name == "load"
	case "Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown":
		b.complaints = append(b.complaints, string(text))
	}
}

// visit opens a page and waits until it is there: this one, and not the one before, which may have come late.
func (b *browser) visit(t *testing.T, url string) {
	t.Helper()
	var visit struct{ LoaderID string }
	b.call(t, "Page.navigate", map[string]any{"url": url}, &visit)
	if !b.loaded[visit.LoaderID] {
		b.until(t, url, func(message) bool { return b.loaded[visit.LoaderID] })
	}
}

// window gives the page a size, and says whether its user likes it dark.
func (b *browser) window(t *testing.T, width, height int, scheme string) {
	t.Helper()
	b.call(t, "Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
	b.call(t, "Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// press is a key on the keyboard.
func (b *browser) press(t *testing.T, key string, code int, text string) {
	t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		p := map[string]any{"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code}
		if text != "" && kind == "keyDown" {
			p["text"] = text
		}
		b.call(t, "Input.dispatchKeyEvent", p, nil)
	}
}

// look evaluates an expression about the page, from outside of it.
func (b *browser) look(t *testing.T, expression string, into any) {
	t.Helper()
	var found struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	b.call(t, "Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &found)
	if found.ExceptionDetails != nil {
		t.Fatalf("%s: %s", expression, found.ExceptionDetails)
	}
	if err := json.Unmarshal(found.Result.Value, into); err != nil {
		t.Fatalf("%s: %v: %s", expression, err, found.Result.Value)
	}
}

// text is all that can be read on the page.
func (b *browser) text(t *testing.T) (shown string) {
	t.Helper()
	b.look(t, "document.body.innerText", &shown)
	return shown
}

// picture is what the page looks like, in PNG.
func (b *browser) picture(t *testing.T) []byte {
	t.Helper()
	var shot struct{ Data []byte }
	b.call(t, "Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	return shot.Data
}

// wellBehaved wants that the page asked nobody but its own host, and that nothing was to be complained of.
func (b *browser) wellBehaved(t *testing.T, host string) {
	t.Helper()
	for _, url := range b.asked {
		if !strings.HasPrefix(url, "http://"+host+"/") && url != "about:blank" {
			t.Errorf("the page asked for %s", url)
		}
	}
	if len(b.asked) == 0 {
		t.Error("no request was seen")
	}
	for _, text := range b.complaints {
		t.Errorf("the console told %s", fmt.Sprintf("%.500s", text))
	}
}
