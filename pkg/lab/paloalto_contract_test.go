package lab

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const showInfo = "<show><system><info/></system></show>"

func TestPANOS11_1_GetPostAndMultipartDoTheSame(t *testing.T) {
	message := string(sample(t, "panos/register.xml"))
	send := map[string]func(l *panLab) *http.Request{
		"GET": func(l *panLab) *http.Request {
			return l.request("GET", "/api/?type=user-id&cmd="+url.QueryEscape(message), "", "")
		},
		"POST": func(l *panLab) *http.Request {
			body := url.Values{"type": {"user-id"}, "cmd": {message}}.Encode()
			return l.request("POST", "/api/", body, "application/x-www-form-urlencoded")
		},
		"POST with the type in the query": func(l *panLab) *http.Request {
			return l.request("POST", "/api/?type=user-id", "cmd="+url.QueryEscape(message), "application/x-www-form-urlencoded")
		},
		"multipart": func(l *panLab) *http.Request {
			var body bytes.Buffer
			m := multipart.NewWriter(&body)
			part, _ := m.CreateFormFile("file", "uid.xml")
			_, _ = part.Write([]byte(message))
			_ = m.Close()
			return l.request("POST", "/api/?type=user-id", body.String(), m.FormDataContentType())
		},
	}
	for name, request := range send {
		t.Run(name, func(t *testing.T) {
			l := newPanLab(t, PANOSConfig{})
			l.uid(register(entry("10.2.3.5", "var-block-host")))
			status, body := l.do(request(l))
			if want := shape(parsed(t, string(sample(t, "panos/uid-success.xml")))); status != 200 || shape(parsed(t, body)) != want {
				t.Fatalf("HTTP %d %s", status, body)
			}
			want := map[string]map[string]PANOSTagState{
				"10.2.3.4":        {"var-block-host": {Remaining: 3600, Persistent: true}},
				"2001:db8::7":     {"var-block-ext": {Persistent: true}},
				"198.51.100.0/24": {"var-block-ext": {Persistent: true}},
			}
			if diff := cmp.Diff(want, l.held().Addresses); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPANOS11_1_SizeLimits(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	if status, _ := l.post("type", "user-id", "cmd", strings.Repeat("x", 5<<20)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a body over 5 MB: HTTP %d, want 413", status)
	}
	status, _ := l.do(l.request("GET", "/api/?type=op&cmd="+strings.Repeat("x", 2048), "", ""))
	if status != http.StatusRequestURITooLong {
		t.Errorf("a GET over 2 KB: HTTP %d, want 414", status)
	}
}

func TestPANOS11_1_MalformedMessagesAreRefused(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	for message, code := range map[string]string{
		"<uid-message><type>update":   "18",
		"<uid-message/> <another/>":   "18",
		"<something/>":                "17",
		"<uid-message></uid-message>": "17",
		"<uid-message><type>update</type><payload><surprise/></payload></uid-message>": "17",
	} {
		expectCode(t, l.ok("type", "user-id", "cmd", message), code)
	}
	expectCode(t, l.ok("type", "op", "cmd", "<show><clock/></show>"), "17")
	status, body := l.post("type", "user-id")
	if status != http.StatusBadRequest {
		t.Errorf("no command: HTTP %d", status)
	}
	expectCode(t, parsed(t, body), "400")
}

func TestPANOS11_2_KeygenKeepsItsOddQuoting(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.key = ""
	status, body := l.post("type", "keygen", "user", "admin", "password", "wrong")
	if want := strings.TrimSpace(string(sample(t, "panos/keygen-refused.xml"))); status != http.StatusForbidden || body != want {
		t.Errorf("HTTP %d %s, want 403 %s", status, body, want)
	}
	for _, request := range []*http.Request{
		l.request("GET", "/api/?type=keygen&user=admin&password=admin", "", ""),
		l.request("POST", "/api/?type=keygen", "user=admin&password=admin", "application/x-www-form-urlencoded"),
	} {
		status, body = l.do(request)
		if got := parsed(t, body).path("result", "key").text(); status != 200 || got != l.Key("admin") {
			t.Errorf("%s: HTTP %d %s", request.Method, status, body)
		}
	}
}

func TestPANOS11_2_KeyInHeaderOrParameter(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	key := l.key
	l.op(showInfo)
	l.key = ""
	l.op(showInfo, "key", key)
	for _, wrong := range []string{"", "wrong", key + "x"} {
		status, body := l.post("type", "op", "cmd", showInfo, "key", wrong)
		if status != http.StatusForbidden {
			t.Errorf("key %q: HTTP %d", wrong, status)
		}
		expectCode(t, parsed(t, body), "403")
	}
}

func TestPANOS11_2_RoleWithoutUserID(t *testing.T) {
	l := newPanLab(t, PANOSConfig{Admins: []PANOSAdmin{{Name: "admin", NoUserID: true}}})
	expectCode(t, l.uid(register(entry("10.2.3.4", "t"))), "16")
	if n := l.op(showInfo); n.attr("status") != "success" {
		t.Errorf("show is refused: %s", shape(n))
	}
	l.change("set-rights", `{"admin":"admin","no_user_id":false,"no_operations":true}`)
	expectCode(t, l.op(showInfo), "16")
	if got := l.uid(register(entry("10.2.3.4", "t"))).attr("status"); got != "success" {
		t.Errorf("registering: %s", got)
	}
}

func TestPANOS11_3_VsysAndTargetsHaveStoresOfTheirOwn(t *testing.T) {
	l := newPanLab(t, PANOSConfig{Serial: "pano", Targets: []string{"fw1", "fw2"}, VSYS: []string{"vsys1", "vsys2"}})
	l.uid(register(entry("10.0.0.1", "t")), "target", "fw1", "vsys", "vsys2")
	l.uid(register(entry("10.0.0.2", "t")), "target", "fw2")
	l.uid(register(entry("10.0.0.3", "t")))
	got := map[string]int{}
	for _, serial := range []string{"pano", "fw1", "fw2"} {
		for _, vsys := range []string{"vsys1", "vsys2"} {
			for ip := range l.heldBy(serial, vsys).Addresses {
				got[serial+" "+vsys+" "+ip]++
			}
		}
	}
	want := map[string]int{"fw1 vsys2 10.0.0.1": 1, "fw2 vsys1 10.0.0.2": 1, "pano vsys1 10.0.0.3": 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	expectCode(t, l.uid(register(entry("10.0.0.1", "t")), "target", "fw3"), "13")
	expectCode(t, l.uid(register(entry("10.0.0.1", "t")), "vsys", "vsys9"), "12")
}

func TestPANOS11_3_PassiveDeviceDenies(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.change("set", `{"passive":true}`)
	expectCode(t, l.uid(register(entry("10.2.3.4", "t"))), "15")
	if n := l.op("<show><high-availability><state/></high-availability></show>"); n.path("result", "group", "local-info", "state").text() != "passive" {
		t.Error(shape(n))
	}
	l.change("set", `{"passive":false}`)
	l.uid(register(entry("10.2.3.4", "t")))
	if len(l.held().Addresses) != 1 {
		t.Error("an active device did not register")
	}
}
