package cli

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/var-project/var/pkg/lab"
)

// predecessorRules are the parameters of the predecessor, written down once more by hand beside its files in testdata, and
// judged here as its description has it. Nothing of what is judged is used.
type predecessorRules struct {
	rux              bool
	hosts, accounts  predecessorKind
	tag              string
	types            []string
	hostScore        *predecessorScore
	unblockHost      string
	unblockAccount   string
	unblockDetection string
	explicit         bool
}

type predecessorKind struct {
	tag, block, noBlock string
	score               *predecessorScore
	urgency             *int
	types               []string
	typesScore          predecessorScore
}

// predecessorScore is (threat, word, certainty).
type predecessorScore struct {
	threat    int
	word      string
	certainty int
}

// reached is how scores are compared where they select by themselves; every word but "and" is or.
func (s predecessorScore) reached(threat, certainty int) bool {
	if s.word == "and" {
		return threat >= s.threat && certainty >= s.certainty
	}
	return threat >= s.threat || certainty >= s.certainty
}

// exceeded is how they are compared beside detection types.
func (s predecessorScore) exceeded(threat, certainty int) bool {
	if s.word == "and" {
		return threat > s.threat && certainty > s.certainty
	}
	return threat > s.threat || certainty > s.certainty
}

// subjectOf is what hosts and accounts have in common for the rules.
type subjectOf struct {
	key, name, group           string
	tags                       []string
	threat, certainty, urgency int
	types                      map[string]bool
}

func (r predecessorRules) selected(k predecessorKind, unblock string, subjects []subjectOf, groups map[string][]string) []string {
	var all []string
	for _, s := range subjects {
		in := func(group string) bool { return group != "" && slices.Contains(groups[group], s.group) }
		score := k.score != nil && k.score.reached(s.threat, s.certainty)
		if r.rux && k.urgency != nil {
			score = s.urgency >= *k.urgency
		}
		wanted := k.tag != "" && slices.Contains(s.tags, k.tag) || in(k.block) || score
		for _, t := range k.types {
			wanted = wanted || s.types[t] && k.typesScore.exceeded(s.threat, s.certainty)
		}
		// What carries the release tag the predecessor blocks and releases in turn (BUG-21).
		held := r.explicit && slices.Contains(s.tags, unblock)
		if wanted && !in(k.noBlock) && !held {
			all = append(all, s.key)
		}
	}
	return all
}

// blocks is everything that the predecessor would block on an estate on which it holds nothing.
func (r predecessorRules) blocks(e lab.Estate) []string {
	hostGroups, accountGroups := map[string][]string{}, map[string][]string{}
	for _, g := range e.Groups {
		if g.Type == "host" {
			hostGroups[g.Name] = g.Members
		} else {
			accountGroups[g.Name] = g.Members
		}
	}
	all := r.selected(r.hosts, r.unblockHost, hostsOf(e), hostGroups)
	all = append(all, r.selected(r.accounts, r.unblockAccount, accountsOf(e), accountGroups)...)
	all = append(all, r.detections(e, hostGroups[r.hosts.noBlock], accountGroups[r.accounts.noBlock])...)
	slices.Sort(all)
	return all
}

// live says which detections count for their type. The predecessor took triaged ones as well.
func live(d lab.Detection) bool { return d.State == "active" && !d.Triaged() }

func hostsOf(e lab.Estate) []subjectOf {
	var all []subjectOf
	for _, h := range e.Hosts {
		s := subjectOf{"host " + h.Name, h.Name, strconv.Itoa(h.ID), h.Tags, h.Threat, h.Certainty, h.Urgency, map[string]bool{}}
		for _, d := range e.Detections {
			s.types[d.Type] = s.types[d.Type] || d.HostID == h.ID && live(d)
		}
		all = append(all, s)
	}
	return all
}

func accountsOf(e lab.Estate) []subjectOf {
	var all []subjectOf
	for _, a := range e.Accounts {
		s := subjectOf{"account " + a.Name, a.Name, a.Name, a.Tags, a.Threat, a.Certainty, a.Urgency, map[string]bool{}}
		for _, d := range e.Detections {
			s.types[d.Type] = s.types[d.Type] || d.AccountID == a.ID && live(d)
		}
		all = append(all, s)
	}
	return all
}

func (r predecessorRules) detections(e lab.Estate, sparedHosts, sparedAccounts []string) []string {
	hosts, accounts := map[int]lab.Host{}, map[int]lab.Account{}
	for _, h := range e.Hosts {
		hosts[h.ID] = h
	}
	for _, a := range e.Accounts {
		accounts[a.ID] = a
	}
	found := map[string]bool{}
	for _, d := range e.Detections {
		h, onHost := hosts[d.HostID]
		score := r.hostScore != nil && onHost && live(d) && d.Category != "info" && r.hostScore.reached(h.Threat, h.Certainty)
		wanted := r.tag != "" && slices.Contains(d.Tags, r.tag) || live(d) && slices.Contains(r.types, d.Type) || score
		// The predecessor spared the live detections of spared hosts; here it is all of them, and those of accounts.
		spared := onHost && slices.Contains(sparedHosts, strconv.Itoa(h.ID)) || slices.Contains(sparedAccounts, accounts[d.AccountID].Name)
		held := r.explicit && slices.Contains(d.Tags, r.unblockDetection)
		if wanted && !spared && !held {
			found[fmt.Sprintf("detection %d", d.ID)] = true
		}
	}
	return slices.Collect(maps.Keys(found))
}
