package protect

import "net/netip"

// compiledIn is never blocked, whatever is configured: a machine that loses it cannot be reached to undo it.
func compiledIn() []Entry {
	var all []Entry
	for _, n := range []struct{ why, network string }{
		{"loopback", "127.0.0.0/8"},
		{"loopback", "::1/128"},
		{"link-local", "169.254.0.0/16"},
		{"link-local", "fe80::/10"},
		{"multicast", "224.0.0.0/4"},
		{"multicast", "ff00::/8"},
		{"unspecified", "0.0.0.0/8"},
		{"unspecified", "::/128"},
		{"broadcast", "255.255.255.255/32"},
	} {
		all = append(all, Entry{Prefix: netip.MustParsePrefix(n.network), Why: n.why + " " + n.network})
	}
	return all
}

// resolvers are public name servers that many networks hang on, by who runs them. They come up as destinations of
// detections since tunnels are made of names.
var resolvers = []struct {
	operator  string
	addresses []string
	names     []string
}{
	{
		"Google",
		[]string{"8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844", "2001:4860:4860::64", "2001:4860:4860::6464"},
		[]string{"dns.google", "dns.google.com"},
	},
	{"Cloudflare", []string{
		"1.1.1.1", "1.0.0.1", "1.1.1.2", "1.0.0.2", "1.1.1.3", "1.0.0.3",
		"2606:4700:4700::1111", "2606:4700:4700::1001", "2606:4700:4700::1112", "2606:4700:4700::1002",
		"2606:4700:4700::1113", "2606:4700:4700::1003", "2606:4700:4700::64", "2606:4700:4700::6400",
	}, []string{"one.one.one.one", "cloudflare-dns.com"}},
	{"Quad9", []string{
		"9.9.9.9", "149.112.112.112", "9.9.9.10", "149.112.112.10", "9.9.9.11", "149.112.112.11",
		"2620:fe::fe", "2620:fe::9", "2620:fe::10", "2620:fe::fe:10", "2620:fe::11", "2620:fe::fe:11",
	}, []string{"dns.quad9.net", "dns10.quad9.net", "dns11.quad9.net"}},
	{"OpenDNS", []string{
		"208.67.222.222", "208.67.220.220", "208.67.222.123", "208.67.220.123", "2620:119:35::35", "2620:119:53::53",
	}, []string{"dns.opendns.com", "doh.opendns.com", "dns.umbrella.com"}},
	{
		"AdGuard",
		[]string{"94.140.14.14", "94.140.15.15", "94.140.14.140", "94.140.14.141", "2a10:50c0::ad1:ff", "2a10:50c0::ad2:ff"},
		[]string{"dns.adguard-dns.com"},
	},
	{"CleanBrowsing", []string{"185.228.168.9", "185.228.169.9", "2a0d:2a00:1::2", "2a0d:2a00:2::2"}, nil},
	{"UltraDNS", []string{"64.6.64.6", "64.6.65.6", "2620:74:1b::1:1", "2620:74:1c::2:2"}, nil},
	{"Level 3", []string{"4.2.2.1", "4.2.2.2", "4.2.2.3", "4.2.2.4", "4.2.2.5", "4.2.2.6"}, nil},
}

// PublicResolvers are well-known public name servers, as destinations.
func PublicResolvers() []Entry {
	var all []Entry
	for _, r := range resolvers {
		why := "public resolver of " + r.operator
		for _, text := range r.addresses {
			a := netip.MustParseAddr(text)
			all = append(all, Entry{Prefix: netip.PrefixFrom(a, a.BitLen()), DestinationOnly: true, Why: why + " " + text})
		}
		for _, name := range r.names {
			all = append(all, Entry{Domain: name, DestinationOnly: true, Why: why + " " + name})
		}
	}
	return all
}
