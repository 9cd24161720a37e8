package config

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// sourceHand is the source of what a person orders.
const sourceHand = "hand"

func (k *checker) brain(path, name string, b Brain) {
	if k.name(path, name); name == entity.SourceStatic || name == sourceHand {
		k.add(path, "%q is taken: it names another source of targets", name)
	}
	k.brainURL(join(path, "url"), b.URL)
	k.auth(path, b)
	if b.Proxy != "" {
		if _, err := address(b.Proxy, "http", "https", "socks5"); err != nil {
			k.add(join(path, "proxy"), "%v", err)
		}
	}
}

// brainURL takes http only on this machine: credentials must not travel without TLS.
func (k *checker) brainURL(path, text string) {
	schemes := []string{"https"}
	if u, err := url.Parse(text); err == nil && loopback(u) {
		schemes = append(schemes, "http")
	}
	u, err := address(text, schemes...)
	switch {
	case err != nil:
		k.add(path, "%v", err)
	case strings.Contains(u.Path, "/api/"):
		k.add(path, "must end before /api/: the version is said with the key api")
	}
}

func loopback(u *url.URL) bool {
	a, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && a.IsLoopback()
}

func (k *checker) auth(path string, b Brain) {
	rux := strings.HasPrefix(b.API, "3")
	switch {
	case rux && b.Auth == authToken:
		k.add(join(path, "auth"), `api %s knows no tokens: write auth = "oauth"`, b.API)
	case !rux && b.API != apiQUX && b.Auth == authOAuth:
		k.add(join(path, "auth"), `api %s knows no OAuth2: write auth = "token", or api = "2.5" if the brain has it`, b.API)
	}
}
