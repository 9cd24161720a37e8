package cli

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func webhookKeys() map[string]func(*testing.T) {
	return map[string]func(*testing.T){
		"notify.webhook.url":                  testWebhookURL,
		"notify.webhook.template":             testWebhookTemplate,
		"notify.webhook.template_file":        testWebhookForm,
		"notify.webhook.timeout":              testWebhookTimeout,
		"notify.webhook.proxy":                testWebhookProxy,
		"notify.webhook.ca_file":              testWebhookTrust("ca_file = \"CA\"\n", ""),
		"notify.webhook.server_name":          testWebhookTrust("ca_file = \"CA\"\nserver_name = \"example.com\"\n", "ca_file = \"CA\"\nserver_name = \"elsewhere\"\n"),
		"notify.webhook.insecure_skip_verify": testWebhookTrust("insecure_skip_verify = true\n", ""),
	}
}

// hook is an end that remembers what was posted to it.
func hook(t *testing.T, secure bool) (url, ca string, posted *strings.Builder) {
	t.Helper()
	posted = &strings.Builder{}
	end := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what is cut off is no JSON
		fmt.Fprintln(posted, r.Host, r.URL.Path, string(body))
	}))
	end.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(end.Close)
	if !secure {
		end.Start()
	} else {
		end.StartTLS()
		ca = filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(ca, pemOf(end.Certificate()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return end.URL, ca, posted
}

func hookAt(url, lines string) string {
	return fmt.Sprintf("[notify.webhook.chat]\nurl = %q\n%s", url, lines)
}

const hookChannel = "webhook.chat"

func testWebhookURL(t *testing.T) {
	url, _, posted := hook(t, false)
	if err := tells(t, hookChannel, hookAt(url+"/here", "")); err != nil || !strings.Contains(posted.String(), " /here ") {
		t.Errorf("%v, %s", err, posted)
	}
}

func testWebhookTemplate(t *testing.T) {
	bodies := map[string]bool{}
	for _, template := range []string{"json", "slack", "teams"} {
		url, _, posted := hook(t, false)
		if err := tells(t, hookChannel, hookAt(url, "template = \""+template+"\"\n")); err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(posted.String(), "{")
		bodies[body[:20]] = true
	}
	if len(bodies) != 3 {
		t.Errorf("they begin with %v", bodies)
	}
}

func testWebhookForm(t *testing.T) {
	s := &stage{t: t, dir: t.TempDir()}
	form := s.write("own.tmpl", `{"from": "the night shift"}`)
	url, _, posted := hook(t, false)
	if err := tells(t, hookChannel, hookAt(url, fmt.Sprintf("template_file = %q\n", form))); err != nil || !strings.Contains(posted.String(), "the night shift") {
		t.Errorf("%v, %s", err, posted)
	}
}

// testWebhookTimeout has an end that never answers.
func testWebhookTimeout(t *testing.T) {
	e := listenTo(t, false, logServer)
	err := tells(t, hookChannel, hookAt("http://"+e.host+":"+e.port, "timeout = \"1s\"\n"))
	if err == nil || !strings.Contains(err.Error(), "1s") {
		t.Errorf("got %v, want that it says after how long", err)
	}
}

func testWebhookProxy(t *testing.T) {
	proxy, _, asked := hook(t, false)
	lines := fmt.Sprintf("proxy = %q\n", proxy)
	if err := tells(t, hookChannel, hookAt("http://127.0.0.1:1/x", lines)); err != nil || !strings.Contains(asked.String(), "127.0.0.1:1") {
		t.Errorf("%v, the proxy heard %q", err, asked)
	}
}

func testWebhookTrust(right, wrong string) func(*testing.T) {
	return func(t *testing.T) {
		url, ca, _ := hook(t, true)
		if err := tells(t, hookChannel, hookAt(url, strings.ReplaceAll(right, "CA", ca))); err != nil {
			t.Error(err)
		}
		if err := tells(t, hookChannel, hookAt(url, strings.ReplaceAll(wrong, "CA", ca))); err == nil {
			t.Error("it was told to anybody")
		}
	}
}
