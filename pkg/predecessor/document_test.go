package predecessor

import (
	"strings"
	"testing"

	"github.com/var-project/var/pkg/config"
)

// samples are the configurations in testdata.
var samples = []string{"template", "qux", "rux", "off"}

func documentOf(t *testing.T, i *Import) *config.Document {
	t.Helper()
	d, err := i.Document("config.toml")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestImportedConfigurationsPassTheCheckAndSayWhereEachValueComesFrom(t *testing.T) {
	for _, name := range samples {
		t.Run(name, func(t *testing.T) {
			i, err := Read("testdata/"+name, Options{})
			if err != nil {
				t.Fatal(err)
			}
			d := documentOf(t, i)
			if _, problems := d.Config(); len(problems) > 0 {
				t.Error(problems)
			}
			above := ""
			for line := range strings.Lines(string(d.Bytes())) {
				if key, _, is := strings.Cut(line, " = "); is && !strings.HasPrefix(line, "#") && !strings.HasPrefix(above, "# ") {
					t.Errorf("%s stands there without a comment", key)
				}
				above = line
			}
		})
	}
}

func TestEveryParameterOfTheTemplateIsAccountedFor(t *testing.T) {
	i, err := Read("testdata/template", Options{})
	if err != nil {
		t.Fatal(err)
	}
	said := string(documentOf(t, i).Bytes())
	for _, n := range i.Notes {
		said += n.String() + "\n"
	}
	for _, name := range knownNames {
		if strings.Contains(name, "COGNITO_") && name != "COGNITO_URL" || name == "V3" || strings.HasPrefix(name, "LOG_") {
			continue // of older releases
		}
		if !strings.Contains(said, name) {
			t.Errorf("nothing is said of %s", name)
		}
	}
}

func TestWhatIsPassedOverIsNamed(t *testing.T) {
	i, err := Read("testdata/qux", Options{})
	if err != nil {
		t.Fatal(err)
	}
	said := string(documentOf(t, i).Bytes())
	for _, want := range []string{"import os", "a condition"} {
		if !strings.Contains(said, want) {
			t.Errorf("the file does not name %s", want)
		}
	}
	if strings.Contains(said, "SITE") {
		t.Error("a name that others go by is told as unknown")
	}
}

func TestNothingForeignGetsOutOfAComment(t *testing.T) {
	text := "BLOCK_HOST_TAG = \"a\\nstate = 'sqlite:///evil'\\r\"\nX = \"\\n[blocker.evil]\"\nTHIRD_PARTY_CLIENTS = [\"test_client\", \"\\n[blocker.evil]\\nplugin = 'x'\"]\n"
	i, err := Read(folder(t, map[string]string{"config.py": text}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	i.Folder = "/opt/\n[blocker.evil]\n"
	cfg, _ := documentOf(t, i).Config()
	if cfg == nil {
		return // a tag with a line break is refused by the check, with its line
	}
	if len(cfg.Blockers) != 1 || strings.Contains(cfg.State, "evil") {
		t.Errorf("blockers %v, state %s", cfg.Blockers, cfg.State)
	}
}

// A missing file of a client, a folder without a configuration, and what is no file at all.
func TestWhatIsNotThereIsSaid(t *testing.T) {
	for name, path := range map[string]string{"an empty folder": t.TempDir(), "nothing": "testdata/nothing", "a device": "/dev/zero"} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(path, Options{}); err == nil {
				t.Error("it was imported")
			}
		})
	}
}
