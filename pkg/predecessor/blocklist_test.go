package predecessor

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func blocklistImport(t *testing.T, text string) (*Import, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Read(path, Options{})
}

func TestBlocklistServerBecomesRules(t *testing.T) {
	i, err := blocklistImport(t, `{"brain": "https://brain.example.net", "token": "s3cr3t", "active_only": true, "untriaged_only": true,
		"bogon": "192.0.2.1", "tags": "block, more", "src_wl": ["Servers", "Printers"], "dst_wl": ["CDN"], "certainty_gte": 50, "threat_gte": 70,
		"c2_certainty_gte": 90, "c2_threat_gte": 90, "src_detection_types": ["Ransomware File Activity"], "dest_detection_types": ["Suspicious HTTP"],
		"mail": {"smtp_server": "mail"}, "colour": "red"}`)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"brain.brain.url": "https://brain.example.net", "brain.brain.auth": "token",
		"hosts.block_tag": "block", "hosts.no_block_group": "Servers", "hosts.score": score(70, "and", 50),
		"hosts.detection_types": []string{"Ransomware File Activity"}, "accounts.enabled": false,
		"detections.block_tag": "", "detections.types": []string{"Suspicious HTTP"},
	}
	if diff := cmp.Diff(want, values(i)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, name := range []string{`"more"`, `"Printers"`, "dst_wl", "bogon", "c2_threat_gte", "mail", "colour", "active_only"} {
		if len(told(i, name)) == 0 {
			t.Errorf("nothing is said of %s", name)
		}
	}
	if text := string(documentOf(t, i).Bytes()); strings.Contains(text, "s3cr3t") || i.Secrets[0].Clear.Reveal() != "s3cr3t" {
		t.Error("the token is not where it belongs")
	}
}

func TestBlocklistServerOfOlderReleases(t *testing.T) {
	i, err := blocklistImport(t, `{"brain": "https://<Cognito Brain>", "token": "", "tags": [], "certainty_gte": 0, "threat_gte": 0, "detection_types": ["TOR Activity"]}`)
	if err != nil {
		t.Fatal(err)
	}
	if values(i)["hosts.score"] != nil || len(texts(values(i)["detections.types"])) != 1 || len(told(i, "is no address")) != 1 {
		t.Errorf("got %v, %v", values(i), i.Notes)
	}
}

func TestJSONThatIsNoConfigurationIsRefused(t *testing.T) {
	for _, text := range []string{"", "[]", "nonsense", `{"tags": 5}`, `{"tags": [5]}`, `{"threat_gte": "x"}`, `{"tags": ["VAR x"]}`, strings.Repeat("[", 100_000)} {
		if _, err := blocklistImport(t, text); err == nil {
			t.Errorf("%.40q was imported", text)
		}
	}
}

func FuzzBlocklist(f *testing.F) {
	f.Add([]byte(`{"brain": "https://b", "token": "t", "tags": ["a"], "threat_gte": 70, "certainty_gte": 5e1, "mail": {}}`))
	f.Add([]byte(`{"brain": 5, "tags": null, "src_wl": "a,b", "x\n": 1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		i := &importer{}
		left, err := i.blocklist("config.json", text)
		if err != nil {
			return
		}
		if _, err := left.Document("config.toml"); err != nil {
			t.Fatal(err)
		}
	})
}
