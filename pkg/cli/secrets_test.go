package cli

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/config"
)

func TestNamesWhoseSecretsShareAVariableAreRefused(t *testing.T) {
	err := checkVariables([]need{{name: "brain.a-b.token"}, {name: "brain.a.token"}, {name: "brain.a_b.token"}})
	var wrong *exit
	if !errors.As(err, &wrong) || wrong.code != ExitUsage || !strings.Contains(err.Error(), "$VAR_SECRET_BRAIN_A_B_TOKEN") {
		t.Errorf("got %v", err)
	}
	if err := checkVariables([]need{{name: "brain.a.token"}, {name: "brain.b.token"}}); err != nil {
		t.Errorf("got %v", err)
	}
}

// VAR-52: the predecessor read "{url as listed}_{key}".
func TestSecretsOfABrainAreKnownByThePredecessorsNames(t *testing.T) {
	tests := []struct {
		auth, url, name, variable string
	}{
		{"oauth", "https://130.uw2.portal.vectra.ai", "client_id", "https://130.uw2.portal.vectra.ai_Client_ID"},
		{"oauth", "https://130.uw2.portal.vectra.ai", "client_secret", "https://130.uw2.portal.vectra.ai_Secret_Key"},
		{"oauth", "https://130.uw2.portal.vectra.ai/", "client_secret", "https://130.uw2.portal.vectra.ai_Secret_Key"},
		{"oauth", "https://130.uw2.portal.vectra.ai", "client_secret", "https://130.uw2.portal.vectra.ai/_Secret_Key"},
		{"token", "https://brain.example.net", "token", "https://brain.example.net_Token"},
		{"token", "https://brain.example.net", "token", "brain.example.net_Token"},
		{"token", "https://192.0.2.7:8443", "token", "192.0.2.7:8443/_Token"},
	}
	for _, tt := range tests {
		all := brainNeeds("hq", config.Brain{URL: tt.url, Auth: tt.auth})
		at := slices.IndexFunc(all, func(n need) bool { return n.name == "brain.hq."+tt.name })
		if at < 0 || all[at].help == "" || !slices.Contains(all[at].former, tt.variable) {
			t.Errorf("%s of %s: %+v, want %s", tt.name, tt.url, all, tt.variable)
		}
	}
}
