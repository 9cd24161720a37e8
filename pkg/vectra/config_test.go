package vectra_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/vectra"
)

func TestAConfigThatCannotWorkIsRefused(t *testing.T) {
	token, oauth := vectra.Token(vectra.Fixed("t")), vectra.OAuth(vectra.Fixed("i"), vectra.Fixed("s"))
	tests := map[string]struct {
		url, api string
		auth     vectra.Auth
		want     string // empty: it is taken
	}{
		"appliance with token":      {"https://brain.example.net/", "2.4", token, ""},
		"appliance with client":     {"https://192.0.2.1:8443", "v2.5", oauth, ""},
		"tenant":                    {"https://123456789012.uw2.portal.vectra.ai", "3.3", oauth, ""},
		"behind a path":             {"https://proxy.example.net/brain", "2.5", token, ""},
		"loopback without TLS":      {"http://127.0.0.1:8080", "2.5", token, ""},
		"token for a tenant":        {"https://x.example.net", "3.4", token, "auth must be oauth"},
		"client for an old release": {"https://x.example.net", "2.4", oauth, "auth must be token"},
		"no credentials":            {"https://x.example.net", "2.5", vectra.Auth{}, "no credentials"},
		"preview":                   {"https://x.example.net", "3.5", oauth, "is not known"},
		"float":                     {"https://x.example.net", "2.50", token, "is not known"},
		"no TLS":                    {"http://x.example.net", "2.5", token, "without TLS"},
		"no scheme":                 {"x.example.net", "2.5", token, "https://"},
		"other scheme":              {"ftp://x.example.net", "2.5", token, "https://"},
		"with path of the API":      {"https://x.example.net/api/v2.5", "2.5", token, "leave the path out"},
		"with password":             {"https://u:hunter2@x.example.net", "2.5", token, "nothing more"},
		"with query":                {"https://x.example.net?a=b", "2.5", token, "nothing more"},
		"broken":                    {"https://x\x7f.example.net", "2.5", token, "cannot be read"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := vectra.New(vectra.Config{Name: "hq", URL: tt.url, API: tt.api, Auth: tt.auth})
			if tt.want == "" {
				if err != nil || c == nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "hq") {
				t.Errorf("error %v, want one with %q and the brain's name", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error %q tells a password", err)
			}
		})
	}
}

func TestAConfigNeedsANameAndPositiveBounds(t *testing.T) {
	for name, cfg := range map[string]vectra.Config{
		"no name":           {URL: "https://x.example.net", API: "2.5"},
		"negative parallel": {Name: "hq", URL: "https://x.example.net", API: "2.5", Parallel: -1},
		"negative timeout":  {Name: "hq", URL: "https://x.example.net", API: "2.5", Timeout: -1},
		"negative rate":     {Name: "hq", URL: "https://x.example.net", API: "2.5", Rate: -1},
	} {
		cfg.Auth = vectra.Token(vectra.Fixed("t"))
		if _, err := vectra.New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestFamilyAndUrgencyFollowTheVersion(t *testing.T) {
	for version, want := range map[string]string{"2.5": "qux false", "3.0": "rux false", "3": "rux false", "3.1": "rux true", "3.4": "rux true"} {
		auth := vectra.OAuth(vectra.Fixed("i"), vectra.Fixed("s"))
		c, err := vectra.New(vectra.Config{Name: "hq", URL: "https://x.example.net", API: version, Auth: auth})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(c.Family(), " ", c.Urgency()); got != want || c.Name() != "hq" {
			t.Errorf("%s: %s of %s, want %s of hq", version, got, c.Name(), want)
		}
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	cfg := vectra.Config{Name: "hq", Auth: vectra.OAuth(vectra.Fixed("id-text"), vectra.Fixed("hunter2"))}
	if got := fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg); strings.Contains(got, "hunter2") || strings.Contains(got, "id-text") {
		t.Errorf("a secret is in %q", got)
	}
}
