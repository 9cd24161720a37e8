package predecessor

import (
	"slices"
	"strconv"
	"strings"
)

// The groups that the older sibling, Fortinet-Groups, made on each firewall.
const (
	siblingSources      = "Cognito Blocked Sources"
	siblingDestinations = "Cognito Blocked Destinations"
)

// siblingFlags are the flags of the older sibling, with how many values each takes.
var siblingFlags = map[string]int{
	"block_host_tag": 1, "block_host_tc": 2, "block_detection_tag": 1, "block_detection_type": 1, "unblock_host_tag": 1, "unblock_detection_tag": 1,
}

// ownFlags are those of the predecessor itself; what has a key becomes one.
var ownFlags = map[string]int{
	"loop": 0, "groom": 0, "alert": 0, "debug": 0, "no_store_secrets": 0, "update_secrets": 0, "plaintext": 0, "test_smtp": 0, "test_syslog": 0,
}

// sibling carries over the older program, which was told by flags what to block and released nothing by itself.
func (s source) sibling() {
	s.to.Kind = "Fortinet-Groups"
	s.passedOver()
	s.brains()
	given := s.flags(siblingFlags)
	if s.to.options.Flags == "" {
		s.to.refuse(Origin{Name: "--flags"}, `is needed: what this predecessor blocks is told by flags, as in --flags "--block_host_tag block --block_host_tc 80 90"`)
	}
	s.to.set("run.explicit_unblock", true, "nothing was released but by a tag", Origin{Name: "fortinet.py"})
	s.siblingTags("hosts", given, "block_host_tag", "unblock_host_tag", "vectra_host_unblock")
	s.siblingScore(given["block_host_tc"])
	s.siblingTags("detections", given, "block_detection_tag", "unblock_detection_tag", "unblock")
	s.to.set("detections.types", given["block_detection_type"], "", flagged("block_detection_type"))
	s.to.set("accounts.enabled", false, "it knew no accounts")
	s.siblingFirewalls()
	s.to.leave(Origin{Name: "fortinet.py"}, "what it blocked bears the tag \"Blocked:manual …\", which names no address: its members of %q and %q stay until "+
		"they are taken out by hand, or until var releases the same address", siblingSources, siblingDestinations)
}

func flagged(name string) Origin { return Origin{Name: "--" + name} }

func (s source) siblingTags(table string, given map[string][]string, block, unblock, otherwise string) {
	tag, release := strings.Join(given[block], ""), strings.Join(given[unblock], "")
	for _, name := range []string{block, unblock} {
		if ownTag(strings.Join(given[name], "")) {
			s.to.refuse(flagged(name), "begins as the record of what is blocked does: choose another tag")
		}
	}
	s.to.set(table+".block_tag", tag, "it took the tag off when it had blocked; var goes by the tag being there", flagged(block))
	if release == "" || release == tag {
		s.to.set(table+".unblock_tag", otherwise, "a release tag is needed where nothing else releases", flagged(unblock))
		return
	}
	s.to.set(table+".unblock_tag", release, "", flagged(unblock))
}

func (s source) siblingScore(scores []string) {
	if len(scores) != 2 {
		s.to.off("hosts.score", "no scores", flagged("block_host_tc"))
		return
	}
	threat, one := strconv.Atoi(scores[0])
	certainty, two := strconv.Atoi(scores[1])
	c := condition{threat, certainty, false}
	switch {
	case one != nil || two != nil:
		s.to.refuse(flagged("block_host_tc"), "wants two whole numbers, threat and certainty")
	case c.never():
		s.to.off("hosts.score", "no brain gives such a score", flagged("block_host_tc"))
	case c.always():
		s.to.refuse(flagged("block_host_tc"), "%d %d is reached by every host: var has no such rule; raise it first", threat, certainty)
	default:
		s.to.set("hosts.score", c.table(), "", flagged("block_host_tc"))
	}
}

func (s source) siblingFirewalls() {
	p := s.get("FORTI_INFO")
	walls := s.oldFortigates(p)
	if len(walls) == 0 {
		s.to.leave(p.Origin, "names no firewall, so there is no blocker: add it, var config set blocker.fortinet.plugin fortigate")
		return
	}
	path := "blocker.fortinet"
	s.to.set(path+".plugin", "fortigate", "", p.Origin)
	s.to.set(path+".settings.mode", "address-group", "the predecessor's way")
	s.to.set(path+".settings.internal_group", siblingSources, "as the predecessor made it", p.Origin)
	s.to.set(path+".settings.external_group", siblingDestinations, "as the predecessor made it", p.Origin)
	s.to.set(path+".settings.take_over", true, "what the predecessor put there goes when the same address is released")
	s.devices(path, walls, p.Origin)
	s.to.leave(p.Origin, "USER and PASS are not used any more: make a REST API administrator with a token on each firewall")
}

// ownFlags carries over what the predecessor's own flags say.
func (s source) ownFlags() {
	given := s.flags(ownFlags)
	if _, on := given["groom"]; on {
		s.to.set("run.groom", true, "", flagged("groom"))
	}
	if _, on := given["loop"]; on {
		s.to.tell(flagged("loop"), "run it as var run --loop")
	}
}

// flags reads the flags that were given as text.
func (s source) flags(known map[string]int) map[string][]string {
	words, err := split(s.to.options.Flags)
	if err != nil {
		s.to.refuse(Origin{Name: "--flags"}, "%v", err)
		return nil
	}
	given := map[string][]string{}
	for len(words) > 0 {
		name, value, inline := strings.Cut(words[0], "=")
		n, ok := known[strings.TrimPrefix(name, "--")]
		if words = words[1:]; inline {
			words = slices.Insert(words, 0, value)
		}
		switch {
		case !strings.HasPrefix(name, "--") || !ok:
			s.to.refuse(Origin{Name: "--flags"}, "%s is no flag of this predecessor", shown(name))
			return given
		case len(words) < n || slices.ContainsFunc(words[:n], func(w string) bool { return strings.HasPrefix(w, "--") }):
			s.to.refuse(Origin{Name: "--flags"}, "%s wants %d values", name, n)
			return given
		}
		given[strings.TrimPrefix(name, "--")] = words[:n:n]
		words = words[n:]
	}
	return given
}
