package predecessor

import (
	"fmt"
	"slices"
	"strings"
)

// client is one of the predecessor's 35 modules.
type client struct {
	// folder and module are the two names by which it may be configured.
	folder, module string
	// carry makes a blocker of it; nil: advice says what to do.
	carry  func(s source, c client, folder string)
	advice string
}

// What to do about a client that var has no plugin for.
const (
	adviceAgent    = "var has no plugin for it: run its isolate and release calls from the external-command plugin, or write a plugin (docs/write-a-plugin.md)"
	adviceFirewall = "var has no plugin for it: use the external-command plugin, or a list that the firewall fetches"
	adviceManager  = "var has no plugin for it: have the fortigate plugin write to the firewalls themselves, or use the external-command plugin"
	adviceOneWay   = "var has no plugin for it, and it cannot be undone: run it from the external-command plugin without host_unblock"
)

// table has every client of the predecessor.
func table() []client {
	return []client{
		{"bitdefender", "bitdefender", nil, adviceAgent},
		{"checkpoint", "checkpoint", nil, adviceFirewall},
		{"cisco_amp", "amp", nil, adviceAgent},
		{"cisco_asa_http", "asa_http", nil, adviceFirewall},
		{"cisco_fmc", "fmc", nil, adviceFirewall},
		{"cisco_ise", "ise", nil, adviceAgent},
		{"cisco_pxgrid", "pxgrid", nil, adviceAgent},
		{"clearpass", "clearpass", nil, adviceAgent},
		{"cynet_edr", "cynet_edr", nil, adviceAgent},
		{"deepinstinct_edr", "deepinstinct_edr", nil, adviceAgent},
		{"endgame", "endgame", nil, adviceAgent},
		{"eset_edr", "eset_edr", nil, adviceAgent},
		{"external_call", "external_call", source.external, ""},
		{"forti_edr", "forti_edr", nil, adviceAgent},
		{"fortimanager", "fortimanager", nil, adviceManager},
		{"fortinet", "fortinet", source.fortinet, ""},
		{"harmony", "harmony", nil, adviceAgent},
		{"mcafee_epo", "mcafee_epo", nil, adviceAgent},
		{"meraki", "meraki", nil, adviceAgent},
		{"pan", "pan", source.pan, ""},
		{"pan_cortex", "cortex", nil, adviceAgent},
		{"pulse_nac", "pulse_nac", nil, adviceAgent},
		{"sophos", "sophos", nil, adviceFirewall},
		{"sophos_edr", "sophos_edr", nil, adviceAgent},
		{"tanium", "tanium", nil, adviceAgent},
		{"test_client", "test_client", source.test, ""},
		{"trendmicro_apexone", "apex_one", nil, adviceAgent},
		{"trendmicro_cloudone", "cloudone", nil, adviceAgent},
		{"trendmicro_visionone", "vision_one", nil, adviceAgent},
		{"vmware", "vmware", nil, adviceAgent},
		{"watchguard", "watchguard", nil, adviceAgent},
		{"windows_killnic", "windows_killnic", nil, adviceOneWay},
		{"windows_shutdown", "windows_shutdown", nil, adviceOneWay},
		{"withsecure_elements", "elements", nil, adviceAgent},
		{"xtreme_networks_nbi", "xnnbi", nil, adviceAgent},
	}
}

// strays is what becomes of the tags of a client that is not carried over.
const strays = "; release what it holds with the predecessor first, for its receipt tags are kept and reported by every pass until var release --forget"

// clients carries over the configured clients.
func (s source) clients(folder string) {
	names, p := s.texts("THIRD_PARTY_CLIENTS")
	known, done := table(), map[string]bool{}
	for _, name := range names {
		at := slices.IndexFunc(known, func(c client) bool { return name == c.folder || name == c.module })
		switch {
		case at < 0:
			s.to.leave(p.Origin, "%q is no client of the predecessor, which passes over it", name)
		case done[known[at].folder]:
			s.to.leave(p.Origin, "%q stands there twice", name)
		case known[at].carry == nil:
			s.to.leave(p.Origin, "client %s: %s%s", known[at].folder, known[at].advice, strays)
		default:
			known[at].carry(s, known[at], folder)
		}
		if at >= 0 {
			done[known[at].folder] = true
		}
	}
	s.missed(names, p)
}

func (s source) missed(names []string, p param) {
	blocks := slices.ContainsFunc(s.to.Settings, func(set Setting) bool { return !set.Off && strings.HasPrefix(set.Path, "blocker.") })
	if !blocks {
		s.to.leave(p.Origin, "%s leaves nothing to block with: add a blocker, var config set blocker.NAME.plugin …", fmt.Sprintf("%q", names))
	}
}

// opened reads the configuration of a client; the older releases named it after the module, too.
func (s source) opened(c client) source {
	m, err := s.to.left.client(c)
	if err != nil {
		s.to.refuse(Origin{Name: "client " + c.folder}, "%v", err)
		return source{nil, s.to}
	}
	own := source{m, s.to}
	own.passedOver()
	return own
}

// test carries over the client that blocks nothing.
func (s source) test(_ client, _ string) {
	p, _ := s.peek("THIRD_PARTY_CLIENTS")
	path := "blocker.test_client"
	s.to.set(path+".plugin", "example", "it blocks nothing: its device is a file", p.Origin)
	s.to.set(path+".label", "Test Client", "as in the predecessor's receipt tags", p.Origin)
	s.to.set(path+".kinds", []string{"host", "account", "detection"}, "static destinations it only logs", p.Origin)
	s.to.set(path+".settings.elements", "uuid", "", p.Origin)
	s.to.set(path+".settings.device[0].name", "test", "", p.Origin)
	s.to.set(path+".settings.device[0].file", "/var/lib/var/test-client.json", "", p.Origin)
}
