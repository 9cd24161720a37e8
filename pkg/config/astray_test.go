package config

import (
	"strings"
	"testing"

	"github.com/var-project/var/pkg/schema"
)

const astrayText = `
[brain.hq]
url = "https://brain.example.net"
[blocker.edge]
plugin = "x"
[[blocker.edge.settings.device]]
name = "fw1"
[[blocker.edge.settings.device]]
name = "fw2"
`

func astray(t *testing.T, text string) *Document {
	t.Helper()
	d, err := ParseDocument("c", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func theirs(t *testing.T) func(string) (schema.Description, bool) {
	t.Helper()
	settings, err := schema.Of[keySettings]()
	if err != nil {
		t.Fatal(err)
	}
	return func(blocker string) (schema.Description, bool) { return settings, blocker == "edge" }
}

func TestAPlaceInAnArrayIsToldHowItIsWritten(t *testing.T) {
	const device = "blocker.edge.settings.device"
	for path, want := range map[string]string{
		device + ".0.port":               device + "[0].port",
		device + ".7.port":               device + "[7].port",
		device + ".fw2.port":             device + "[1].port",
		device + ".port":                 device + "[0].port",
		"blocker.edge.settings.groups.0": "blocker.edge.settings.groups[0]",
		"never_block.targets.3":          "never_block.targets[3]",
	} {
		for name, text := range map[string]string{"with devices": astrayText, "without": "[blocker.edge]\nplugin = \"x\"\n"} {
			if name == "without" && strings.Contains(path, "fw2") {
				continue
			}
			_, err := astray(t, text).Key(path, theirs(t))
			if err == nil || !strings.HasSuffix(err.Error(), "write '"+want+"'") {
				t.Errorf("%s, %s: got %v, want %s", path, name, err, want)
			}
		}
	}
	for _, path := range []string{device + "[0].port", device, device + "[2]", "never_block.targets", "blocker.other.settings.device.0.port"} {
		if _, err := astray(t, astrayText).Key(path, theirs(t)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestWhatIsNotThereToBeRemovedIsToldWithTheNearest(t *testing.T) {
	for path, want := range map[string]string{
		"brian":                               `there is no brian; did you mean "brain"?`,
		"blocker.edg.settings":                `there is no blocker.edg; did you mean "edge"?`,
		"blocker.edge.pluggin":                `there is no blocker.edge.pluggin; did you mean "plugin"?`,
		"hosts":                               "there is no hosts",
		"brain.somewhere_else":                "there is no brain.somewhere_else",
		"blocker.edge.settings.device.1":      "write 'blocker.edge.settings.device[1]'",
		"blocker.edge.settings.device.fw2":    "write 'blocker.edge.settings.device[1]'",
		"blocker.edge.settings.device[0].nam": `there is no blocker.edge.settings.device[0].nam; did you mean "name"?`,
	} {
		d := astray(t, astrayText)
		if err := d.Remove(path); err == nil || !strings.HasSuffix(err.Error(), want) || string(d.Bytes()) != astrayText {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
}

func TestANewTableThatIsLikeAnotherIsAStranger(t *testing.T) {
	for path, want := range map[string]string{
		"blocker.edg.kinds":      `there is no blocker.edg; did you mean "edge"?`,
		"brain.hqq.url":          `there is no brain.hqq; did you mean "hq"?`,
		"brain.hq.rate":          "",
		"blocker.edge.enabled":   "",
		"blocker.datacentre.x":   "",
		"brian.hq.url":           "", // the check of the file tells of keys that it does not know
		"notify.webhook.soc.url": "",
		"a..b":                   "",
	} {
		if got := astray(t, astrayText).Stranger(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}
