package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/schema"
)

type reached struct {
	Proxy   string   `toml:"proxy"`
	Mail    string   `toml:"mail" format:"host"`
	Command []string `toml:"command"`
	Device  []struct {
		Name string `toml:"name" required:"true"`
		URL  string `toml:"url" format:"url"`
	} `toml:"device"`
	Central struct {
		URL string `toml:"url" format:"url" default:"https://central.example.net/api"`
	} `toml:"central"`
	Zone map[string]struct {
		Server string `toml:"server" format:"host"`
	} `toml:"zone"`
}

func TestHostsAreAllEndsThatSettingsName(t *testing.T) {
	d, err := schema.Of[reached]()
	if err != nil {
		t.Fatal(err)
	}
	got := schema.Hosts(d, map[string]any{
		"proxy": "http://proxy.example.net:3128", "mail": "[2001:db8::25]:587",
		"command": []any{"/usr/bin/curl", "https://api.example.net/block", "mailto:x"},
		"device": []any{
			map[string]any{"name": "fw1", "url": "https://fw1.example.net:8443"},
			map[string]any{"name": "fw2", "url": "https://[2001:db8::1]"},
			map[string]any{"name": "fw3", "url": "not a url"},
		},
		"zone": map[string]any{"b": map[string]any{"server": "ns.example.net"}, "a": map[string]any{"server": "192.0.2.53:53"}},
	})
	want := []schema.Host{
		{Path: "proxy", Host: "proxy.example.net"},
		{Path: "mail", Host: "2001:db8::25"},
		{Path: "command", Host: "api.example.net"},
		{Path: "device.fw1.url", Host: "fw1.example.net"},
		{Path: "device.fw2.url", Host: "2001:db8::1"},
		{Path: "central.url", Host: "central.example.net"},
		{Path: "zone.a.server", Host: "192.0.2.53"},
		{Path: "zone.b.server", Host: "ns.example.net"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
	if got := schema.Hosts(d, map[string]any{"device": "no table", "proxy": 7, "zone": []any{}}); len(got) != 1 {
		t.Errorf("values of wrong types name %v, want the default only", got)
	}
}

func TestAFormatThatNobodyKnowsIsRefused(t *testing.T) {
	type wrong struct {
		URL string `toml:"url" format:"uri"`
	}
	if _, err := schema.Of[wrong](); err == nil {
		t.Error("an unknown format was accepted")
	}
}
