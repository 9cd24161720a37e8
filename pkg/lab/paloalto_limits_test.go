package lab

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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
		req := l.request("POST", "/api/", "type=op&cmd="+showInfo, "application/x-www-form-urlencoded")
		go func() {
			resp, err := l.server.Client().Do(req)
			if err != nil {
				statuses <- 0
				return
			}
			_ = resp.Body.Close()
			statuses <- resp.StatusCode
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
