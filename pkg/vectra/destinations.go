package vectra

import (
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// traces are where detections keep addresses and names: the same keys occur in the summary
// and in the details, depending on the type.
type traces struct {
	DstIPs         texts           `json:"dst_ips"`
	OriginIPs      texts           `json:"origin_ips"`
	SrcIPs         texts           `json:"src_ips"`
	SrcIP          texts           `json:"src_ip"`
	Domains        texts           `json:"target_domains"`
	External       loose[endpoint] `json:"external_target"`
	ExternalSource loose[endpoint] `json:"src_external_host"`
	DNSResponse    texts           `json:"dns_response"`
	CDN            texts           `json:"cdn_ips"`
}

type endpoint struct{ IP, Name text }

// place picks what counts as a destination from one set of traces.
type place func(tr traces) []string

// destinations are the public addresses and domains that a detection points to, canonical,
// sorted, each once.
func destinations(kind string, summary traces, details []traces) []string {
	pick := placeOf(strings.ToLower(kind))
	shared := map[string]bool{}
	var found []string
	for _, tr := range append([]traces{summary}, details...) {
		for _, ip := range tr.CDN {
			if d, ok := entity.PublicDestination(ip); ok {
				shared[d] = true
			}
		}
		for _, t := range pick(tr) {
			if d, ok := entity.PublicDestination(t); ok {
				found = append(found, d)
			}
		}
	}
	return without(entity.Union(found), shared)
}

func without(all []string, left map[string]bool) []string {
	var kept []string
	for _, d := range all {
		if !left[d] {
			kept = append(kept, d)
		}
	}
	return kept
}

// placeOf says where a type keeps its destinations (as vaedbl and other clients found out).
func placeOf(kind string) place {
	switch {
	case kind == "multi-home fronted tunnel":
		return nowhere // content networks that many share
	case kind == "hidden dns tunnel":
		return domains // the addresses are the resolver's
	case strings.HasSuffix(kind, "threat intelligence match"):
		return domains
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

func nowhere(traces) []string { return nil }

// domains are names only; where the target's name is an address it is left out too.
func domains(tr traces) []string {
	var names []string
	for _, n := range append([]string{string(tr.External.v.Name)}, tr.Domains...) {
		if d, ok := entity.Domain(n); ok {
			names = append(names, d)
		}
	}
	return names
}

func contacted(tr traces) []string {
	return slices.Concat(domains(tr), tr.DstIPs, []string{string(tr.External.v.IP), string(tr.External.v.Name)})
}

// resolved are the domain and what the resolver answered for it, a list in one text.
func resolved(tr traces) []string {
	all := domains(tr)
	for _, r := range tr.DNSResponse {
		all = append(all, strings.Split(r, ",")...)
	}
	return all
}

func relayed(tr traces) []string { return append(domains(tr), tr.OriginIPs...) }

// cloudSource is where the attacker signed in from.
func cloudSource(tr traces) []string {
	return slices.Concat(contacted(tr), tr.SrcIPs, tr.SrcIP)
}

func awsSource(tr traces) []string {
	return append(contacted(tr), string(tr.ExternalSource.v.IP))
}
