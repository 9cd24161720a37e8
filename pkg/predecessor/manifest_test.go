package predecessor

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const inCluster = "testdata/kubernetes/var.yaml"

// unpacked puts the files of the sample's ConfigMaps where the predecessor would have had them.
func unpacked(t *testing.T) string {
	t.Helper()
	what, err := left(inCluster)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range what.packed {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestManifestsAreReadAsTheFilesInThem(t *testing.T) {
	got, err := Read(inCluster, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := Read(unpacked(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(values(want), values(got)); d != "" {
		t.Errorf("want -, got +:\n%s", d)
	}
	if v := values(got); v["hosts.block_tag"] != "cluster_block" || !strings.Contains(string(got.Static), "198.51.100.7") {
		t.Errorf("got %v", v)
	}
}

// Secrets stand in the manifest in clear, or in a Secret beside it, under the names of VAR-52.
func TestSecretsOfManifestsComeAlongAndAreNotShown(t *testing.T) {
	i, err := Read(inCluster, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range i.Secrets {
		if !s.Clear.Empty() {
			got[s.Name] = s.Clear.Reveal()
		}
	}
	want := map[string]string{
		"brain.brain.client_id": "cl1ent-1d", "brain.brain.client_secret": "s3cret-key",
		"blocker.fortinet.device.192-0-2-10.token": "f0rt1-token", "blocker.pan.device.pa1.api_key": "p4n-key",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("want -, got +:\n%s", d)
	}
	told := fmt.Sprintf("%+v", i) + string(documentOf(t, i).Bytes())
	for _, text := range want {
		if strings.Contains(told, text) {
			t.Errorf("shows %q", text)
		}
	}
	if !strings.Contains(fmt.Sprint(i.Notes), "var.yaml https://brain.example.net_Client_ID: a secret stands there in clear") {
		t.Errorf("got %v", i.Notes)
	}
}

func TestAFolderOfManifestsIsReadAsOne(t *testing.T) {
	text, err := os.ReadFile(inCluster)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for n, document := range strings.Split(string(text), "\n---\n") {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.yml", n)), []byte(document), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := Read(inCluster, Options{})
	if err != nil {
		t.Fatal(err)
	}
	parts, err := Read(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(values(whole), values(parts)); d != "" {
		t.Errorf("want -, got +:\n%s", d)
	}
}

// bomb is a text of 50 KB that stands for millions of variables.
func bomb() string {
	return "kind: Pod\nx: &all [" + strings.Repeat("{name: a, value: b}, ", 1000) + "]\nspec:\n  containers:\n" +
		strings.Repeat("  - {env: *all}\n", 2000)
}

func TestManifestsThatAreNoneAreRefused(t *testing.T) {
	main := "kind: ConfigMap\nmetadata: { name: a }\ndata: { config.py: \"X = 1\" }\n"
	for name, c := range map[string]struct{ text, why string }{
		"no configuration":    {"kind: ConfigMap\ndata: { other.py: \"\" }\n", "no ConfigMap of a manifest holds config.py"},
		"no object":           {"just: text\n", "no ConfigMap of a manifest holds config.py"},
		"nothing":             {"", "no ConfigMap of a manifest holds config.py"},
		"no YAML":             {"kind: [\n", "is no YAML"},
		"another form":        {"kind: ConfigMap\ndata: [1, 2]\n", "line 1: a ConfigMap that cannot be read"},
		"two installations":   {main + "---\n" + strings.NewReplacer("a }", "b }", "1", "2").Replace(main), "config.py is in the ConfigMaps a and b, and not the same"},
		"aliases of aliases":  {bomb(), "cannot be read"},
		"a document too many": {strings.Repeat(main+"---\n", maxDocuments+1), "more than 200 documents"},
		"too large":           {main + "# " + strings.Repeat("x", maxManifest), "is larger than"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "var.yaml")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Read(path, Options{}); err == nil || !strings.Contains(err.Error(), c.why) {
				t.Errorf("got %v, want %s", err, c.why)
			}
		})
	}
}

// FuzzManifest wants that what comes out of a manifest was in it, however it is written.
func FuzzManifest(f *testing.F) {
	sample, err := os.ReadFile(inCluster)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample)
	f.Add([]byte("kind: List\nitems:\n- kind: List\n  items: [{kind: List}]\n- kind: Pod\n  spec: {containers: [{env: [{name: a, value: b}]}]}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c := cluster{maps: map[string]map[string]string{}, secrets: map[string]map[string]string{}}
		if len(text) > 64<<10 || c.read("m.yaml", text) != nil {
			return
		}
		files, err := c.files()
		if err != nil {
			return
		}
		for name, content := range files {
			if strings.ContainsRune(name, '/') || len(content) > len(text) {
				t.Errorf("%q has %d bytes of %d", name, len(content), len(text))
			}
		}
		for _, v := range c.variables() {
			if len(v.value.Reveal()) > len(text) {
				t.Errorf("%q is longer than the manifest", v.name)
			}
		}
	})
}
