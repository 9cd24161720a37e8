package lab

import (
	"net/netip"
	"strings"
)

func addressSchema() *fortiSchema {
	return &fortiSchema{
		path: "firewall", name: "address", key: "name", keyLimit: 79, settle: settleAddress,
		defaults: fortiRow{
			"name": "", "uuid": "", "type": "ipmask", "subnet": "0.0.0.0 0.0.0.0", "start-ip": "", "end-ip": "",
			"fqdn": "", "country": "", "wildcard": "", "cache-ttl": 0, "comment": "", "color": 0,
			"associated-interface": "", "allow-routing": "disable", "fabric-object": "disable",
		},
	}
}

func address6Schema() *fortiSchema {
	return &fortiSchema{
		path: "firewall", name: "address6", key: "name", keyLimit: 79, settle: settleAddress6,
		defaults: fortiRow{
			"name": "", "uuid": "", "type": "ipprefix", "ip6": "::/0", "start-ip": "", "end-ip": "", "fqdn": "",
			"country": "", "cache-ttl": 0, "comment": "", "color": 0, "fabric-object": "disable",
		},
	}
}

func settleAddress(_ *fortiVDOM, row fortiRow) error {
	switch row.text("type") {
	case "ipmask":
		return settleSubnet(row)
	case "iprange":
		delete(row, "subnet")
		return settleRange(row, netip.Addr.Is4, fortiBadIP)
	case "fqdn":
		for _, field := range []string{"subnet", "start-ip", "end-ip"} {
			delete(row, field)
		}
		return checkFQDN(row.text("fqdn"))
	case "geography", "wildcard", "dynamic", "interface-subnet", "mac", "route-tag":
		return nil
	}
	return refuse(fortiBadValue, "value parse error before '%s'", row.text("type"))
}

// settleSubnet stores network and mask, which a GET also shows as start-ip and end-ip (fortios-api.md, section 4).
func settleSubnet(row fortiRow) error {
	prefix, err := parseSubnet(row.text("subnet"))
	if err != nil {
		return err
	}
	network, mask := prefix.Masked().Addr().String(), maskOf(prefix.Bits())
	row["subnet"], row["start-ip"], row["end-ip"] = network+" "+mask, network, mask
	return nil
}

// parseSubnet reads "address mask", "address/bits" or an address alone.
func parseSubnet(text string) (netip.Prefix, error) {
	address, mask, hasMask := strings.Cut(strings.TrimSpace(text), " ")
	if !hasMask {
		address, mask, hasMask = strings.Cut(address, "/")
	}
	ip, err := netip.ParseAddr(address)
	if err != nil || !ip.Is4() {
		return netip.Prefix{}, refuse(fortiBadIP, "invalid ip address\n\nvalue parse error before '%s'", text)
	}
	if !hasMask {
		return netip.PrefixFrom(ip, 32), nil
	}
	bits, ok := bitsOf(strings.TrimSpace(mask))
	if !ok {
		return netip.Prefix{}, refuse(fortiBadMask, "invalid netmask\n\nvalue parse error before '%s'", text)
	}
	return netip.PrefixFrom(ip, bits), nil
}

// settleRange checks start-ip and end-ip of one family.
func settleRange(row fortiRow, family func(netip.Addr) bool, code int) error {
	var ends [2]netip.Addr
	for i, field := range []string{"start-ip", "end-ip"} {
		ip, err := netip.ParseAddr(row.text(field))
		if err != nil || !family(ip) {
			return refuse(code, "invalid ip address\n\nvalue parse error before '%s'", row.text(field))
		}
		ends[i], row[field] = ip, ip.String()
	}
	if ends[1].Less(ends[0]) {
		return refuse(fortiBackward, "end-ip is below start-ip")
	}
	return nil
}

func settleAddress6(_ *fortiVDOM, row fortiRow) error {
	switch row.text("type") {
	case "ipprefix":
		delete(row, "start-ip")
		delete(row, "end-ip")
		return settlePrefix6(row)
	case "iprange":
		delete(row, "ip6")
		return settleRange(row, netip.Addr.Is6, fortiBadIP6)
	case "fqdn":
		for _, field := range []string{"ip6", "start-ip", "end-ip"} {
			delete(row, field)
		}
		return checkFQDN(row.text("fqdn"))
	case "geography", "dynamic", "template", "mac", "route-tag", "wildcard":
		return nil
	}
	return refuse(fortiBadValue, "value parse error before '%s'", row.text("type"))
}

func settlePrefix6(row fortiRow) error {
	text := row.text("ip6")
	if !strings.Contains(text, "/") {
		text += "/128"
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil || !prefix.Addr().Is6() {
		return refuse(fortiBadPrefix6, "invalid IPv6 prefix\n\nvalue parse error before '%s'", row.text("ip6"))
	}
	row["ip6"] = prefix.Masked().String()
	return nil
}

func checkFQDN(name string) error {
	if name == "" {
		return refuse(fortiEmpty, "fqdn must be set")
	}
	if len(name) > 255 || !isHostname(strings.TrimPrefix(name, "*.")) {
		return refuse(fortiBadHost, "invalid hostname\n\nvalue parse error before '%s'", name)
	}
	return nil
}
