package lab

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

const (
	panMaxTags    = 32
	panMaxTag     = 127
	panMaxTimeout = 30 * 24 * time.Hour
)

// register adds tags. What is there already stays as it is, its timeout too unless the device is told otherwise.
func (p *PANOS) register(d *panDevice, t *panTable, section *panNode, attribute string) []panRefusal {
	var out []panRefusal
	for i := range section.Children {
		entry := &section.Children[i]
		key, ok := p.subject(entry, attribute)
		if !ok {
			out = append(out, panRefusal{attribute, key, fmt.Sprintf("Failed to register %s: invalid %s", key, attribute)})
			continue
		}
		members := entry.child("tag").Children
		if len(members) == 0 {
			out = append(out, panRefusal{attribute, key, fmt.Sprintf("Failed to register %s: no tag", key)})
		}
		for m := range members {
			if message := p.registerTag(d, t, key, &members[m], entry.attr("persistent") != "0"); message != "" {
				out = append(out, panRefusal{attribute, key, message})
			}
		}
	}
	return out
}

// registerTag gives the message of the refusal, or "".
func (p *PANOS) registerTag(d *panDevice, t *panTable, key string, member *panNode, persistent bool) string {
	name := member.text()
	timeout, err := p.timeout(member.attr("timeout"))
	if err == nil {
		err = checkPanTag(name)
	}
	if err != nil {
		return fmt.Sprintf("Failed to register %s: %v", key, err)
	}
	tag := panTag{name: name, persistent: persistent}
	if timeout > 0 {
		tag.expires = p.now().Add(timeout)
	}
	e := t.entries[key]
	switch {
	case e != nil && e.tag(name) >= 0:
		if p.refresh {
			t.removeTag(e, e.tag(name))
			t.add(key, tag)
		}
		return fmt.Sprintf("tag %s already exists, ignore", name)
	case e != nil && len(e.tags) >= panMaxTags:
		return fmt.Sprintf("Failed to register %s: too many tags", key)
	case e == nil && p.full(d, t):
		return fmt.Sprintf("Failed to register %s", key)
	}
	t.add(key, tag)
	return ""
}

// full tells whether the table of addresses takes no further one.
func (p *PANOS) full(d *panDevice, t *panTable) bool {
	if p.cfg.Capacity <= 0 || d.registered() < p.cfg.Capacity {
		return false
	}
	for _, v := range d.vsys {
		if v.addresses == t {
			return true
		}
	}
	return false
}

// unregister takes tags away; an entry that names none loses all of them.
func (p *PANOS) unregister(t *panTable, section *panNode, attribute string) []panRefusal {
	var out []panRefusal
	for i := range section.Children {
		entry := &section.Children[i]
		key, _ := p.subject(entry, attribute) // what is invalid is not registered either
		if t.entries[key] == nil {
			out = append(out, panRefusal{attribute, key, fmt.Sprintf("%s %s does not exist, ignore unreg", attribute, key)})
			continue
		}
		if !entry.has("tag") {
			t.remove(key)
			continue
		}
		for _, name := range t.unregisterTags(key, entry.child("tag")) {
			out = append(out, panRefusal{attribute, key, fmt.Sprintf("tag %s does not exist, ignore unreg", name)})
		}
	}
	return out
}

// unregisterTags gives the tags that were not there.
func (t *panTable) unregisterTags(key string, tags *panNode) (missing []string) {
	e := t.entries[key]
	for i := range tags.Children {
		name := tags.Children[i].text()
		if at := e.tag(name); at >= 0 {
			t.removeTag(e, at)
		} else {
			missing = append(missing, name)
		}
	}
	return missing
}

// subject is the address or user of an entry in the form in which the device keeps it; false when it takes none
// such.
func (p *PANOS) subject(entry *panNode, attribute string) (string, bool) {
	key := entry.attr(attribute)
	if attribute == "user" {
		return key, key != ""
	}
	if ip, err := netip.ParseAddr(key); err == nil && ip.Zone() == "" {
		return ip.String(), true
	}
	return key, isNetworkEntry(key) && p.atLeast("10.0")
}

// isNetworkEntry accepts IPv4 networks and ranges; there are none of IPv6 (panos-api.md, section 2).
func isNetworkEntry(text string) bool {
	if strings.Contains(text, ":") || !isAddressEntry(text) {
		return false
	}
	return strings.ContainsAny(text, "/-")
}

// timeout of a tag; releases before 9.0 do not know it.
func (p *PANOS) timeout(text string) (time.Duration, error) {
	if text == "" || !p.atLeast("9.0") {
		return 0, nil
	}
	seconds, err := strconv.Atoi(text)
	timeout := time.Duration(seconds) * time.Second
	if err != nil || seconds < 0 || timeout > panMaxTimeout {
		return 0, fmt.Errorf("invalid timeout %s", text)
	}
	return timeout, nil
}

func checkPanTag(name string) error {
	switch {
	case name == "" || len(name) > panMaxTag:
		return fmt.Errorf("a tag has 1 to %d characters", panMaxTag)
	case strings.ContainsAny(name, `'"`) || strings.Contains(name, "  "):
		return fmt.Errorf("invalid character in tag %s", name)
	}
	for word := range strings.FieldsSeq(name) {
		switch strings.ToLower(word) {
		case "and", "or", "not":
			return fmt.Errorf("reserved word in tag %s", name)
		}
	}
	return nil
}
