package predecessor

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// barely is a configuration without which there is nothing to import.
const barely = "COGNITO_URL = [\"https://brain.example.net\"]\nAUTH = \"OAUTH\"\nTHIRD_PARTY_CLIENTS = [\"test_client\"]\n"

// folder makes a predecessor's folder; config.py begins with the least.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if name == "config.py" {
			text = barely + text
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// imported are the values that a config.py becomes, those that are off left out.
func imported(t *testing.T, text string) map[string]any {
	t.Helper()
	i, err := Read(folder(t, map[string]string{"config.py": text}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return values(i)
}

func values(i *Import) map[string]any {
	all := map[string]any{}
	for _, s := range i.Settings {
		if !s.Off && s.Value != nil {
			all[s.Path] = s.Value
		}
	}
	return all
}

func score(threat int, match string, certainty int) map[string]any {
	return map[string]any{"threat": threat, "match": match, "certainty": certainty}
}

func TestEachParameterBecomesItsKey(t *testing.T) {
	for _, c := range []struct {
		text string
		key  string
		want any
	}{
		{"SLEEP_MINUTES = 5", "run.interval", 5 * time.Minute},
		{"SLEEP_MINUTES = 0.5", "run.interval", 30 * time.Second},
		{"SLEEP_MINUTES = 0", "run.interval", time.Second},
		{"SLEEP_MINUTES = 100000", "run.interval", 24 * time.Hour},
		{"AUTH = \"TOKEN\"", "brain.brain.auth", "token"},
		{"AUTH = \"OAUTH\"", "brain.brain.auth", "oauth"},
		{"AUTH = None", "brain.brain.auth", "token"},
		{"COGNITO_URL = [\"https://x.portal.vectra.ai\"]\nAUTH = \"TOKEN\"", "brain.x.auth", "oauth"},
		{"COGNITO_URL = \"brain.example.net/\"", "brain.brain.url", "https://brain.example.net"},
		{"COGNITO_URL = [\"http://10.1.2.3\"]", "brain.10-1-2-3.url", "https://10.1.2.3"},
		{"COGNITO_URL = [\"https://[2001:db8::1]\"]", "brain.2001-db8-1.url", "https://[2001:db8::1]"},
		{"COGNITO_URL = [\"https://static.example.net\"]", "brain.static-2.url", "https://static.example.net"},
		{"COGNITO_URL = [\"https://hq.a.net\", \"https://hq.b.net\"]", "brain.hq-2.url", "https://hq.b.net"},
		{"COGNITO_URL = [\"https://x.portal.vectra.ai.proxy.net\"]", "brain.x.api", "3.4"},
		{"EXPLICIT_UNBLOCK = True", "run.explicit_unblock", true},

		{"BLOCK_DAYS = []", "window.days", []string(nil)},
		{"BLOCK_DAYS = [\"week\", \"weekend\"]", "window.days", []string(nil)},
		{"BLOCK_DAYS = [\"saturday\", \"weekday\"]", "window.days", []string{"weekday"}},
		{"BLOCK_DAYS = [\"weekend\"]", "window.days", []string{"weekend"}},
		{"BLOCK_DAYS = [\"Monday\", \"friday\"]", "window.days", []string{"monday", "friday"}},
		{"BLOCK_DAYS = \"weekend\"", "window.releases", "window"},
		{"BLOCK_START_TIME = 8\nBLOCK_END_TIME = 17", "window.start", "08:00"},
		{"BLOCK_START_TIME = 8\nBLOCK_END_TIME = 17", "window.end", "17:00"},
		{"BLOCK_START_TIME = \"22\"\nBLOCK_END_TIME = \"6\"", "window.end", "06:00"},
		{"BLOCK_START_TIME = 8\nBLOCK_END_TIME = 24", "window.end", "00:00"},
		{"BLOCK_START_TIME = 9\nBLOCK_END_TIME = 9", "window.start", ""},
		{"BLOCK_START_TIME = \"\"\nBLOCK_END_TIME = 17", "window.end", ""},
		{"BLOCK_START_TIME = 8\nBLOCK_END_TIME = 17", "window.releases", "window"},
		{"BLOCK_START_TIME = 0\nBLOCK_END_TIME = 0", "window.releases", nil},

		{"BLOCK_HOST_TAG = \"x\"", "hosts.block_tag", "x"},
		{"BLOCK_HOST_TAG = None", "hosts.block_tag", ""},
		{"", "hosts.block_tag", ""},
		{"UNBLOCK_HOST_TAG = \"y\"", "hosts.unblock_tag", ""},
		{"EXPLICIT_UNBLOCK = True\nUNBLOCK_HOST_TAG = \"y\"", "hosts.unblock_tag", "y"},
		{"EXPLICIT_UNBLOCK = True\nUNBLOCK_HOST_TAG = \"\"", "hosts.unblock_tag", "vectra_host_unblock"},
		{"EXPLICIT_UNBLOCK = True\nBLOCK_HOST_TAG = \"x\"\nUNBLOCK_HOST_TAG = \"x\"", "hosts.unblock_tag", "vectra_host_unblock"},
		{"EXPLICIT_UNBLOCK = True\nUNBLOCK_ACCOUNT_TAG = None", "accounts.unblock_tag", "vectra_account_unblock"},
		{"EXPLICIT_UNBLOCK = True\nEXTERNAL_UNBLOCK_DETECTION_TAG = \"un\"", "detections.unblock_tag", "un"},
		{"NO_BLOCK_HOST_GROUP_NAME = \"NoBlock\"", "hosts.no_block_group", "NoBlock"},
		{"NO_BLOCK_HOST_GROUP_NAME = None", "hosts.no_block_group", ""},
		{"BLOCK_ACCOUNT_GROUP_NAME = \"B\"", "accounts.block_group", "B"},

		{"BLOCK_HOST_THREAT_CERTAINTY = (80, \"and\", 70)", "hosts.score", score(80, "and", 70)},
		{"BLOCK_HOST_THREAT_CERTAINTY = [80, \"or\", 70]", "hosts.score", score(80, "or", 70)},
		{"BLOCK_HOST_THREAT_CERTAINTY = (80.5, \"and\", 70)", "hosts.score", score(81, "and", 70)},
		{"BLOCK_HOST_THREAT_CERTAINTY = (101, \"or\", 50)", "hosts.score", score(100, "or", 50)},
		{"BLOCK_HOST_THREAT_CERTAINTY = (-3, \"and\", 50)", "hosts.score", score(0, "and", 50)},
		{"BLOCK_HOST_THREAT_CERTAINTY = (100, \"and\", 0)", "hosts.score", nil},
		{"BLOCK_HOST_THREAT_CERTAINTY = (100, \"or\", 101)", "hosts.score", nil},
		{"BLOCK_HOST_THREAT_CERTAINTY = None", "hosts.score", nil},
		{"BLOCK_ACCOUNT_THREAT_CERTAINTY = (80, \"AND\", 70)", "accounts.score", score(80, "or", 70)},
		{"BLOCK_ACCOUNT_THREAT_CERTAINTY = (80, \"OR\", 70)", "accounts.score", score(80, "or", 70)},
		{"EXTERNAL_BLOCK_HOST_TC = (80, \"and\", 70)", "detections.host_score", score(80, "and", 70)},
		{"BLOCK_HOST_URGENCY = 90", "hosts.urgency", int64(90)},
		{"BLOCK_HOST_URGENCY = 0", "hosts.urgency", nil},
		{"BLOCK_HOST_URGENCY = 101", "hosts.urgency", nil},
		{"BLOCK_HOST_URGENCY = 101\nBLOCK_HOST_THREAT_CERTAINTY = (80, \"and\", 70)", "hosts.score", score(80, "and", 70)},

		{"BLOCK_HOST_DETECTION_TYPES = [\"A\"]\nBLOCK_HOST_DETECTION_TYPES_MIN_TC_SCORE = (50, \"or\", 60)", "hosts.detection_types_score", score(51, "or", 61)},
		{"BLOCK_HOST_DETECTION_TYPES = [\"A\"]\nBLOCK_HOST_DETECTION_TYPES_MIN_TC_SCORE = (50.5, \"or\", 60)", "hosts.detection_types_score", score(51, "or", 61)},
		{"BLOCK_HOST_DETECTION_TYPES = [\"A\"]\nBLOCK_HOST_DETECTION_TYPES_MIN_TC_SCORE = (99, \"and\", 0)", "hosts.detection_types_score", score(100, "and", 1)},
		{"BLOCK_HOST_DETECTION_TYPES = [\"A\"]\nBLOCK_HOST_DETECTION_TYPES_MIN_TC_SCORE = (-1, \"and\", -1)", "hosts.detection_types_score", nil},
		{"BLOCK_HOST_DETECTION_TYPES = [\"A\"]\nBLOCK_HOST_DETECTION_TYPES_MIN_TC_SCORE = (50, \"or\", -1)", "hosts.detection_types_score", nil},
		{"BLOCK_HOST_DETECTION_TYPES = []\nBLOCK_HOST_DETECTION_TYPES_MIN_TC_SCORE = (50, \"or\", 60)", "hosts.detection_types_score", nil},
		{"EXTERNAL_BLOCK_DETECTION_TYPES = [\"A\", \"B\"]", "detections.types", []string{"A", "B"}},
		{"STATIC_BLOCK_DESTINATION_IPS = None", "static.destinations", ""},
		{"STATIC_BLOCK_DESTINATION_IPS = \"nowhere.txt\"", "static.destinations", ""},
		{"THIRD_PARTY_CLIENTS = [\"test_client\"]", "blocker.test_client.label", "Test Client"},
	} {
		t.Run(c.key+" of "+c.text, func(t *testing.T) {
			if diff := cmp.Diff(c.want, imported(t, c.text)[c.key]); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestWhatCannotBeCarriedOverIsRefusedWithItsPlace(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"BLOCK_HOST_TAG = f()", "config.py:4 BLOCK_HOST_TAG: is computed"},
		{"BLOCK_HOST_TAG = 5", "config.py:4 BLOCK_HOST_TAG: is 5; want a text in quotes"},
		{"NO_BLOCK_HOST_GROUP_NAME = [\"a\"]", "want a text in quotes"},
		{"BLOCK_HOST_TAG = \"VAR Host Blocked\"", "the predecessor's own record"},
		{"BLOCK_HOST_GROUP_NAME = \"A\"\nNO_BLOCK_HOST_GROUP_NAME = \"A\"", "the group of NO_BLOCK_HOST_GROUP_NAME as well"},
		{"BLOCK_HOST_THREAT_CERTAINTY = (0, \"and\", 0)", "is reached by everything"},
		{"BLOCK_HOST_THREAT_CERTAINTY = (0, \"or\", 90)", "is reached by everything"},
		{"BLOCK_HOST_THREAT_CERTAINTY = (80, \"AND\", 90)", "ends with an error on anything else"},
		{"BLOCK_HOST_THREAT_CERTAINTY = (80, 90)", "want three values"},
		{"BLOCK_HOST_THREAT_CERTAINTY = (\"80\", \"and\", 90)", "ends with an error"},
		{"BLOCK_HOST_DETECTION_TYPES = [\"A\"]", "has no value"},
		{"BLOCK_HOST_DETECTION_TYPES = [5]", "a list of texts"},
		{"BLOCK_HOST_URGENCY = \"90\"", "a whole number or None"},
		{"COGNITO_URL = [\"https://x.portal.vectra.ai\"]\nBLOCK_HOST_URGENCY = 0", "is reached by everything"},
		{
			"COGNITO_URL = [\"https://x.portal.vectra.ai\", \"https://b\"]\nBLOCK_HOST_URGENCY = 101\nBLOCK_HOST_THREAT_CERTAINTY = (80, \"and\", 70)",
			"import them one after the other",
		},
		{"COGNITO_URL = [\"https://user:secret@b\"]", "is no address"},
		{"AUTH = \"BASIC\"", "want \"OAUTH\" or \"TOKEN\""},
		{"BLOCK_DAYS = [\"someday\"]", "is no day"},
		{"BLOCK_START_TIME = 25\nBLOCK_END_TIME = 3", "an hour from 0 to 23"},
		{"BLOCK_START_TIME = \"8:30\"\nBLOCK_END_TIME = 17", "an hour from 0 to 23"},
		{"EXPLICIT_UNBLOCK = \"False\"", "True or False"},
		{"SLEEP_MINUTES = \"5\"", "a number of minutes"},
		{"THIRD_PARTY_CLIENTS = [\"fortinet\"]", "fortinet_config.py is not there"},
	} {
		t.Run(c.text, func(t *testing.T) {
			_, err := Read(folder(t, map[string]string{"config.py": c.text}), Options{})
			var refusal *Refusal
			if !errors.As(err, &refusal) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want a refusal with %q", err, c.want)
			}
			if strings.Contains(fmt.Sprint(err), "secret@") {
				t.Error("a secret is told")
			}
		})
	}
}

func TestAllRefusalsAreToldAtOnce(t *testing.T) {
	_, err := Read(folder(t, map[string]string{"config.py": "SLEEP_MINUTES = \"5\"\nBLOCK_HOST_TAG = 5\nBLOCK_DAYS = [\"x\"]\n"}), Options{})
	var refusal *Refusal
	if !errors.As(err, &refusal) || len(refusal.Problems) != 3 {
		t.Errorf("got %v, want three problems", err)
	}
}
