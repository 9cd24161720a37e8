package lab

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// firewalls is a world with one FortiGate and one PAN-OS device.
type firewalls struct {
	t      *testing.T
	client *http.Client
	forti  *FortiGate
	pan    *PANOS
	ends   map[string]*End
}

func newFirewalls(t *testing.T) *firewalls {
	t.Helper()
	w, err := New()
	if err != nil {
		t.Fatal(err)
	}
	client := w.Client()
	t.Cleanup(func() {
		client.CloseIdleConnections()
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	forti, pan := NewFortiGate(FortiGateConfig{Token: fortiToken, Clock: w.Now}), NewPANOS(PANOSConfig{Clock: w.Now})
	return &firewalls{t: t, client: client, forti: forti, pan: pan, ends: map[string]*End{
		"forti": w.Add("forti", forti), "pan": w.Add("pan", pan),
	}}
}

func (f *firewalls) spoil(end string, faults ...Fault) {
	f.t.Helper()
	if err := f.ends[end].SetFaults(faults...); err != nil {
		f.t.Fatal(err)
	}
}

// call gives the status and body of one call, or the error of the connection.
func (f *firewalls) call(ctx context.Context, end, method, path, body string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, f.ends[end].URL+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", "Bearer "+fortiToken)
	req.Header.Set("X-PAN-KEY", f.pan.Key("admin"))
	if end == "pan" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(raw), err
}

func TestFortiOS11_8_DropAfterApplyingLeavesTheChange(t *testing.T) {
	f := newFirewalls(t)
	f.spoil("forti", Fault{Match: "POST address", Times: 1, What: DropAfter})
	const path, body = "/api/v2/cmdb/firewall/address", `{"name":"a","subnet":"198.51.100.7/32"}`
	if status, _, err := f.call(t.Context(), "forti", "POST", path, body); err == nil {
		t.Fatalf("HTTP %d, want a broken connection", status)
	}
	if status, text, err := f.call(t.Context(), "forti", "POST", path, body); status != 500 || !strings.Contains(text, `"error":-5,`) {
		t.Errorf("again: HTTP %d %s %v, want a duplicate", status, text, err)
	}
}

func TestFortiOS11_8_HTMLInsteadOfAnEnvelope(t *testing.T) {
	f := newFirewalls(t)
	f.spoil("forti", Fault{Match: "GET address", Times: 1, What: HTML, Status: 500})
	status, text, err := f.call(t.Context(), "forti", "GET", "/api/v2/cmdb/firewall/address", "")
	if status != 500 || err != nil || !strings.HasPrefix(text, "<html>") {
		t.Errorf("HTTP %d %q %v, want an HTML page", status, text, err)
	}
}

func TestFortiOS11_8_SlowReplyRunsIntoTheDeadline(t *testing.T) {
	f := newFirewalls(t)
	f.spoil("forti", Fault{Match: "GET address", What: Hang})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if status, _, err := f.call(ctx, "forti", "GET", "/api/v2/cmdb/firewall/address", ""); err == nil {
		t.Errorf("HTTP %d, want the deadline", status)
	}
}

func TestFortiOS11_8_ConcurrentEditorBetweenGetAndPut(t *testing.T) {
	f := newFirewalls(t)
	change := func(op, args string) {
		if err := f.forti.Change(op, json.RawMessage(args)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"ours", "theirs"} {
		change("create", `{"table":"firewall/address","object":{"name":"`+name+`","subnet":"198.51.100.7/32"}}`)
	}
	change("create", `{"table":"firewall/addrgrp","object":{"name":"g","member":["none"]}}`)
	editor := Fault{What: Concurrent, Op: "add-members", Args: json.RawMessage(`{"group":"g","members":["theirs"]}`), Times: 1}
	members := func() []string { return f.forti.Holds().VDOMs["root"].Groups["g"] }

	editor.Match = "PUT addrgrp"
	f.spoil("forti", editor)
	if _, _, err := f.call(t.Context(), "forti", "PUT", "/api/v2/cmdb/firewall/addrgrp/g", `{"member":[{"name":"none"},{"name":"ours"}]}`); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(members(), "theirs") {
		t.Errorf("a PUT of the whole list kept %v", members())
	}
	change("remove-members", `{"group":"g","members":["ours"]}`)
	editor.Match = "POST addrgrp/member"
	f.spoil("forti", editor)
	if _, _, err := f.call(t.Context(), "forti", "POST", "/api/v2/cmdb/firewall/addrgrp/g/member", `{"name":"ours"}`); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"none", "theirs", "ours"}, members()); diff != "" {
		t.Error(diff)
	}
}

const panRegister = "type=user-id&cmd=<uid-message><type>update</type><payload><register><entry ip='10.2.3.4'>" +
	"<tag><member>t</member></tag></entry></register></payload></uid-message>"

func TestPANOS11_9_DropAfterApplyingLeavesTheTag(t *testing.T) {
	f := newFirewalls(t)
	f.spoil("pan", Fault{Match: "register", Times: 1, What: DropAfter})
	if status, _, err := f.call(t.Context(), "pan", "POST", "/api/", panRegister); err == nil {
		t.Fatalf("HTTP %d, want a broken connection", status)
	}
	_, text, err := f.call(t.Context(), "pan", "POST", "/api/", panRegister)
	if err != nil || !strings.Contains(text, "tag t already exists, ignore") {
		t.Errorf("again: %s %v", text, err)
	}
}

func TestPANOS11_9_BadGatewayInHTML(t *testing.T) {
	f := newFirewalls(t)
	f.spoil("pan", Fault{What: HTML})
	status, text, err := f.call(t.Context(), "pan", "POST", "/api/", panRegister)
	if status != http.StatusBadGateway || err != nil || !strings.HasPrefix(text, "<html>") {
		t.Errorf("HTTP %d %q %v, want 502 with an HTML page", status, text, err)
	}
}

func TestPANOS11_9_StallRunsIntoTheDeadline(t *testing.T) {
	f := newFirewalls(t)
	f.spoil("pan", Fault{Match: "register", What: Hang})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if status, _, err := f.call(ctx, "pan", "POST", "/api/", panRegister); err == nil {
		t.Errorf("HTTP %d, want the deadline", status)
	}
}

func TestFirewallRequestsAreCountedByWhatTheyDo(t *testing.T) {
	f := newFirewalls(t)
	for _, call := range [][3]string{
		{"forti", "POST", "/api/v2/cmdb/firewall/address?vdom=root"},
		{"forti", "GET", "/api/v2/cmdb/firewall/address/198.51.100.0%2F24"},
		{"forti", "DELETE", "/api/v2/cmdb/firewall/addrgrp/g/member/a"},
		{"forti", "POST", "/api/v2/monitor/user/banned/add_users"},
		{"pan", "GET", "/api/?type=op&cmd=%3Cshow%3E%3Cobject%3E%3Cregistered-ip/%3E%3C/object%3E%3C/show%3E"},
		{"pan", "GET", "/api/?type=keygen&user=admin&password=admin"},
		{"pan", "POST", "/api/?type=op&cmd=%3Cshow%3E%3Csystem%3E%3Cinfo/%3E%3C/system%3E%3C/show%3E"},
	} {
		if _, _, err := f.call(t.Context(), call[0], call[1], call[2], ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := f.call(t.Context(), "pan", "POST", "/api/", panRegister); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"POST address": 1, "GET address": 1, "DELETE addrgrp/member": 1, "POST banned/add_users": 1}
	if diff := cmp.Diff(want, f.ends["forti"].Requests()); diff != "" {
		t.Error(diff)
	}
	want = map[string]int{"show registered-ip": 1, "keygen": 1, "show system info": 1, "register": 1}
	if diff := cmp.Diff(want, f.ends["pan"].Requests()); diff != "" {
		t.Error(diff)
	}
}
