package main_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/var-project/var/pkg/lab"
)

// panos is a PAN-OS firewall behind the blocker "dc".
type panos struct{}

// panosTags are the tags of the kinds; handTag is what somebody else puts on the same addresses.
var panosTags = map[string]string{
	"host": "Block_Host", "account": "Block_Account", "detection": "Block_Detection", "static": "Block_Detection",
}

const handTag = "watched-by-hand"

func (panos) ends() []string { return []string{"pa1"} }
func (panos) label() string  { return "PAN Client" }

func (panos) elements(w wish) []string {
	if w.sam != "" {
		return []string{`example\` + w.sam}
	}
	return w.addresses
}

func (panos) config(s *stage) string {
	return fmt.Sprintf("[blocker.dc]\nplugin = \"paloalto\"\ntimeout = %q\n[blocker.dc.settings]\n", s.wait) + s.device("dc", "pa1")
}

func (p panos) furnish(t *testing.T, s *stage) {
	t.Helper()
	s.write(t, "credentials/blocker.dc.device.pa1.api_key", "key-of-pa1")
	s.world.Add("pa1", lab.NewPANOS(lab.PANOSConfig{Admins: []lab.PANOSAdmin{{Name: "var", Key: "key-of-pa1"}}, Clock: s.world.Now}))
	s.admin.change(t, "pa1", "dag", map[string]any{"name": "Hosts", "filter": "'Block_Host'"})
	s.admin.change(t, "pa1", "dag", map[string]any{"name": "Destinations", "filter": "'Block_Detection'"})
	s.admin.change(t, "pa1", "dag", map[string]any{"name": "Watched", "filter": "'" + handTag + "'"})
	s.admin.change(t, "pa1", "dug", map[string]any{"name": "Accounts", "filter": "'Block_Account'"})
	for _, ip := range []string{foreignSource, "10.20.30.42", "185.199.108.153"} {
		s.admin.change(t, "pa1", "tag", map[string]any{"ip": ip, "tags": []string{handTag}})
	}
}

// plant registers as the predecessor did, without a timeout.
func (p panos) plant(t *testing.T, s *stage, kind string, elements []string) {
	t.Helper()
	subject := "ip"
	if kind == "account" {
		subject = "user"
	}
	for _, e := range elements {
		s.admin.change(t, "pa1", "tag", map[string]any{subject: e, "tags": []string{panosTags[kind]}})
	}
}

func (panos) inForce(t *testing.T, s *stage) map[string][]string {
	t.Helper()
	var v struct {
		Devices map[string]struct {
			VSYS map[string]struct {
				Groups map[string][]string `json:"groups"`
				Users  map[string][]string `json:"user_groups"`
			} `json:"vsys"`
		} `json:"devices"`
	}
	s.admin.state(t, "pa1", &v)
	all := map[string][]string{}
	for _, d := range v.Devices {
		for name, members := range d.VSYS["vsys1"].Groups {
			all["pa1 "+name] = slices.Clone(members)
		}
		all["pa1 Accounts"] = slices.Clone(d.VSYS["vsys1"].Users["Accounts"])
	}
	return all
}

func (panos) place(end, kind string) string {
	return end + " " + map[string]string{"host": "Hosts", "account": "Accounts"}[kind] + destinationsOf(kind)
}

func destinationsOf(kind string) string {
	if kind == "detection" || kind == "static" {
		return "Destinations"
	}
	return ""
}
