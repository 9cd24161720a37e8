package predecessor

import (
	"fmt"
	"strings"
)

// pan carries over PAN-OS firewalls with their two tags. Accounts the predecessor never blocked there.
func (s source) pan(c client, folder string) {
	own := s.opened(c)
	if own.module == nil {
		return
	}
	path := "blocker.pan"
	urls, from := own.appliances()
	if len(urls) == 0 {
		own.to.leave(from, "names no firewall, so there is no blocker: add it, var config set %s.plugin paloalto", path)
		return
	}
	own.to.set(path+".plugin", "paloalto", "", Origin{File: own.file, Name: "client pan"})
	own.to.set(path+".kinds", []string{"host", "detection", "static"}, "the plugin can block accounts, too; the predecessor did not")
	own.panTags(path + ".settings.")
	taken, check := map[string]bool{}, own.get(own.checkName())
	for i, raw := range urls {
		own.panDevice(path, i, raw, taken, check, from)
	}
}

func (s source) panTags(path string) {
	internal, p := s.text("INTERNAL_BLOCK_TAG")
	external, q := s.text("EXTERNAL_BLOCK_TAG")
	switch {
	case internal == "" || external == "":
		s.to.refuse(p.Origin, "INTERNAL_BLOCK_TAG and EXTERNAL_BLOCK_TAG must both be there: every block is a registration with one of them")
	case strings.EqualFold(internal, external):
		s.to.refuse(q.Origin, "is the same tag as INTERNAL_BLOCK_TAG: var keeps sources and destinations apart; make a second tag")
	}
	s.to.set(path+"internal_tag", internal, "", p.Origin)
	s.to.set(path+"external_tag", external, "", q.Origin)
}

// appliances are the addresses, of which older releases had one, or a list of dictionaries.
func (s source) appliances() ([]string, Origin) {
	for _, name := range []string{"URLS", "URL"} {
		if urls, p := s.texts(name); p.there {
			return filled(urls), p.Origin
		}
	}
	p := s.get("PAN_APPLIANCE_LIST")
	var urls []string
	for _, item := range items(p.value) {
		d, _ := item.(dict)
		urls = append(urls, texted(d["url"]))
	}
	return filled(urls), p.Origin
}

func filled(texts []string) []string {
	var all []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			all = append(all, text)
		}
	}
	return all
}

func (s source) panDevice(path string, i int, raw string, taken map[string]bool, check param, from Origin) {
	url, err := address(raw)
	if err != nil {
		s.to.refuse(from, "%v", err)
		return
	}
	name := deviceName(url, taken)
	device := fmt.Sprintf("%s.settings.device[%d]", path, i)
	s.to.set(device+".name", name, deviceNote)
	s.to.set(device+".url", url, "", from)
	s.certificate(device, check.value, s.origin(s.checkName(), from))
	secret := path + ".device." + name + "."
	for _, k := range []struct{ ours, theirs string }{{"api_key", "API_Key"}, {"user", "username"}, {"password", "password"}} {
		s.to.Secrets = append(s.to.Secrets, Secret{Name: secret + k.ours, System: raw, Key: k.theirs, Optional: k.ours != "api_key"})
	}
	s.clear(secret+"api_key", "API_KEY")
}
