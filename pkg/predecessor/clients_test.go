package predecessor

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func clientImport(t *testing.T, client, config string, o Options) (*Import, error) {
	t.Helper()
	return Read(folder(t, map[string]string{
		"config.py": fmt.Sprintf("THIRD_PARTY_CLIENTS = [%q]\n", client),
		filepath.Join("third_party_clients", client, client+"_config.py"): config,
	}), o)
}

// below are the values of a blocker, with its path left out.
func below(t *testing.T, i *Import, path string) map[string]any {
	t.Helper()
	all := map[string]any{}
	for key, value := range values(i) {
		if rest, ok := strings.CutPrefix(key, path+"."); ok {
			all[rest] = value
		}
	}
	return all
}

const fortiGroups = "INTERNAL_ADDRESS_GROUP = \"I\"\nEXTERNAL_ADDRESS_GROUP = \"E\"\n"

func TestFirewallsBecomeTheDevicesOfOneBlocker(t *testing.T) {
	for name, c := range map[string]struct {
		client, config string
		want           map[string]any
		secrets        []string
	}{
		"lists": {
			"fortinet", fortiGroups + `IP = ["192.0.2.10", "fw2.example.net"]; PORT = [443, "8443"]; VDOM = ["root", "edge"]; CHECK_SSL = [True, False]`,
			map[string]any{
				"device[0].name": "192-0-2-10", "device[0].url": "https://192.0.2.10", "device[0].vdom": "root",
				"device[1].name": "fw2", "device[1].url": "https://fw2.example.net:8443", "device[1].vdom": "edge", "device[1].insecure_skip_verify": true,
			},
			[]string{"blocker.fortinet.device.192-0-2-10.token Fortinet/192.0.2.10", "blocker.fortinet.device.fw2.token Fortinet/fw2.example.net"},
		},
		"two VDOMs of one firewall": {
			"fortinet", fortiGroups + `IP = ["192.0.2.10", "192.0.2.10"]; PORT = [443, 443]; VDOM = ["a", "b"]; VERIFY = [True, "/etc/ca.pem"]`,
			map[string]any{
				"device[0].name": "192-0-2-10", "device[0].url": "https://192.0.2.10", "device[0].vdom": "a",
				"device[1].name": "192-0-2-10-2", "device[1].url": "https://192.0.2.10", "device[1].vdom": "b", "device[1].ca_file": "/etc/ca.pem",
			},
			[]string{"blocker.fortinet.device.192-0-2-10.token Fortinet/192.0.2.10", "blocker.fortinet.device.192-0-2-10-2.token Fortinet/192.0.2.10"},
		},
		"the older dictionaries": {
			"fortinet", fortiGroups + `IP = "10.1.2.3"
TOKEN = "s3cr3t"
FIREWALLS = [{"IP": IP, "PORT": 443, "TOKEN": TOKEN, "VDOM": "root", "VERIFY": False}]`,
			map[string]any{
				"device[0].name": "10-1-2-3", "device[0].url": "https://10.1.2.3", "device[0].vdom": "root", "device[0].insecure_skip_verify": true,
			},
			[]string{"blocker.fortinet.device.10-1-2-3.token Fortinet/10.1.2.3 in clear"},
		},
		"addresses of PAN-OS": {
			"pan", `INTERNAL_BLOCK_TAG = "I"; EXTERNAL_BLOCK_TAG = "E"; CHECK_SSL = True; URLS = ["https://pa1.example.net/", "pa2"]`,
			map[string]any{
				"device[0].name": "pa1", "device[0].url": "https://pa1.example.net", "device[1].name": "pa2", "device[1].url": "https://pa2",
			},
			[]string{
				"blocker.pan.device.pa1.api_key https://pa1.example.net//API_Key", "blocker.pan.device.pa1.user https://pa1.example.net//username",
				"blocker.pan.device.pa1.password https://pa1.example.net//password", "blocker.pan.device.pa2.api_key pa2/API_Key",
				"blocker.pan.device.pa2.user pa2/username", "blocker.pan.device.pa2.password pa2/password",
			},
		},
		"the older appliance list": {
			"pan", `INTERNAL_BLOCK_TAG = "I"; EXTERNAL_BLOCK_TAG = "E"; VERIFY_SSL = False; URL = "https://pa1"; API_KEY = "s3cr3t"
PAN_APPLIANCE_LIST = [{"url": URL, "api_key": API_KEY}]`,
			map[string]any{"device[0].name": "pa1", "device[0].url": "https://pa1", "device[0].insecure_skip_verify": true},
			[]string{"blocker.pan.device.pa1.api_key https://pa1/API_Key in clear", "blocker.pan.device.pa1.user https://pa1/username", "blocker.pan.device.pa1.password https://pa1/password"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			i, err := clientImport(t, c.client, c.config, Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]any{}
			for key, value := range below(t, i, "blocker."+c.client+".settings") {
				if strings.HasPrefix(key, "device") {
					got[key] = value
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff(c.secrets, blockerSecrets(i)); diff != "" {
				t.Errorf("secrets: -want +got:\n%s", diff)
			}
			if len(told(i, "s3cr3t")) > 0 {
				t.Error("a secret is told")
			}
		})
	}
}

func blockerSecrets(i *Import) (all []string) {
	for _, s := range i.Secrets {
		text := fmt.Sprintf("%s %s/%s", s.Name, s.System, s.Key)
		if !s.Clear.Empty() {
			text += " in clear"
		}
		if strings.HasPrefix(s.Name, "blocker.") {
			all = append(all, text)
		}
	}
	return all
}

func TestBlockersActAsThePredecessorDid(t *testing.T) {
	forti, err := clientImport(t, "fortinet", fortiGroups+`IP = ["192.0.2.10"]`, Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := below(t, forti, "blocker.fortinet")
	for key, want := range map[string]any{
		"plugin": "fortigate", "settings.mode": "address-group", "settings.internal_group": "I", "settings.external_group": "E", "settings.take_over": true,
		"label": nil, "kinds": nil,
	} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	pan, err := clientImport(t, "pan", `INTERNAL_BLOCK_TAG = "I"; EXTERNAL_BLOCK_TAG = "E"; URLS = ["https://pa1"]`, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"host", "detection", "static"}, texts(values(pan)["blocker.pan.kinds"])); diff != "" {
		t.Errorf("kinds of pan: -want +got:\n%s", diff)
	}
}

func TestCommandsBecomeBlockers(t *testing.T) {
	find := Options{LookPath: func(name string) (string, error) {
		if name == "isolate" {
			return "/usr/sbin/isolate", nil
		}
		return "", errors.New("not there")
	}}
	i, err := clientImport(t, "external_call", `HOST_BLOCK_CMD = ["isolate", "-v"]
HOST_UNBLOCK_CMD = ["bin/free"]
ACCOUNT_BLOCK_CMD = ["/bin/lock"]
ACCOUNT_UNBLOCK_CMD = []
DETECTION_BLOCK_CMD = []
DETECTION_UNBLOCK_CMD = ["/bin/uncut"]`, find)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"plugin": "external-command", "settings.directory": i.Folder,
		"settings.host_block": []string{"/usr/sbin/isolate", "-v"}, "settings.host_unblock": []string{filepath.Join(i.Folder, "bin/free")},
	}
	if diff := cmp.Diff(want, below(t, i, "blocker.external_call")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	want = map[string]any{
		"plugin": "external-command", "label": "External Call One Way", "settings.directory": i.Folder, "settings.account_block": []string{"/bin/lock"},
	}
	if diff := cmp.Diff(want, below(t, i, "blocker.external_call_one_way")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, config := range []string{`HOST_BLOCK_CMD = ["nowhere"]`, `HOST_BLOCK_CMD = ["/bin/x", "{ip}"]`, `HOST_BLOCK_CMD = "/bin/x " + name`} {
		if _, err := clientImport(t, "external_call", config, find); err == nil {
			t.Errorf("%s was imported", config)
		}
	}
}

func TestClientsWithoutAPluginAreNamedWithWhatToDo(t *testing.T) {
	all := table()
	if len(all) != 35 {
		t.Errorf("there are %d clients, want 35", len(all))
	}
	for _, c := range all {
		if c.carry != nil {
			continue
		}
		for _, name := range []string{c.folder, c.module} {
			i, err := Read(folder(t, map[string]string{"config.py": fmt.Sprintf("THIRD_PARTY_CLIENTS = [%q]\n", name)}), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(told(i, "client "+c.folder+": var has no plugin for it")) != 1 || len(told(i, "leaves nothing to block with")) != 1 {
				t.Errorf("%s: told %v", name, i.Notes)
			}
		}
	}
}

func TestFirewallsThatCannotBeAreRefused(t *testing.T) {
	for _, c := range []struct{ client, config, want string }{
		{"fortinet", "INTERNAL_ADDRESS_GROUP = \"I\"\nEXTERNAL_ADDRESS_GROUP = \"I\"\nIP = [\"192.0.2.1\"]", "make a second group"},
		{"fortinet", fortiGroups + "IP = [\"192.0.2.1\"]\nPORT = [443, 8443]", "have different lengths"},
		{"fortinet", fortiGroups + "IP = [\"192.0.2.1/24?\"]", "is no address"},
		{"fortinet", fortiGroups + "IP = addresses()", "is computed"},
		{"pan", "INTERNAL_BLOCK_TAG = \"I\"\nEXTERNAL_BLOCK_TAG = \"i\"\nURLS = [\"https://pa1\"]", "make a second tag"},
		{"pan", "INTERNAL_BLOCK_TAG = \"I\"\nURLS = [\"https://pa1\"]", "must both be there"},
	} {
		if _, err := clientImport(t, c.client, c.config, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.config, err, c.want)
		}
	}
	i, err := clientImport(t, "fortinet", fortiGroups+"IP = [\"\"]\nPORT = [443]", Options{})
	if err != nil || len(told(i, "names no firewall")) != 1 {
		t.Errorf("got %v, %v", i, err)
	}
}

// In the container of the predecessor clients lie beside its folder; out of ConfigMaps they come side by side.
func TestClientsAreFoundWhereverTheyLie(t *testing.T) {
	const client = fortiGroups + "IP = [\"192.0.2.1\"]"
	for name, files := range map[string]map[string]string{
		"below":   {"app/config.py": "", "app/third_party_clients/fortinet/fortinet_config.py": client},
		"beside":  {"app/config.py": "", "third_party_clients/fortinet/fortinet_config.py": client},
		"flat":    {"app/config.py": "", "app/fortinet_config.py": client},
		"nowhere": {"app/config.py": ""},
	} {
		t.Run(name, func(t *testing.T) {
			files["app/config.py"] = barely + "THIRD_PARTY_CLIENTS = [\"fortinet\"]\n"
			i, err := Read(filepath.Join(folder(t, files), "app"), Options{})
			if (err == nil) != (name != "nowhere") {
				t.Fatal(err)
			}
			if err == nil && values(i)["blocker.fortinet.settings.device[0].name"] != "192-0-2-1" {
				t.Errorf("got %v", values(i))
			}
		})
	}
}

func TestFirewallsAtOneAddressAreToldApartByTheirPorts(t *testing.T) {
	i, err := clientImport(t, "fortinet", "IP = ['192.0.2.10', '192.0.2.10', '192.0.2.10']\nPORT = [443, 8443, 9443]\nVDOM = ['', '', '']\nCHECK_SSL = [True, True, True]\n"+
		"INTERNAL_ADDRESS_GROUP = 'in'\nEXTERNAL_ADDRESS_GROUP = 'out'\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := below(t, i, "blocker.fortinet.settings")
	for n, want := range []string{"192-0-2-10", "192-0-2-10-8443", "192-0-2-10-9443"} {
		if name := got[fmt.Sprintf("device[%d].name", n)]; name != want {
			t.Errorf("device %d is named %v, want %s", n, name, want)
		}
	}
}

func TestTheNoteOfAReleaseTagThatIsNotLookedAtNamesItOnlyWhereThereIsOne(t *testing.T) {
	for value, want := range map[string]string{"None": "looks for no release tag", `""`: "looks for no release tag", `"free"`: `never looks at "free"`} {
		i, err := Read(folder(t, map[string]string{"config.py": "UNBLOCK_HOST_TAG = " + value + "\n"}), Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range i.Settings {
			if s.Path == "hosts.unblock_tag" && !strings.Contains(s.Note, want) {
				t.Errorf("%s: %s", value, s.Note)
			}
		}
	}
}
