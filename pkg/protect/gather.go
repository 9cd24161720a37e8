package protect

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Lookup resolves a name to addresses.
type Lookup func(ctx context.Context, host string) ([]string, error)

// Named is a host that must stay reachable, by its name or address.
type Named struct {
	// Why says what it is: "brain hq".
	Why  string
	Host string
	// Quiet: that the name does not resolve is no trouble, since the name itself is what counts.
	Quiet bool
}

// Wants are the hosts that are protected besides the machine's own.
type Wants struct{ Hosts []Named }

// Memory keeps the last answer for each name under "resolved:" and the name. A run that must not write gives one that
// only recalls.
type Memory interface {
	Recall(ctx context.Context, key string) (value string, ok bool, err error)
	Remember(ctx context.Context, key, value string) error
}

// Gather computes what this machine and its work hang on: own addresses, default gateways, name servers, the proxies
// of the environment, the peer of the SSH session, and the wanted hosts. A name that does not resolve now keeps its
// last answer. The errors are what could not be found out; the entries are good all the same. A nil memory remembers
// nothing.
func (m Machine) Gather(ctx context.Context, wants Wants, memory Memory) ([]Entry, []error) {
	entries, errs := m.own()
	entries = append(entries, gateways(m.read("proc/net/route"), m.read("proc/net/ipv6_route"))...)
	entries = append(entries, m.resolvers()...)
	entries = append(entries, m.peers()...)
	named, wrong := m.named(ctx, append(m.proxies(), wants.Hosts...), memory)
	return unique(append(entries, named...)), append(errs, wrong...)
}

func (m Machine) own() ([]Entry, []error) {
	if m.Interfaces == nil {
		return nil, nil
	}
	found, err := m.Interfaces()
	if err != nil {
		return nil, []error{fmt.Errorf("own addresses: %w", err)}
	}
	var all []Entry
	for _, i := range found {
		for _, a := range i.Addresses {
			all = append(all, single(a, "own address "+a.WithZone("").String()+" of "+i.Name))
		}
	}
	return all, nil
}

// resolvConf are where name servers stand: the machine's choice, and the real ones behind a local cache.
var resolvConf = []string{"etc/resolv.conf", "run/systemd/resolve/resolv.conf", "run/NetworkManager/no-stub-resolv.conf"}

func (m Machine) resolvers() []Entry {
	var all []Entry
	for _, path := range resolvConf {
		for line := range strings.Lines(m.read(path)) {
			f := strings.Fields(line)
			if len(f) < 2 || f[0] != "nameserver" {
				continue
			}
			if a, err := netip.ParseAddr(f[1]); err == nil {
				all = append(all, single(a, "name server "+a.String()+" of /"+path))
			}
		}
	}
	return all
}

// named are the entries of hosts, each by its name and the addresses behind it.
func (m Machine) named(ctx context.Context, hosts []Named, memory Memory) ([]Entry, []error) {
	answers := m.lookUp(ctx, hosts, memory)
	var all []Entry
	var errs []error
	for _, h := range hosts {
		if a, ok := address(h.Host); ok {
			all = append(all, single(a, h.Why+" "+a.String()))
			continue
		}
		name := canonicalName(h.Host)
		if name == "" {
			continue
		}
		why := h.Why + " " + name
		all = append(all, Entry{Name: name, Why: why})
		for _, a := range answers[name].addresses {
			all = append(all, single(a, why+" ("+a.String()+")"))
		}
		if err := answers[name].err; err != nil && (!h.Quiet || !unknown(err)) {
			errs = append(errs, fmt.Errorf("%s: %w", why, err))
		}
	}
	return all, errs
}

func address(host string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return a, err == nil
}

// unique leaves out what stands twice; of the same thing with two reasons, both stay.
func unique(entries []Entry) []Entry {
	seen := map[Entry]bool{}
	return slices.DeleteFunc(entries, func(e Entry) bool {
		twice := seen[e]
		seen[e] = true
		return twice
	})
}
