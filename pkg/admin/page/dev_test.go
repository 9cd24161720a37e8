package page

import (
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/view"
)

func TestDev(t *testing.T) {
	k := calm(1003)
	evil := "ws\x1b[2J<script>alert(1)</script>\u202egnp.exe" + strings.Repeat("A", 8000)
	k.status.Holdings[2].Name = evil
	k.status.Holdings[2].Reasons = []string{"score threat 99, certainty 98 ≥ 80 and 80", "group Quarantine"}
	k.status.Holdings[3].State, k.status.Holdings[3].Missing, k.status.Holdings[3].Problem = entity.Partial, []string{"fw2"}, "fw2: PUT /api/v2/cmdb/firewall/addrgrp: dial tcp 192.0.2.7:443: connect: connection refused"
	k.status.Holdings[5].State = entity.Pending
	k.status.Holdings[6].Kind, k.status.Holdings[6].Name, k.status.Holdings[6].Elements = entity.KindDetection, "Hidden HTTPS Tunnel", []string{"c2.example.org", "185.199.112.7", "2606:4700::7", "x.example.net", "y.example.net"}
	k.status.Devices = append(k.status.Devices, view.Device{Blocker: "edge", Device: "fw2", Held: 1003, Enforced: 988, At: now.Add(-2 * time.Minute)}, view.Device{Blocker: "dc", Device: "pa1", Held: 40, At: now.Add(-2 * time.Minute), Problem: "POST /api: dial tcp 192.0.2.9:443: i/o timeout"})
	k.status.Sources = append(k.status.Sources, view.Source{Source: "cloud", Complete: now.Add(-4 * time.Hour)}, view.Source{Source: "static"})
	k.status.Passes[0].Gates = []view.Gate{{Kind: entity.KindHost, Direction: "block", Count: 60, Limit: 50, Held: 1003, Why: "60 hosts would be blocked, more than max_blocks = 50"}}
	k.status.Passes[0].Counts["block"], k.status.Passes[0].Counts["held back"] = 60, 60
	k.status.Passes[0].Stranded = []string{`31 on blocker old-edge, which is not configured: was it renamed in the file? give it its old name back, then "var config rename blocker.old-edge blocker.NEW"; else configure it again to release them; only when it is gone for good, give up what is on its devices with "var release --blocker old-edge --forget"`}
	k.status.Orders = []view.Order{{Source: "hq", Kind: "host", ID: "77", Name: "ws-fin-042", Verb: entity.VerbSpare, By: entity.By{Who: "anna", Reason: "reinstalled, ticket 4711", At: now.Add(-time.Hour)}}}
	k.status.Window = &view.Window{Text: "window: open until Mon 23 Nov 18:00 CET"}
	h := k.status.Holdings[3]
	k.why = view.Why{Targets: []view.Target{{Source: "hq", Kind: "host", ID: "3", Name: "ws-0003", Holdings: []view.Held{{Holding: h, Confirmed: now.Add(-time.Hour), Others: []view.Other{{Element: "10.0.0.4", Holder: "cloud/host/812"}}}, {Holding: k.status.Holdings[4]}}, History: []view.Event{{At: now.Add(-time.Hour), Last: now.Add(-time.Minute), Times: 12, Action: "block", Outcome: "in part", Source: "hq", Kind: "host", ID: "3", Name: "ws-0003", Blocker: "edge", Elements: h.Elements, Reasons: h.Reasons, Problem: h.Problem}, {At: now.Add(-2 * time.Hour), Times: 1, Action: "order", Source: "hq", Kind: "host", ID: "3", Name: "ws-0003", By: &entity.By{Who: "anna", Reason: "spare it"}}}}}}
	for range 30 {
		k.events = append(k.events, k.why.Targets[0].History...)
	}
	k.events = append(k.events, view.Event{At: now, Times: 1, Action: "gate", Name: "hq", Reasons: []string{"60 hosts would be blocked"}}, view.Event{At: now, Times: 1, Action: "panic", By: &entity.By{Who: "anna", Reason: "nobody can log in"}})
	s := httptest.NewServer(k.handler())
	defer s.Close()
	shoot := func(path, file, size string, more ...string) {
		args := append([]string{"--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir=" + t.TempDir(), "--screenshot=/tmp/shots/" + file, "--window-size=" + size}, more...)
		out, err := exec.CommandContext(t.Context(), "chromium", append(args, s.URL+path)...).CombinedOutput()
		t.Log(err, string(out))
	}
	shoot("/", "over.png", "1280,1500")
	shoot("/target?q=ws-0003", "target.png", "1280,1000")
	shoot("/history", "history.png", "1280,900")
	shoot("/", "dark.png", "1280,900", "--blink-settings=preferredColorScheme=0")
	k.status.Stopped = []view.Stop{{What: "panic", By: entity.By{Who: "anna", Reason: "nobody can log in", At: now.Add(-time.Hour)}}, {What: "pause", By: entity.By{Who: "ben", Reason: "change window of the network team until six", At: now.Add(-time.Hour)}}}
	shoot("/", "narrow.png", "500,2600")
}
