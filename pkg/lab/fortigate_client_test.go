package lab

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The predecessor blocks so: objects named by the bare address, the whole member list read and written back.
func TestFortiOS10_ThePredecessorsWayWorks(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{Version: "v7.0.12"})
	l.call(200, "POST", groups, `{"name":"Internal-Block","member":[{"name":"none"}]}`)
	members := func() []any {
		e := l.call(200, "GET", groups+"/Internal-Block", "")
		return e["results"].([]any)[0].(map[string]any)["member"].([]any)
	}
	write := func(list []any) {
		body, _ := json.Marshal(map[string]any{"member": list})
		l.call(200, "PUT", groups+"/Internal-Block", string(body))
	}
	for _, ip := range []string{"10.2.3.4", "10.2.3.5"} {
		l.refused(404, -3, "GET", "cmdb/firewall/address/"+ip, "")
		l.call(200, "POST", "cmdb/firewall/address", fmt.Sprintf(`{"name":%q,"type":"iprange","start-ip":%q,"end-ip":%q}`, ip, ip, ip))
		write(append(members(), map[string]any{"name": ip}))
	}
	if diff := cmp.Diff([]string{"none", "10.2.3.4", "10.2.3.5"}, l.root().Groups["Internal-Block"]); diff != "" {
		t.Error(diff)
	}
	l.refused(500, -23, "DELETE", "cmdb/firewall/address/10.2.3.4", "")
	write(slices.DeleteFunc(members(), func(m any) bool { return m.(map[string]any)["name"] == "10.2.3.4" }))
	l.call(200, "DELETE", "cmdb/firewall/address/10.2.3.4", "")
	want := map[string]FortiAddressState{"10.2.3.5": {Type: "iprange", Value: "10.2.3.5-10.2.3.5"}}
	if diff := cmp.Diff(want, l.root().Addresses); diff != "" {
		t.Error(diff)
	}
}

func TestFortiOS1_SessionByFormNeedsTheCSRFTokenToWrite(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{User: "admin", Password: "pw&d"})
	client := l.server.Client()
	client.Jar, _ = cookiejar.New(nil)
	status, body := l.form(client, "/logincheck", url.Values{"username": {"admin"}, "secretkey": {"wrong"}})
	if status != 200 || body[0] != '0' {
		t.Fatalf("wrong password: HTTP %d %q", status, body)
	}
	status, body = l.form(client, "/logincheck", url.Values{"username": {"admin"}, "secretkey": {"pw&d"}, "ajax": {"1"}})
	if status != 200 || body[0] != '1' {
		t.Fatalf("HTTP %d %q", status, body)
	}
	l.token = ""
	if status, _ := l.raw("GET", "/api/v2/cmdb/system/vdom", ""); status != 200 {
		t.Errorf("reading with a session: HTTP %d", status)
	}
	if status, _ := l.raw("POST", "/api/v2/"+groups, `{"name":"g"}`); status != http.StatusForbidden {
		t.Errorf("writing without the CSRF token: HTTP %d, want 403", status)
	}
	l.send = http.Header{"X-Csrftoken": {csrfOf(client, l.server.URL)}}
	l.call(200, "POST", groups, `{"name":"g"}`)
	l.form(client, "/logout", nil)
	if status, _ := l.raw("GET", "/api/v2/cmdb/system/vdom", ""); status != http.StatusUnauthorized {
		t.Errorf("after logging out: HTTP %d, want 401", status)
	}
}

func csrfOf(c *http.Client, base string) string {
	u, _ := url.Parse(base)
	for _, cookie := range c.Jar.Cookies(u) {
		if cookie.Name == "ccsrftoken" {
			return strings.Trim(cookie.Value, `"`)
		}
	}
	return ""
}

func (l *fortiLab) form(c *http.Client, path string, form url.Values) (int, string) {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.t.Context(), "POST", l.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		l.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := c.Do(req)
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

func TestFortiOS1_SessionKeyServesAsBearerToken(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{User: "admin", Password: "pw"})
	l.token = ""
	l.call(401, "POST", "authentication", `{"username":"admin","secretkey":"no","request_key":true}`)
	e := l.call(200, "POST", "authentication", `{"username":"admin","secretkey":"pw","request_key":true}`)
	if e["status_message"] != "LOGIN_SUCCESS" {
		t.Fatalf("got %v", e)
	}
	l.token = e["session_key"].(string)
	l.call(200, "GET", "monitor/system/status", "")
	l.call(200, "DELETE", "authentication", "")
	if status, _ := l.raw("GET", "/api/v2/monitor/system/status", ""); status != http.StatusUnauthorized {
		t.Errorf("after logging out: HTTP %d, want 401", status)
	}
}

func TestFortiOS1_WhatClientsAskFirst(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	for _, path := range []string{
		"cmdb/system/status", "cmdb/system/vdom", "monitor/system/status?vdom=root", "monitor/license/status",
		"cmdb/system/interface?vdom=root", "cmdb/firewall/address/?vdom=root",
	} {
		if e := l.call(200, "GET", path, ""); e["status"] != "success" || e["version"] != "v7.4.5" {
			t.Errorf("%s: %v", path, e)
		}
	}
	e := l.call(200, "GET", "cmdb/firewall/policy?action=schema", "")
	if e["results"].(map[string]any)["mkey"] != "policyid" {
		t.Errorf("schema: %v", e)
	}
}

func TestFortiOS6_TransactionsApplyAsAWhole(t *testing.T) {
	l := newFortiLab(t, FortiGateConfig{})
	start := func() {
		l.send = nil
		e := l.call(200, "POST", "cmdb?action=transaction-start&vdom=root", `{"timeout":60}`)
		l.send = http.Header{"X-Transaction-Id": {fmt.Sprint(e["results"].(map[string]any)["transaction-id"])}}
	}
	commit := func(status int) {
		l.call(status, "POST", "cmdb?action=transaction-commit&vdom=root", "")
		l.send = nil
	}
	start()
	l.address("a")
	l.call(200, "POST", groups, `{"name":"g","member":[{"name":"a"}]}`)
	if got := l.root(); len(got.Addresses)+len(got.Groups) != 0 {
		t.Errorf("there before the commit: %v", got)
	}
	commit(200)
	if diff := cmp.Diff([]string{"a"}, l.root().Groups["g"]); diff != "" {
		t.Error(diff)
	}
	start()
	l.call(200, "DELETE", groups+"/g", "")
	l.call(200, "POST", groups, `{"name":"h","member":[{"name":"nope"}]}`)
	commit(500)
	if diff := cmp.Diff(map[string][]string{"g": {"a"}}, l.root().Groups); diff != "" {
		t.Errorf("a failed commit changed something: %s", diff)
	}
	start()
	l.ahead.Add(61)
	l.call(424, "DELETE", groups+"/g", "")
	l.send = nil
	start()
	l.call(200, "DELETE", groups+"/g", "")
	shown := l.call(200, "POST", "cmdb?action=transaction-show&vdom=root", "")["results"].(map[string]any)["commands"]
	if diff := cmp.Diff([]any{"DELETE firewall/addrgrp"}, shown); diff != "" {
		t.Error(diff)
	}
	l.call(200, "POST", "cmdb?action=transaction-abort&vdom=root", "")
	if l.root().Groups["g"] == nil {
		t.Error("an aborted transaction changed something")
	}
	l.refused(404, -3, "POST", "cmdb?action=transaction-commit&vdom=root", "")
}
