package vectra

import (
	"bytes"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// place picks what counts as a destination, and how it is read.
type place func(tr *traces, pick func(list []text, canonical canon))

// placeOf says where a type keeps its destinations (as vaedbl and other clients found out).
func placeOf(kind string) place {
	switch {
	case kind == "multi-home fronted tunnel":
		return nowhere // content networks that many share
	case kind == "hidden dns tunnel":
		return named // the addresses are the resolver's
	case strings.HasSuffix(kind, "threat intelligence match"):
		return named
	case kind == "suspect domain activity":
		return resolved
	case kind == "suspicious relay":
		return relayed
	case strings.HasPrefix(kind, "aws "):
		return awsSource
	case hasAnyPrefix(kind, "azure ad ", "entra id ", "o365 ", "m365 "):
		return cloudSource
	}
	return contacted
}

func hasAnyPrefix(t string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(t, p) {
			return true
		}
	}
	return false
}

func nowhere(*traces, func([]text, canon)) {}

// named are names only; where the target's name is an address it is left out too.
func named(tr *traces, pick func([]text, canon)) {
	pick(tr.names, entity.Domain)
	pick(tr.domains, entity.Domain)
}

func contacted(tr *traces, pick func([]text, canon)) {
	named(tr, pick)
	pick(tr.dstIPs, entity.PublicDestination)
	pick(tr.external, entity.PublicDestination)
	pick(tr.names, entity.PublicDestination)
}

// resolved are the domain and what the resolver answered for it, a list in one text.
func resolved(tr *traces, pick func([]text, canon)) {
	named(tr, pick)
	for _, answer := range tr.dnsResponse {
		for one := range bytes.SplitSeq(answer, []byte(",")) {
			pick([]text{one}, entity.PublicDestination)
		}
	}
}

func relayed(tr *traces, pick func([]text, canon)) {
	named(tr, pick)
	pick(tr.originIPs, entity.PublicDestination)
}

// cloudSource is where the attacker signed in from.
func cloudSource(tr *traces, pick func([]text, canon)) {
	contacted(tr, pick)
	pick(tr.sourceIPs, entity.PublicDestination)
}

func awsSource(tr *traces, pick func([]text, canon)) {
	contacted(tr, pick)
	pick(tr.externalSource, entity.PublicDestination)
}
