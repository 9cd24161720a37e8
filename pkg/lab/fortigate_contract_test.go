package lab

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFortiOS11_1_BearerIsMatchedExactly(t *testing.T) {
	for name, token := range map[string]string{"wrong": "tk-writ", "longer": fortiToken + "x", "empty": ""} {
		t.Run(name, func(t *testing.T) {
			l := newFortiLab(t, FortiGateConfig{})
			l.token = token
			status, body := l.raw("GET", "/api/v2/cmdb/firewall/address", "")
			if status != http.StatusUnauthorized || strings.HasPrefix(string(body), "{") {
				t.Errorf("HTTP %d %q, want 401 without an envelope", status, body)
			}
		})
	}
}

func TestFortiOS11_1_LockoutRefusesTheCorrectTokenAndDoubles(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	wrong := func(n int) {
		l.token = "wrong"
		for range n {
			if status, _ := l.raw("GET", "/api/v2/cmdb/firewall/address", ""); status != http.StatusUnauthorized {
				t.Fatalf("wrong token: HTTP %d, want 401", status)
			}
		}
		l.token = fortiToken
	}
	expect := func(want int) {
		t.Helper()
		if status, _ := l.raw("GET", "/api/v2/cmdb/firewall/address", ""); status != want {
			t.Fatalf("correct token after %d s: HTTP %d, want %d", l.ahead.Load(), status, want)
		}
	}
	wrong(3)
	expect(http.StatusTooManyRequests)
	l.ahead.Add(59)
	expect(http.StatusTooManyRequests)
	l.ahead.Add(1)
	wrong(3)
	l.ahead.Add(61)
	expect(http.StatusTooManyRequests) // two minutes now
	l.ahead.Add(60)
	expect(http.StatusOK)
	wrong(2)
	expect(http.StatusOK)
	wrong(2)
	expect(http.StatusOK) // one success resets the counter
}

func TestFortiOS11_1_TokenInTheQueryIsRefused(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	l.token = ""
	status, _ := l.raw("GET", "/api/v2/cmdb/firewall/address?access_token="+fortiToken, "")
	if got := l.header.Get("WWW-Authenticate"); status != http.StatusUnauthorized || got != `error="invalid_token"` {
		t.Errorf("HTTP %d with %q, want 401 with error=\"invalid_token\"", status, got)
	}
}

func TestFortiOS11_2_VDOMsHaveStoresOfTheirOwn(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{VDOMs: []string{"root", "guest"}})
	l.call(200, "POST", "cmdb/firewall/address?vdom=guest", `{"name":"var-1","subnet":"198.51.100.7/32"}`)
	l.refused(404, -3, "GET", "cmdb/firewall/address/var-1?vdom=root", "")
	l.call(200, "GET", "cmdb/firewall/address/var-1?vdom=guest", "")
	e := l.call(424, "GET", "cmdb/firewall/address?vdom=nope", "")
	if e["status"] != "error" || e["vdom"] != "nope" {
		t.Errorf("unknown VDOM: %v", e)
	}
}

func TestFortiOS11_2_AllVDOMsAnswerAsAnArray(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{VDOMs: []string{"root", "guest"}})
	for path, want := range map[string]string{"vdom=*": `"vdom":"guest"`, "vdom=root,guest": `"vdom":"guest"`, "global=1": `"vdom":"root"`} {
		status, body := l.raw("GET", "/api/v2/cmdb/firewall/address?"+path, "")
		if status != 200 || body[0] != '[' || !strings.Contains(string(body), want) {
			t.Errorf("%s: HTTP %d %s", path, status, body)
		}
	}
}

func TestFortiOS11_3_EnvelopeLooksAsCaptured(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	write := l.call(200, "POST", "cmdb/firewall/address", `{"name":"var-10.2.3.4","subnet":"10.2.3.4 255.255.255.255"}`)
	likeSample(t, "fortios/write.json", write)
	if _, ok := write["results"]; ok {
		t.Error("a write has results")
	}
	l.call(200, "POST", "cmdb/firewall/addrgrp", `{"name":"var-block","member":[{"name":"var-10.2.3.4"}]}`)
	list := l.call(200, "GET", "cmdb/firewall/addrgrp", "")
	likeSample(t, "fortios/list.json", list)
	if extra := extraKeys(t, "fortios/list.json", list); len(extra) > 0 {
		t.Errorf("the list has keys %v more than the sample", extra)
	}
	e := l.refused(500, -651, "POST", "cmdb/firewall/addrgrp", `{"name":"g","member":[{"name":"var-nope"}]}`)
	likeSample(t, "fortios/error.json", e)
	want := "node_check_object fail! for name var-nope\n\nvalue parse error before 'var-nope'\nCommand fail. Return code -651\n"
	if e["cli_error"] != want {
		t.Errorf("cli_error %q, want %q", e["cli_error"], want)
	}
}

func TestFortiOS11_3_RevisionIsAHashOfTheTable(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	before := l.call(200, "GET", "cmdb/firewall/address", "")["revision"]
	w := l.call(200, "POST", "cmdb/firewall/address", `{"name":"a","subnet":"198.51.100.7/32"}`)
	if w["revision_changed"] != true || w["old_revision"] != before || w["revision"] == before {
		t.Errorf("a write that changed something: %v", w)
	}
	same := l.call(200, "PUT", "cmdb/firewall/address/a", `{"subnet":"198.51.100.7 255.255.255.255"}`)
	if same["revision_changed"] != false || same["revision"] != w["revision"] {
		t.Errorf("a write that changed nothing: %v", same)
	}
	if d := l.call(200, "DELETE", "cmdb/firewall/address/a", ""); d["revision"] != before {
		t.Errorf("revision %v after taking the object away, want %v again", d["revision"], before)
	}
}

func TestFortiOS11_3_SerialVersionAndBuildAreSettable(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{Version: "v7.0.12", Serial: "FG1", Build: 523})
	l.change("set", `{"serial":"FG2","version":"v7.2.0","build":1157}`)
	e := l.call(200, "GET", "monitor/system/status", "")
	got := []any{e["serial"], e["version"], e["build"]}
	if diff := cmp.Diff([]any{"FG2", "v7.2.0", 1157.0}, got); diff != "" {
		t.Error(diff)
	}
	l.call(404, "POST", "monitor/system/external-resource/dynamic", `{"commands":[]}`)
	l.call(200, "POST", "cmdb/firewall/addrgrp", `{"name":"empty"}`)
}

func TestFortiOS11_4_EscapedNamesRoundTrip(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	for plain, escaped := range map[string]string{
		"198.51.100.0/24": "198.51.100.0%2F24", "a b": "a%20b", "2001:db8::7": "2001%3Adb8%3A%3A7", "100%": "100%25", "ü": "%C3%BC",
	} {
		l.call(200, "POST", "cmdb/firewall/address", `{"name":"`+plain+`","subnet":"198.51.100.0/24"}`)
		e := l.call(200, "GET", "cmdb/firewall/address/"+escaped, "")
		row := e["results"].([]any)[0].(map[string]any)
		if row["name"] != plain || row["q_origin_key"] != plain || e["mkey"] != plain {
			t.Errorf("%s came back as %v", plain, row)
		}
		l.call(200, "DELETE", "cmdb/firewall/address/"+escaped, "")
	}
	if got := l.root().Addresses; len(got) != 0 {
		t.Errorf("left behind: %v", got)
	}
}
