package cli

import (
	"fmt"
	"strconv"

	"github.com/var-project/var/pkg/lab"
)

// Those whom the rules tell apart; hosts and accounts alike.
const (
	tagged   = iota + 1 // carries the default block tag
	isolated            // carries the tag "isolate"
	let                 // carries the default block tag and "let-go"
	bad                 // a member of the group Bad
	good                // carries the default block tag and is a member of the group Good
	risky               // threat 92, certainty 70, urgency 93
	seen                // has an active detection, threat 60, certainty 40
	calm                // nothing at all
)

func tagsOf(id int, block string) []string {
	return map[int][]string{tagged: {block}, isolated: {"isolate"}, let: {block, "let-go"}, good: {block}}[id]
}

func subject(id int, tags []string) lab.Subject {
	s := lab.Subject{ID: id, Tags: tags, Threat: 10, Certainty: 10}
	switch id {
	case risky:
		s.Threat, s.Certainty = 92, 70
	case seen:
		s.Threat, s.Certainty = 60, 40
	}
	return s
}

func scored(kind string, id int) lab.Scored {
	s := lab.Scored{Name: fmt.Sprintf("%s-%d", kind, id), Urgency: 20}
	if id == risky {
		s.Urgency = 93
	}
	return s
}

func people() lab.Estate {
	var e lab.Estate
	for id := tagged; id <= calm; id++ {
		e.Hosts = append(e.Hosts, lab.Host{
			Subject: subject(id, tagsOf(id, "vectra_host_block")), Scored: scored("host", id),
			IP: fmt.Sprintf("10.0.0.%d", id), Traffic: true,
		})
		e.Accounts = append(e.Accounts, lab.Account{
			Subject: subject(id, tagsOf(id, "vectra_account_block")), Scored: scored("account", id),
		})
	}
	e.Detections = []lab.Detection{
		sighted(tagged, calm, "block"), sighted(isolated, calm, "isolate"), sighted(let, calm, "block", "let-go"),
		lab.Tunnel(seen, seen, "185.199.108.7", "seen.example.org"), lab.SignOn(20, seen, "185.199.108.20"),
		lab.DNSTunnel(risky, risky, "risky.example.org"),
	}
	e.Groups = []lab.Group{
		group(1, "host", "Bad", strconv.Itoa(bad)), group(2, "host", "Good", strconv.Itoa(good)),
		group(3, "account", "Bad", scored("account", bad).Name), group(4, "account", "Good", scored("account", good).Name),
	}
	return e
}

// sighted is a DNS tunnel to a domain with the number of the detection.
func sighted(id, host int, tags ...string) lab.Detection {
	d := lab.DNSTunnel(id, host, fmt.Sprintf("d%d.example.org", id))
	d.Tags = tags
	return d
}

func group(id int, kind, name string, members ...string) lab.Group {
	return lab.Group{ID: id, Name: name, Type: kind, Importance: "medium", Members: members}
}
