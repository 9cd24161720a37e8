package lab

import (
	"net/netip"
	"slices"
	"strconv"
	"time"
)

// banSource is who bans through the API or the GUI; other sources are IPS, DLP, AV, DoS.
const banSource = "Administrative"

// fortiBan keeps the traffic of one address out until it expires or is lifted. Two sources may ban one address.
type fortiBan struct {
	ip      netip.Addr
	source  string
	created time.Time
	expires time.Time // zero: never
}

// shownBan is a ban in an answer (fortios-api.md, section 7): IPv6 is written out, a ban for ever has no expiry.
type shownBan struct {
	IP      string `json:"ip_address"`
	Created int64  `json:"created"`
	Expires int64  `json:"expires,omitempty"`
	Source  string `json:"source"`
	IPv6    int    `json:"ipv6"`
}

func (b fortiBan) shown() shownBan {
	s := shownBan{IP: b.ip.String(), Created: b.created.Unix(), Source: b.source}
	if !b.expires.IsZero() {
		s.Expires = b.expires.Unix()
	}
	if b.ip.Is6() {
		s.IP, s.IPv6 = expanded(b.ip), 1
	}
	return s
}

// expanded writes all eight groups of an IPv6 address in capital letters, as the device does.
func expanded(ip netip.Addr) string {
	out := []byte(ip.StringExpanded())
	for i, c := range out {
		if c >= 'a' && c <= 'f' {
			out[i] = c - 'a' + 'A'
		}
	}
	return string(out)
}

// expireBans forgets what has run out.
func (v *fortiVDOM) expireBans(now time.Time) {
	v.bans = slices.DeleteFunc(v.bans, func(b fortiBan) bool { return !b.expires.IsZero() && !now.Before(b.expires) })
}

// ban adds bans, or gives those of the same source a new expiry. Zero seconds is for ever.
func (v *fortiVDOM) ban(ips []netip.Addr, source string, now time.Time, seconds int64) {
	places := map[netip.Addr]int{}
	for i, b := range v.bans {
		if b.source == source {
			places[b.ip] = i
		}
	}
	for _, ip := range ips {
		b := fortiBan{ip: ip, source: source, created: now}
		if seconds > 0 {
			b.expires = now.Add(time.Duration(seconds) * time.Second)
		}
		if i, ok := places[ip]; ok {
			v.bans[i] = b
			continue
		}
		places[ip] = len(v.bans)
		v.bans = append(v.bans, b)
	}
}

func listBans(f *FortiGate, v *fortiVDOM, _ *fortiRequest) (any, error) {
	v.expireBans(f.now())
	out := make([]shownBan, len(v.bans))
	for i, b := range v.bans {
		out[i] = b.shown()
	}
	return out, nil
}

func checkBan(f *FortiGate, v *fortiVDOM, q *fortiRequest) (any, error) {
	ip, err := netip.ParseAddr(q.query.Get("ip_address"))
	if err != nil {
		return nil, missingAttribute("ip_address is missing or no address")
	}
	v.expireBans(f.now())
	banned := slices.ContainsFunc(v.bans, func(b fortiBan) bool { return b.ip == ip })
	return map[string]any{"is_banned": banned}, nil
}

func addBans(f *FortiGate, v *fortiVDOM, q *fortiRequest) (any, error) {
	ips, err := banAddresses(q)
	if err != nil {
		return nil, err
	}
	seconds := int64(0)
	if given, ok := q.body["expiry"]; ok {
		if seconds, err = strconv.ParseInt(asText(given), 10, 64); err != nil || seconds < 0 {
			return nil, missingAttribute("expiry is no number of seconds")
		}
	}
	v.expireBans(f.now())
	v.ban(ips, banSource, f.now(), seconds)
	return map[string]any{}, nil
}

// clearBans lifts every ban of the addresses, whoever set it.
func clearBans(_ *FortiGate, v *fortiVDOM, q *fortiRequest) (any, error) {
	ips, err := banAddresses(q)
	if err != nil {
		return nil, err
	}
	lifted := make(map[netip.Addr]bool, len(ips))
	for _, ip := range ips {
		lifted[ip] = true
	}
	v.bans = slices.DeleteFunc(v.bans, func(b fortiBan) bool { return lifted[b.ip] })
	return map[string]any{}, nil
}

func clearAllBans(_ *FortiGate, v *fortiVDOM, _ *fortiRequest) (any, error) {
	v.bans = nil
	return map[string]any{}, nil
}

// banAddresses reads host addresses; one that is none refuses the whole call.
func banAddresses(q *fortiRequest) ([]netip.Addr, error) {
	given, err := texts(q.body["ip_addresses"])
	if err != nil || len(given) == 0 {
		return nil, missingAttribute("ip_addresses is missing or no list of addresses")
	}
	out := make([]netip.Addr, len(given))
	for i, text := range given {
		ip, err := netip.ParseAddr(text)
		if err != nil || ip.Zone() != "" {
			return nil, missingAttribute("ip_addresses: " + text + " is no host address")
		}
		out[i] = ip
	}
	return out, nil
}
