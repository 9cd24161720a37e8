package vectra

import (
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// destinations are the public addresses and domains that a detection points to, canonical,
// sorted, each once.
func (in *inside) destinations(o *object) []string {
	if in.Scanner == nil {
		in.reader = *newReader(nil)
	}
	tr := in.read(o.summary, o.details)
	var found []string
	placeOf(strings.ToLower(o.Detection.Type))(tr, func(list []text, canonical canon) { found = gather(found, list, canonical) })
	if len(tr.cdn) > 0 {
		shared := gather(nil, tr.cdn, entity.PublicDestination)
		found = slices.DeleteFunc(found, func(d string) bool { return slices.Contains(shared, d) })
	}
	slices.Sort(found)
	return found
}

// canon is the canonical form of a destination; ok is false for what is none.
type canon func(text string) (canonical string, ok bool)

// gather adds what is not there yet.
func gather(found []string, list []text, canonical canon) []string {
	for _, t := range list {
		if slices.ContainsFunc(found, func(f string) bool { return f == string(t) }) {
			continue
		}
		if d, ok := canonical(string(t)); ok && !slices.Contains(found, d) {
			found = append(found, d)
		}
	}
	return found
}

// inside reads what a row keeps in its summary and details, one after the other.
type inside struct {
	reader
	traces traces
}

func (in *inside) read(summary, details []byte) *traces {
	tr := &in.traces
	for _, list := range []*[]text{
		&tr.dstIPs, &tr.originIPs, &tr.sourceIPs, &tr.domains, &tr.external, &tr.names, &tr.externalSource, &tr.dnsResponse, &tr.cdn,
	} {
		*list = (*list)[:0]
	}
	if len(summary) > 0 {
		in.Reset(summary)
		tr.scan(&in.reader)
	}
	if len(details) > 0 {
		in.Reset(details)
		for range in.Items() {
			tr.scan(&in.reader)
		}
	}
	return tr
}

// traces are where detections keep addresses and names: the same keys occur in the summary
// and in the details, depending on the type. Here they are together.
type traces struct {
	dstIPs, originIPs, sourceIPs, domains, dnsResponse, cdn []text
	// external and names are the addresses and names of external targets, externalSource the addresses of sources.
	external, names, externalSource []text
}

func (tr *traces) scan(r *reader) {
	for key := range r.Keys() {
		switch string(key) {
		case "dst_ips":
			tr.dstIPs = r.texts(tr.dstIPs)
		case "origin_ips":
			tr.originIPs = r.texts(tr.originIPs)
		case "src_ips", "src_ip":
			tr.sourceIPs = r.texts(tr.sourceIPs)
		case "target_domains":
			tr.domains = r.texts(tr.domains)
		case "dns_response":
			tr.dnsResponse = r.texts(tr.dnsResponse)
		case "cdn_ips":
			tr.cdn = r.texts(tr.cdn)
		case "external_target":
			tr.external, tr.names = r.endpoint(tr.external, tr.names)
		case "src_external_host":
			tr.externalSource, _ = r.endpoint(tr.externalSource, nil)
		}
	}
}

func (r *reader) endpoint(ips, names []text) (moreIPs, moreNames []text) {
	for key := range r.Keys() {
		switch string(key) {
		case "ip":
			ips = appendText(ips, r.text())
		case "name":
			names = appendText(names, r.text())
		}
	}
	return ips, names
}
