package cli

import (
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/protect"
	"github.com/var-project/var/pkg/schema"
)

// hosts are those that must stay reachable: by configuration, the brains and their proxies, the database of the
// state, and the devices of every blocker, also of one that is switched off.
func (g *guard) hosts() []protect.Named {
	var all []protect.Named
	for _, p := range g.cfg.NeverBlock.Protected() {
		all = append(all, protect.Named{Why: neverBlock, Host: p.Name, Quiet: true})
	}
	for _, name := range slices.Sorted(maps.Keys(g.cfg.Brains)) {
		b := g.cfg.Brains[name]
		all = append(all, protect.Named{Why: "brain " + name, Host: hostOf(b.URL)},
			protect.Named{Why: "proxy of brain " + name, Host: hostOf(b.Proxy)})
	}
	for _, host := range databaseHosts(g.cfg.State) {
		all = append(all, protect.Named{Why: "state database", Host: host})
	}
	return append(all, g.blockerHosts()...)
}

func (g *guard) blockerHosts() []protect.Named {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []protect.Named
	for _, name := range slices.Sorted(maps.Keys(g.cfg.Blockers)) {
		hosts, described := g.devices[name]
		if !described {
			hosts = urlsIn("", g.cfg.Blockers[name].Settings)
		}
		for _, h := range hosts {
			all = append(all, protect.Named{Why: place(h.Path) + " of blocker " + name, Host: h.Host})
		}
	}
	return all
}

// place is where in its settings a blocker names a host, without the last key: "device fw1".
func place(path string) string {
	parts := strings.Split(path, ".")
	return strings.Join(parts[:max(len(parts)-1, 1)], " ")
}

// urlsIn are the hosts of all URLs in settings that no plugin described.
func urlsIn(path string, v any) []schema.Host {
	var all []schema.Host
	switch v := v.(type) {
	case string:
		if host := hostOf(v); host != "" {
			all = append(all, schema.Host{Path: path, Host: host})
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			all = append(all, urlsIn(strings.TrimPrefix(path+"."+key, "."), v[key])...)
		}
	case []map[string]any:
		for _, one := range v {
			all = append(all, urlsIn(tableOf(path, one), one)...)
		}
	case []any:
		for _, one := range v {
			table, _ := one.(map[string]any)
			all = append(all, urlsIn(tableOf(path, table), one)...)
		}
	}
	return all
}

// tableOf is the path of a table of an array, by its name where it has one.
func tableOf(path string, table map[string]any) string {
	if name, ok := table["name"].(string); ok {
		return path + "." + name
	}
	return path
}

func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// databaseHosts are those of a state that is kept on servers: "postgres://user@one:5432,two/name".
func databaseHosts(state string) []string {
	scheme, rest, _ := strings.Cut(state, "://")
	if !strings.HasPrefix(scheme, "postgres") {
		return nil
	}
	authority, _, _ := strings.Cut(rest, "/")
	var hosts []string
	for _, host := range strings.Split(authority[strings.LastIndexByte(authority, '@')+1:], ",") {
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		hosts = append(hosts, host)
	}
	return hosts
}
