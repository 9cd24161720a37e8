package schema

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/secret"
)

type oldDevice struct {
	Name  string        `toml:"name" required:"true"`
	URL   string        `toml:"url" format:"url"`
	User  string        `toml:"user"`
	Token secret.String `toml:"token" former:"Fortinet_{url.host}"`
	Key   secret.String `toml:"key" former:"{url}_API_Key,Console_{user},Console_Key"`
}

type oldSettings struct {
	Device []oldDevice `toml:"device"`
}

func TestFormerNamesAreFilledFromWhatStandsBesideTheSecret(t *testing.T) {
	d, err := Of[oldSettings]()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		device map[string]any
		want   map[string][]string
	}{
		"a name with a port": {
			map[string]any{"url": "https://fw1.example.net:8443", "user": "admin"},
			map[string][]string{
				"device.a.token": {"Fortinet_fw1.example.net"},
				"device.a.key": {
					"https://fw1.example.net:8443_API_Key", "https://fw1.example.net:8443/_API_Key",
					"fw1.example.net:8443_API_Key", "fw1.example.net:8443/_API_Key", "Console_admin", "Console_Key",
				},
			},
		},
		"a slash at the end": {
			map[string]any{"url": "https://192.0.2.1/"},
			map[string][]string{
				"device.a.token": {"Fortinet_192.0.2.1"},
				"device.a.key": {
					"https://192.0.2.1/_API_Key", "https://192.0.2.1_API_Key", "192.0.2.1_API_Key", "192.0.2.1/_API_Key", "Console_Key",
				},
			},
		},
		"IPv6": {
			map[string]any{"url": "https://[2001:db8::1]"},
			map[string][]string{
				"device.a.token": {"Fortinet_2001:db8::1", "Fortinet_[2001:db8::1]"},
				"device.a.key": {
					"https://[2001:db8::1]_API_Key", "https://[2001:db8::1]/_API_Key", "[2001:db8::1]_API_Key", "[2001:db8::1]/_API_Key", "Console_Key",
				},
			},
		},
		"nothing":   {map[string]any{}, map[string][]string{"device.a.token": nil, "device.a.key": {"Console_Key"}}},
		"no text":   {map[string]any{"url": 7}, map[string][]string{"device.a.token": nil, "device.a.key": {"Console_Key"}}},
		"not a URL": {map[string]any{"url": "://%"}, map[string][]string{"device.a.token": nil, "device.a.key": {"://%_API_Key", "://%/_API_Key", "%_API_Key", "%/_API_Key", "Console_Key"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.device["name"] = "a"
			got := map[string][]string{}
			for _, w := range Secrets(d, map[string]any{"device": []any{tt.device}}) {
				got[w.Name] = w.Former
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("former names (-want +got):\n%s", diff)
			}
		})
	}
}

// What settings say must not lead a plugin to var's own variables.
func TestNoSettingsMakeAFormerNameOneOfOurs(t *testing.T) {
	fields := []Field{{Name: "url", Type: Text}, {Name: "x", Type: Secret, Former: []string{"{url}", "{url}_TOKEN", "VAR_DIRECT"}}}
	rapid.Check(t, func(t *rapid.T) {
		url := rapid.OneOf(rapid.String(), rapid.Just("VAR_SECRET"), rapid.Just("https://VAR_SECRET/")).Draw(t, "url")
		for _, name := range fields[1].former(fields, map[string]any{"url": url}) {
			if strings.HasPrefix(name, "VAR_") {
				t.Errorf("url %q leads to %s", url, name)
			}
		}
	})
}

func TestReferenceTellsFormerNames(t *testing.T) {
	d, err := Of[oldSettings]()
	if err != nil {
		t.Fatal(err)
	}
	want := "| `device[].token` | secret | must be set | Also read from `Fortinet_{url.host}`, where a predecessor had it. |\n"
	if page := Reference(d); !strings.Contains(page, want) {
		t.Errorf("no row %q in\n%s", want, page)
	}
}
