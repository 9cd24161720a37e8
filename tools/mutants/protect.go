package main

const protectTests = "./pkg/protect"

var protectMutants = []mutant{
	{"pkg/protect/network.go", `for q, i := range n.index {
		if p.Overlaps(q) {`, `for q, i := range n.index {
		if p == q {`, protectTests, "a network that contains a protected address may be blocked"},
	{"pkg/protect/network.go", `if bits > p.Bits() {`, `if bits < p.Bits() {`, protectTests, "what lies inside a protected network may be blocked"},
	{"pkg/protect/network.go", `bits += mappedBits`, `bits += 0`, protectTests, "mapped addresses are others"},
	{"pkg/protect/network.go", `{netip.MustParsePrefix("2002::/16"), 16},`, ``, protectTests, "6to4 addresses are others"},
	{"pkg/protect/network.go", `{netip.MustParsePrefix("64:ff9b::/96"), 96},`, ``, protectTests, "NAT64 addresses are others"},
	{"pkg/protect/network.go", `for _, q := range append(inside(p), p) {`, `for _, q := range []netip.Prefix{p} {`, protectTests, "translated addresses are never looked at"},
	{"pkg/protect/network.go", `n.put(i, inside(p)[0])`, ``, protectTests, "what a protected 6to4 address stands for may be blocked"},
	{"pkg/protect/network.go", `if t.network.Bits() <= p.Bits() && t.network.Overlaps(p) {`, `if t.network.Overlaps(p) {`, protectTests, "a large protected network of IPv6 covers all of IPv4"},
	{"pkg/protect/network.go", `if bits >= least {`, `if bits >= 0 {`, protectTests, "0.0.0.0/0 may be blocked"},
	{"pkg/protect/set.go", `s.outside.add(i, e.Prefix)`, `s.anywhere.add(i, e.Prefix)`, protectTests, "a public resolver cannot be a host"},
	{"pkg/protect/set.go", `p, &s.anywhere, &s.outside)`, `p, &s.anywhere)`, protectTests, "public resolvers may be blocked"},
	{"pkg/protect/set.go", `return s.coversHost(append(hostTexts(t), elements...))`, `return s.coversHost(hostTexts(t))`, protectTests, "elements are not looked at"},
	{"pkg/protect/set.go", `append(t.Destinations(), elements...)`, `elements`, protectTests, "destinations are not looked at"},
	{"pkg/protect/set.go", `s.domains.add(i, e.Name, false)`, `s.domains.add(i, e.Name, true)`, protectTests, "what is below a host is a host"},
	{"pkg/protect/set.go", `entries: append(compiledIn(), entries...)`, `entries: entries`, protectTests, "nothing is compiled in"},
	{"pkg/protect/name.go", `i, ok := h.short[name]`, `i, ok := h.exact[name]`, protectTests, "a host without its domain is another"},
	{"pkg/protect/name.go", `i, ok := d.above[name]`, `i, ok := d.exact[name]`, protectTests, "a domain that contains a protected one may be blocked"},
	{"pkg/protect/name.go", `if i, ok := d.whole[parent]; ok {`, `if i, ok := d.whole[name]; ok {`, protectTests, "what is below a protected domain may be blocked"},
	{"pkg/protect/account.go", `strings.ToLower(strings.ToUpper(strings.TrimSpace(text)))`, `text`, protectTests, "accounts mind the case"},
	{"pkg/protect/account.go", `dotted(d) != dotted(own)`, `false`, protectTests, "a short domain name is never the same as a long one"},
	{"pkg/protect/account.go", `return len(alike) == 0 || slices`, `return slices`, protectTests, "an account whose domain nobody tells may be blocked"},
	{"pkg/protect/routes.go", `f[7] != "00000000"`, `f[7] == ""`, protectTests, "any route is a default route"},
	{"pkg/protect/routes.go", `n&routeGateway != 0`, `n != 0`, protectTests, "a route without a gateway has one"},
	{"pkg/protect/session.go", `append([][]string{m.environ()}, m.ancestors()...)`, `[][]string{m.environ()}`, protectTests, "sudo hides the SSH session"},
	{"pkg/protect/session.go", `n < maxAncestors`, `n < 1`, protectTests, "only the parent is looked at"},
	{"pkg/protect/gather.go", `"run/systemd/resolve/resolv.conf", `, ``, protectTests, "the name servers behind systemd-resolved may be blocked"},
	{"pkg/protect/resolve.go", `return answer{addresses: last}`, `return answer{}`, protectTests, "a name that does not resolve loses its last answer"},
	{"pkg/protect/resolve.go", `ok && last == value {`, `ok && last == "" {`, protectTests, "an answer is written in each pass"},
	{"pkg/protect/resolve.go", `return answer{fresh.addresses, remember(ctx, memory, name, fresh.addresses)}`, `return answer{fresh.addresses, nil}`, protectTests, "no answer is remembered"},
}
