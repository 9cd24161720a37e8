package lab

import (
	"bytes"
	"fmt"
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

func TestPANOS11_4_UnregisterFirst(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.uid(register(entryFor("ip", "10.2.3.4", "100", "t")))
	l.ahead.Add(50)
	// Written the other way round: if it were carried out so, nothing would be registered at the end.
	n := l.uid(register(entryFor("ip", "10.2.3.4", "100", "t")) + unregister(entry("10.2.3.4", "t")))
	if n.attr("status") != "success" {
		t.Errorf("got %s", shape(n))
	}
	if got := l.held().Addresses["10.2.3.4"]["t"].Remaining; got != 100 {
		t.Errorf("the tag lasts %d s, want 100: unregister and register renew it", got)
	}
}

func TestPANOS11_4_RefusedEntriesAreNamedAndTheOthersApplied(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.uid(register(entry("10.2.3.4", "var-block-host")))
	n := l.uid(unregister(entry("10.2.3.9", "var-block-host")) +
		register(entry("10.2.3.4", "var-block-host"), entry("10.2.3.8", "var-block-host")))
	if diff := cmp.Diff(shape(parsed(t, string(sample(t, "panos/uid-partial.xml")))), shape(n)); diff != "" {
		t.Error(diff)
	}
	if l.held().Addresses["10.2.3.8"] == nil {
		t.Error("the entry that was not refused is not applied")
	}
	n = l.uid(unregister(entry("10.2.3.4", "nope")))
	want := `<entry ip="10.2.3.4" message="tag nope does not exist, ignore unreg"></>`
	if !strings.Contains(shape(n), want) {
		t.Errorf("got %s, want %s in it", shape(n), want)
	}
}

func TestPANOS11_4_SecondRegisterSectionIsRefused(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	expectCode(t, l.uid(register(entry("10.2.3.4", "t"))+register(entry("10.2.3.5", "t"))), "18")
	if got := l.held().Addresses; len(got) != 0 {
		t.Errorf("something was registered: %v", got)
	}
}

func TestPANOS11_4_UnregisterWithoutTagTakesAll(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.uid(register(entry("10.2.3.4", "ours"), entry("10.2.3.4", "theirs")))
	l.uid(unregister(`<entry ip="10.2.3.4"/>`))
	if got := l.held().Addresses; len(got) != 0 {
		t.Errorf("left: %v", got)
	}
}

func TestPANOS11_4_UsersAreRegisteredTheSameWay(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	user := func(section string) string {
		return "<" + section + "-user>" + entryFor("user", `example\j&doe`, "3600", "acct") + "</" + section + "-user>"
	}
	l.uid(user("register"))
	n := l.uid(user("register"))
	want := `<register-user><entry user="example\\j&doe" message="tag acct already exists, ignore"></></>`
	if !strings.Contains(shape(n), want) {
		t.Errorf("got %s, want %s in it", shape(n), want)
	}
	if n := l.uid(user("unregister") + user("register")); n.attr("status") != "success" {
		t.Errorf("unregister-user does not come first: %s", shape(n))
	}
	l.uid(user("unregister"))
	if n := l.uid(user("unregister")); !strings.Contains(shape(n), "does not exist, ignore unreg") {
		t.Error(shape(n))
	}
}

func TestPANOS11_4_RulesForTags(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	for _, bad := range []string{"it's", "a  b", "a and b", "NOT x", strings.Repeat("t", 128), ""} {
		n := l.uid(register(entry("10.2.3.4", bad)))
		if !strings.Contains(shape(n), "Failed to register 10.2.3.4") {
			t.Errorf("tag %q: %s", bad, shape(n))
		}
	}
	for i := range 33 {
		l.uid(register(entry("10.2.3.4", fmt.Sprintf("t%d", i))))
	}
	if got := len(l.held().Addresses["10.2.3.4"]); got != 32 {
		t.Errorf("%d tags on one address, want 32", got)
	}
}

func TestPANOS11_5_TimeoutsRunOutAndAreNotRefreshed(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	again := func() { l.uid(register(entryFor("ip", "10.2.3.4", "100", "t"), entry("10.2.3.4", "stays"))) }
	again()
	l.ahead.Add(60)
	again()
	if got := l.held().Addresses["10.2.3.4"]["t"].Remaining; got != 40 {
		t.Errorf("%d s remain, want 40", got)
	}
	l.change("set", `{"refresh":true}`)
	again()
	if got := l.held().Addresses["10.2.3.4"]["t"].Remaining; got != 100 {
		t.Errorf("with refresh %d s remain, want 100", got)
	}
	l.change("advance", `{"seconds":100}`)
	want := map[string]PANOSTagState{"stays": {Persistent: true}}
	if diff := cmp.Diff(want, l.held().Addresses["10.2.3.4"]); diff != "" {
		t.Error(diff)
	}
	if n := l.uid(register(entryFor("ip", "10.2.3.4", "2592001", "u"))); n.attr("status") != "error" {
		t.Error("more than 30 days are taken")
	}
}

func TestPANOS11_5_RebootDropsWhatIsNotPersistent(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.uid(`<register><entry ip="10.0.0.1" persistent="0"><tag><member>t</member></tag></entry>` +
		`<entry ip="10.0.0.2" persistent="1"><tag><member>t</member></tag></entry>` + entry("10.0.0.3", "t") + `</register>`)
	l.change("reboot", "")
	if diff := cmp.Diff([]string{"10.0.0.2", "10.0.0.3"}, sortedKeys(l.held().Addresses)); diff != "" {
		t.Error(diff)
	}
}

func TestPANOS11_6_WhatReleasesCan(t *testing.T) {
	l := newPanLab(t, PANOSConfig{Version: "8.1.19"})
	l.uid(register(entryFor("ip", "10.0.0.1", "5", "t")))
	if got := l.held().Addresses["10.0.0.1"]["t"].Remaining; got != 0 {
		t.Errorf("8.1 keeps a timeout of %d s", got)
	}
	user := "<register-user>" + entryFor("user", "u", "", "t") + "</register-user>"
	expectCode(t, l.uid(user), "17")
	l.change("set", `{"version":"9.1.0"}`)
	if n := l.uid(user); n.attr("status") != "success" {
		t.Errorf("9.1: %s", shape(n))
	}
	for _, network := range []string{"198.51.100.0/24", "198.51.100.1-198.51.100.9"} {
		l.change("set", `{"version":"9.1.0"}`)
		if n := l.uid(register(entry(network, "t"))); n.attr("status") != "error" {
			t.Errorf("9.1 takes %s", network)
		}
		l.change("set", `{"version":"10.0.0"}`)
		if n := l.uid(register(entry(network, "t"))); n.attr("status") != "success" {
			t.Errorf("10.0: %s", shape(n))
		}
	}
	for _, never := range []string{"2001:db8::/64", "2001:db8::1-2001:db8::2", "host.example.net", "198.51.100.300", ""} {
		if n := l.uid(register(entry(never, "t"))); !strings.Contains(shape(n), "Failed to register") {
			t.Errorf("%q: %s", never, shape(n))
		}
	}
}

func TestPANOS11_7_CapacityRefusesOnlyWhatDoesNotFit(t *testing.T) {
	l := newPanLab(t, PANOSConfig{Capacity: 3, VSYS: []string{"vsys1", "vsys2"}})
	l.uid(register(entry("10.0.0.1", "t")), "vsys", "vsys2")
	n := l.uid(register(entry("10.0.0.1", "t"), entry("10.0.0.2", "t"), entry("10.0.0.3", "t"), entry("10.0.0.1", "u")))
	refused := n.path("msg", "line", "uid-response", "payload", "register").Children
	if len(refused) != 1 || refused[0].attr("ip") != "10.0.0.3" || !strings.HasPrefix(refused[0].attr("message"), "Failed to register") {
		t.Errorf("got %s", shape(n))
	}
	if diff := cmp.Diff([]string{"10.0.0.1", "10.0.0.2"}, sortedKeys(l.held().Addresses)); diff != "" {
		t.Error(diff)
	}
}

func TestPANOS11_8_ShowLooksAsCaptured(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.uid(register(entryFor("ip", "10.2.3.4", "2710", "var-block-host"), entry("10.2.3.4", "other"), entry("10.9.9.9", "other")))
	want := shape(parsed(t, string(sample(t, "panos/registered-ip.xml"))))
	for _, filter := range []string{
		`<limit>500</limit><start-point>1</start-point><tag><entry name="var-block-host"/></tag>`, `<ip>10.2.3.4</ip>`,
	} {
		n := l.op("<show><object><registered-ip>" + filter + "</registered-ip></object></show>")
		if diff := cmp.Diff(want, shape(n)); diff != "" {
			t.Errorf("%s: %s", filter, diff)
		}
	}
	n := l.op("<show><object><registered-ip><all><option>count</option></all></registered-ip></object></show>")
	if got := n.path("result", "count").text(); got != "2" || len(n.child("result").Children) != 1 {
		t.Errorf("count: %s", shape(n))
	}
}

func TestPANOS11_8_PagesCoverTheTableOnce(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.change("fill", `{"count":7,"tags":["theirs"]}`)
	l.change("fill", `{"count":5,"tags":["ours"]}`)
	for i := range 3 {
		l.change("tag", fmt.Sprintf(`{"user":"example\\u%d","tags":["acct"]}`, i))
	}
	pages := func(format, attribute string) (got []string, calls int) {
		for start := 1; ; {
			n := l.op(fmt.Sprintf(format, 2, start))
			calls++
			page := 0
			for _, c := range n.child("result").Children {
				if key := c.attr(attribute); key != "" {
					got, page = append(got, key), page+1
				}
			}
			if page < 2 {
				return got, calls
			}
			start += page
		}
	}
	ips, calls := pages(`<show><object><registered-ip><limit>%d</limit><start-point>%d</start-point><tag><entry name="ours"/></tag></registered-ip></object></show>`, "ip")
	if len(ips) != 5 || calls != 3 {
		t.Errorf("%d calls gave %v", calls, ips)
	}
	users, _ := pages(`<show><object><registered-user><all><limit>%d</limit><start-point>%d</start-point></all></registered-user></object></show>`, "user")
	if diff := cmp.Diff([]string{`example\u0`, `example\u1`, `example\u2`}, users); diff != "" {
		t.Error(diff)
	}
	one := l.op(`<show><object><registered-user><user>example\u1</user></registered-user></object></show>`)
	if got := one.path("result", "entry").attr("user"); got != `example\u1` || one.path("result", "count").text() != "1" {
		t.Error(shape(one))
	}
}

func TestPANOS11_9_SixthCallAtATimeIsRefused(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.change("hold", "")
	statuses := make(chan int, 6)
	for range 6 {
		go func() {
			status, _ := l.post("type", "op", "cmd", showInfo)
			statuses <- status
		}()
	}
	if got := <-statuses; got != http.StatusServiceUnavailable { // the other five wait
		t.Errorf("HTTP %d, want 503", got)
	}
	l.change("release", "")
	for range 5 {
		if got := <-statuses; got != http.StatusOK {
			t.Errorf("HTTP %d, want 200", got)
		}
	}
}

func TestPANOS11_9_AnotherToolTakesOurTag(t *testing.T) {
	l := newPanLab(t, PANOSConfig{})
	l.uid(register(entry("10.2.3.4", "ours"), entry("10.2.3.4", "theirs")))
	l.change("untag", `{"ip":"10.2.3.4","tags":["ours"]}`)
	if diff := cmp.Diff([]string{"theirs"}, sortedKeys(l.held().Addresses["10.2.3.4"])); diff != "" {
		t.Error(diff)
	}
}
