package lab

import (
	"fmt"
	"slices"
	"strings"
)

func (p *PANOS) multiVsys() string {
	if len(p.cfg.VSYS) > 1 {
		return "on"
	}
	return "off"
}

func (p *PANOS) model(serial string) string {
	if serial == p.cfg.Serial && len(p.cfg.Targets) > 0 {
		return "Panorama"
	}
	return p.cfg.Model
}

// systemInfo is the part of "show system info" that clients look at.
func (p *PANOS) systemInfo(d *panDevice) string {
	return "<system>" + element("hostname", "lab-"+d.serial) + element("ip-address", "127.0.0.1") +
		element("serial", d.serial) + element("model", p.model(d.serial)) + element("family", "vm") +
		element("sw-version", p.cfg.Version) + element("multi-vsys", p.multiVsys()) +
		element("operational-mode", "normal") +
		element("uptime", uptime(p.now().Sub(d.booted))) + "</system>"
}

func (p *PANOS) versionInfo() string {
	return element("sw-version", p.cfg.Version) + element("multi-vsys", p.multiVsys()) +
		element("model", p.model(p.cfg.Serial)) + element("serial", p.cfg.Serial)
}

func (p *PANOS) highAvailability() string {
	if !p.passive {
		return element("enabled", "no")
	}
	return element("enabled", "yes") +
		"<group><mode>Active-Passive</mode><local-info><state>passive</state></local-info></group>"
}

// managedDevices are the firewalls behind a Panorama.
func (p *PANOS) managedDevices() string {
	var b strings.Builder
	for _, serial := range p.cfg.Targets {
		fmt.Fprintf(&b, `<entry name="%s">`, escaped(serial))
		b.WriteString(element("serial", serial) + element("connected", "yes") + element("hostname", "lab-"+serial))
		b.WriteString(element("model", p.cfg.Model) + element("sw-version", p.cfg.Version) + "<vsys>")
		for _, name := range p.cfg.VSYS {
			fmt.Fprintf(&b, `<entry name="%s"/>`, escaped(name))
		}
		b.WriteString("</vsys></entry>")
	}
	return "<devices>" + b.String() + "</devices>"
}

func (v *panVsys) mappingEntries() string {
	var b strings.Builder
	for _, ip := range sortedKeys(v.mappings) {
		b.WriteString("<entry>" + element("ip", ip) + element("user", v.mappings[ip]) + element("type", "XMLAPI") + "</entry>")
	}
	return b.String() + element("count", fmt.Sprint(len(v.mappings)))
}

// userGroups lists the groups of users, or the members of one, as the text that the device prints.
func (v *panVsys) userGroups(n *panNode) string {
	if name := n.child("name").text(); name != "" {
		return escaped(v.groupText(name))
	}
	names := slices.Sorted(slices.Values(append(sortedKeys(v.groups), sortedKeys(v.dugs)...)))
	return escaped(fmt.Sprintf("\n%s\n\nTotal: %d\n* : Custom Group\n\n", strings.Join(names, "\n"), len(names)))
}

func (v *panVsys) groupText(name string) string {
	members, kind := v.groups[name], "Custom"
	if filter, ok := v.dugs[name]; ok {
		members, kind = matching(v.users, filter), "Dynamic"
	}
	if len(members) == 0 {
		return fmt.Sprintf("\nUser group '%s' does not exist or does not have members\n", name)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n\nsource type: xmlapi\nGroup type: %s\n\n", kind)
	for i, member := range members {
		fmt.Fprintf(&b, "[%-6d] %s\n", i+1, member)
	}
	return b.String() + "\n"
}
