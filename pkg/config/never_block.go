package config

import (
	"errors"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
)

// Protected is one configured target that is never blocked. Everything that its text can mean is set: "john.doe" may be
// a host, an account and a domain.
type Protected struct {
	Text    string
	Prefix  netip.Prefix
	Name    string
	Account string
	Domain  string
}

// Protected are the configured targets that are never blocked, in the order of the file.
func (n NeverBlock) Protected() []Protected {
	var all []Protected
	for _, text := range n.Targets {
		if p, err := parseProtected(text); err == nil {
			all = append(all, p)
		}
	}
	return all
}

func (k *checker) neverBlock(targets []string) {
	for i, text := range targets {
		if _, err := parseProtected(text); err != nil {
			k.add(index("never_block.targets", i), "%s: %v", shown(text), err)
		}
	}
}

var (
	errNotProtected = errors.New("no address, network, host name, account or domain")
	errWildcard     = errors.New("a wildcard; a domain stands for everything below it, write it without the star")
)

func parseProtected(text string) (Protected, error) {
	switch d, err := parseDestination(text); {
	case err == nil && d.prefix.IsValid():
		return Protected{Text: text, Prefix: d.prefix}, nil
	case err != nil && !errors.Is(err, errNoDestination):
		return Protected{}, err
	case strings.HasPrefix(text, "*") || strings.HasPrefix(text, "."):
		return Protected{}, errWildcard
	case text != strings.TrimSpace(text) || strings.ContainsAny(text, "/,;") || strings.ContainsFunc(text, control):
		return Protected{}, errNotProtected
	case strings.ContainsAny(text, `\@`):
		return protectedAccount(text)
	}
	return protectedName(text)
}

func control(r rune) bool { return r < ' ' || r == 0x7f }

// protectedAccount takes DOMAIN\user and user@realm, with a user and a domain.
func protectedAccount(text string) (Protected, error) {
	for _, mark := range []string{`\`, "@"} {
		if before, after, found := strings.Cut(text, mark); found && (before == "" || after == "") {
			return Protected{}, errNotProtected
		}
	}
	return Protected{Text: text, Account: text}, nil
}

// protectedName takes the name of a host, of an account, or of a domain if it has a dot. What ends in a number after a
// dot is an address with a slip of the finger.
func protectedName(text string) (Protected, error) {
	name := strings.ToLower(strings.TrimSuffix(text, "."))
	if ascii, err := idna.Lookup.ToASCII(name); err == nil {
		name = ascii
	}
	dot := strings.LastIndexByte(name, '.')
	if name == "" || strings.Contains(name, "..") || strings.Contains(name, ":") ||
		dot >= 0 && strings.Trim(name[dot+1:], "0123456789") == "" {
		return Protected{}, errNotProtected
	}
	p := Protected{Text: text, Name: name, Account: strings.ToLower(text)}
	if dot >= 0 {
		p.Domain = name
	}
	return p, nil
}
