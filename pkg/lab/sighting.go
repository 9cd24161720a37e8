package lab

import "time"

// day is when the detections of the lab were seen, unless they say otherwise.
var day = time.Date(2025, 3, 11, 0, 1, 1, 0, time.UTC)

// sighting is what all detections of the lab share.
func sighting(id, hostID int, kind, category string) Detection {
	return Detection{
		Subject: Subject{ID: id, State: "active", Threat: 60, Certainty: 72},
		Type:    kind, Category: category, HostID: hostID,
		First: day, Last: day.Add(10*time.Minute + 45*time.Second),
		Summary: map[string]any{"description": "Seen by the lab."},
	}
}

// Tunnel is a Hidden HTTPS Tunnel: the address is in the summary, the domain only in the details.
func Tunnel(id, hostID int, ip, domain string) Detection {
	d := sighting(id, hostID, "Hidden HTTPS Tunnel", "command")
	d.Summary = map[string]any{
		"dst_ips": []string{ip}, "num_sessions": 123, "bytes_sent": 29616, "bytes_received": 655540,
		"description": "This host communicated with an external destination using HTTPS where another protocol was " +
			"running over the top of the session.",
	}
	d.Details = []map[string]any{{
		"external_target": map[string]any{"ip": ip, "name": domain},
		"num_sessions":    123, "bytes_received": 655540, "bytes_sent": 29616,
		"ja3_hashes": []string{"00000000000000000000000000000001"}, "ja3s_hashes": []string{},
		"sessions":        []any{tunnelSession(ip)},
		"first_timestamp": stamp(d.First), "last_timestamp": stamp(d.Last),
		"dst_ips": []string{ip}, "dst_ports": []int{443}, "target_domains": []string{domain},
	}}
	return d
}

func tunnelSession(ip string) map[string]any {
	return map[string]any{
		"tunnel_type": "Multiple short TCP sessions", "protocol": "tcp", "app_protocol": "https",
		"dst_port": 443, "dst_ip": ip, "bytes_received": 655540, "bytes_sent": 29616,
		"first_timestamp": stamp(day), "last_timestamp": stamp(day.Add(10*time.Minute + 45*time.Second)),
		"dst_geo": nil, "dst_geo_lat": nil, "dst_geo_lon": nil,
	}
}

// DNSTunnel is a Hidden DNS Tunnel of command and control: no address is of use, the domain is in the summary.
func DNSTunnel(id, hostID int, domain string) Detection {
	d := sighting(id, hostID, "Hidden DNS Tunnel", "command")
	d.Summary["target_domains"] = []string{domain}
	return d
}

// DNSExfiltration is a Hidden DNS Tunnel of exfiltration: the address is that of the DNS server used.
func DNSExfiltration(id, hostID int, server, domain string) Detection {
	d := sighting(id, hostID, "Hidden DNS Tunnel", "exfiltration")
	d.Summary["dst_ips"] = []string{server}
	d.Details = []map[string]any{{"dst_ips": []string{server}, "target_domains": []string{domain}}}
	return d
}

// SuspectDomain is Suspect Domain Activity: the addresses are one text with commas, or null when empty.
func SuspectDomain(id, hostID int, domain, response string) Detection {
	d := sighting(id, hostID, "Suspect Domain Activity", "command")
	d.Details = []map[string]any{{"dns_response": orNull(response), "target_domains": []string{domain}}}
	return d
}

// SuspiciousHTTP keeps its addresses in the details alone.
func SuspiciousHTTP(id, hostID int, ip, domain string) Detection {
	d := sighting(id, hostID, "Suspicious HTTP", "command")
	d.Details = []map[string]any{{"dst_ips": []string{ip}, "target_domains": []string{domain}}}
	return d
}

// SuspiciousRelay keeps its addresses in origin_ips.
func SuspiciousRelay(id, hostID int, origin string) Detection {
	d := sighting(id, hostID, "Suspicious Relay", "command")
	d.Summary["origin_ips"] = []string{origin}
	return d
}

// FrontedTunnel is a Multi-home Fronted Tunnel: its addresses are those of a CDN, and none may be blocked.
func FrontedTunnel(id, hostID int, cdn, domain string) Detection {
	d := sighting(id, hostID, "Multi-home Fronted Tunnel", "command")
	d.Summary["dst_ips"] = []string{cdn}
	d.Details = []map[string]any{{"cdn_ips": []string{cdn}, "dst_ips": []string{cdn}, "target_domains": []string{domain}}}
	return d
}

// IntelligenceMatch is a Vectra Threat Intelligence Match: what matched is in the details.
func IntelligenceMatch(id, hostID int, domain string) Detection {
	d := sighting(id, hostID, "Vectra Threat Intelligence Match", "command")
	d.Details = []map[string]any{{"target_domains": []string{domain}, "matched_domain": domain}}
	return d
}

// PortSweep is reconnaissance: its destinations are internal.
func PortSweep(id, hostID int, ips ...string) Detection {
	d := sighting(id, hostID, "Port Sweep", "reconnaissance")
	d.Summary["dst_ips"] = ips
	d.Summary["dst_hosts"] = []map[string]any{{"id": 1, "name": "srv-db-01", "ip": "10.20.10.5"}}
	d.Summary["dst_ports"] = []int{445}
	return d
}

// SignOn is a cloud detection of an account: the public address is the attacker's source.
func SignOn(id, accountID int, source string) Detection {
	d := sighting(id, 0, "Azure AD Suspicious Sign-On", "command")
	d.AccountID = accountID
	d.Summary["src_ips"] = []string{source}
	d.Details = []map[string]any{{"src_ip": source}}
	return d
}

// CloudCall is an AWS detection of an account.
func CloudCall(id, accountID int, source string) Detection {
	d := sighting(id, 0, "AWS Suspicious Credential Usage", "lateral")
	d.AccountID = accountID
	d.Details = []map[string]any{{"src_external_host": map[string]any{"ip": source, "name": ""}}}
	return d
}

// NewHost is of the INFO category: no score, and never a reason to block.
func NewHost(id, hostID int) Detection {
	d := sighting(id, hostID, "New Host", "info")
	d.Threat, d.Certainty = 0, 0
	return d
}
