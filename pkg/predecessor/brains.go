package predecessor

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// ruxHost is what makes the predecessor speak the API of RUX.
const ruxHost = "portal.vectra.ai"

// brains carries over the consoles, and says which kinds of them there are.
func (s source) brains() (f families) {
	urls, p := s.texts("COGNITO_URL")
	auth := s.auth()
	taken, seen := map[string]bool{"static": true, "hand": true}, map[string]bool{}
	for _, raw := range urls {
		if strings.TrimSpace(raw) == "" {
			continue
		}
		address, err := address(raw)
		switch {
		case err != nil:
			s.to.refuse(p.Origin, "%v", err)
			continue
		case seen[address]:
			s.to.leave(p.Origin, "%s stands there twice", address)
			continue
		}
		seen[address] = true
		rux := strings.Contains(raw, ruxHost)
		f.rux, f.qux = f.rux || rux, f.qux || !rux
		s.brain(distinct(nameOf(address), taken), raw, address, rux, auth, p)
	}
	if len(seen) == 0 {
		s.to.leave(p.Origin, "names no brain: add it, var config set brain.NAME.url https://…")
	}
	return f
}

func (s source) brain(name, raw, address string, rux bool, auth string, p param) {
	path := "brain." + name
	s.to.set(path, nil, "the predecessor asked no brain for its certificate; var does. A brain that made its own: ca_file", p.Origin)
	s.to.set(path+".url", address, "", p.Origin)
	if rux && !strings.HasSuffix(hostOf(address), ruxHost) {
		s.to.set(path+".api", "3.4", "taken for RUX, as by the predecessor", p.Origin)
	}
	q, _ := s.peek("AUTH")
	if rux {
		auth = "oauth"
	}
	s.to.set(path+".auth", auth, s.authNote(rux, q), q.Origin)
	if auth == "token" {
		s.to.secret(path+".token", raw, "Token")
		s.clear(path+".token", "COGNITO_TOKEN")
		return
	}
	s.to.secret(path+".client_id", raw, "Client_ID")
	s.clear(path+".client_id", "COGNITO_CLIENT_ID")
	s.to.secret(path+".client_secret", raw, "Secret_Key")
	s.clear(path+".client_secret", "COGNITO_SECRET_KEY")
}

// auth is how to log in to a QUX brain. Releases before AUTH knew tokens only.
func (s source) auth() string {
	text, p := s.text("AUTH")
	switch {
	case !p.there, strings.EqualFold(text, "token"):
		return "token"
	case !strings.EqualFold(text, "oauth"):
		s.wrong(p, `"OAUTH" or "TOKEN"`)
	}
	return "oauth"
}

func (s source) authNote(rux bool, auth param) string {
	switch {
	case rux:
		return "RUX knows OAuth2 only"
	case !auth.there:
		return "there is no AUTH: releases without it logged in with tokens"
	}
	return ""
}

// secret notes a secret of ours, and the two names under which the predecessor kept it.
func (i *importer) secret(name, system, key string) {
	i.Secrets = append(i.Secrets, Secret{Name: name, System: system, Key: key})
}

// address is a URL as the predecessor came to speak to it: always https, without a slash at its end.
func address(raw string) (string, error) {
	text := strings.TrimSpace(raw)
	if _, rest, ok := strings.Cut(text, "://"); ok {
		text = rest
	}
	text = "https://" + strings.TrimRight(text, "/")
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.ContainsAny(u.Host, "<> ") {
		if strings.Contains(raw, "@") { // what stands before it may be a password
			raw = "…" + raw[strings.LastIndexByte(raw, '@'):]
		}
		return "", fmt.Errorf("%s is no address: want https:// and a host", shown(raw))
	}
	return text, nil
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

const longestName = 40

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// nameOf makes the name of an address, which is an identity: the first label of its host, or the address with hyphens.
func nameOf(address string) string {
	host := strings.ToLower(hostOf(address))
	if _, err := netip.ParseAddr(host); err != nil {
		host, _, _ = strings.Cut(host, ".")
	}
	name := strings.Trim(notInNames.ReplaceAllString(host, "-"), "-")
	if len(name) > longestName-4 {
		name = strings.TrimRight(name[:longestName-4], "-")
	}
	if name == "" {
		return "one"
	}
	return name
}

// distinct is a name that is not taken yet, and takes it.
func distinct(name string, taken map[string]bool) string {
	free := name
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	taken[free] = true
	return free
}
