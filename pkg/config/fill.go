package config

import (
	"cmp"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
)

const (
	authToken = "token"
	authOAuth = "oauth"
	matchAnd  = "and"
	matchOr   = "or"
	apiQUX    = "2.5"
	apiRUX    = "3.4"
	cloud     = "portal.vectra.ai"
)

// fill puts in what tags cannot: defaults that hang on other keys, canonical forms and absolute paths.
func (c *Config) fill() {
	for name, b := range c.Brains {
		b.API = cmp.Or(b.API, apiOf(b.URL))
		b.URL = strings.TrimRight(b.URL, "/")
		b.CAFile = c.absolute(b.CAFile)
		c.Brains[name] = b
	}
	for name, b := range c.Blockers {
		listed(&b.Kinds, &b.Env)
		b.SHA256 = strings.ToLower(b.SHA256)
		b.Settings = c.withAbsolute(b.Settings)
		c.Blockers[name] = b
	}
	listed(&c.Hosts.DetectionTypes, &c.Accounts.DetectionTypes, &c.Detections.Types, &c.Static.Permit,
		&c.NeverBlock.Targets, &c.Window.Days, &c.Admin.Hosts)
	c.fillNotify()
	c.Log.File = c.absolute(c.Log.File)
	c.Static.Destinations = c.absolute(c.Static.Destinations)
	c.Static.TakenOver = c.absolute(c.Static.TakenOver)
	for _, s := range []*Score{
		c.Hosts.Score, c.Hosts.DetectionTypesScore, c.Accounts.Score, c.Accounts.DetectionTypesScore, c.Detections.HostScore,
	} {
		if s != nil {
			s.Match = strings.ToLower(s.Match)
		}
	}
}

// listed makes a list that is absent an empty one, so that it is shown.
func listed(lists ...*[]string) {
	for _, list := range lists {
		if *list == nil {
			*list = []string{}
		}
	}
}

func apiOf(address string) string {
	u, err := url.Parse(address)
	if err == nil && (u.Hostname() == cloud || strings.HasSuffix(strings.ToLower(u.Hostname()), "."+cloud)) {
		return apiRUX
	}
	return apiQUX
}

func (c *Config) absolute(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.folder(), path)
}

// withAbsolute copies settings; the file of certificates in them becomes absolute.
func (c *Config) withAbsolute(settings map[string]any) map[string]any {
	return edited(settings, func(table map[string]any) {
		if path, ok := table[authorityKey].(string); ok {
			table[authorityKey] = c.absolute(path)
		}
	})
}

// Networks are the permitted networks.
func (s Static) Networks() []netip.Prefix {
	var networks []netip.Prefix
	for _, text := range s.Permit {
		if d, err := parseDestination(text); err == nil && d.prefix.IsValid() {
			networks = append(networks, d.prefix)
		}
	}
	return networks
}
