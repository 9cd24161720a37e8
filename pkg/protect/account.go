package protect

import (
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// accountTexts are the names by which an account goes.
func accountTexts(t entity.Target) []string {
	texts := []string{t.Name}
	if a := t.Account; a != nil {
		texts = append(texts, a.UID, a.DisplayName, a.LDAP.SAM, a.LDAP.UPN, a.LDAP.Email, a.NormalizedName, a.FakeSAM)
	}
	return texts
}

// account is one name of an account: `DOMAIN\user`, "user@realm", "O365:user@realm" or the user alone.
type account struct {
	user    string
	domains []string
}

func parseAccount(text string) account {
	// Capital and small letters meet in both directions, as with the Kelvin sign.
	rest := strings.ToLower(strings.ToUpper(strings.TrimSpace(text)))
	var a account
	if domain, user, ok := strings.Cut(rest, `\`); ok {
		rest, a.domains = user, append(a.domains, domain)
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		a.domains = append(a.domains, strings.TrimSuffix(rest[at+1:], "."))
		rest = rest[:at]
	}
	a.user = rest[strings.LastIndexByte(rest, ':')+1:]
	return a
}

// accounts find an account by any of its names.
type accounts struct{ byUser map[string][]protectedAccount }

type protectedAccount struct {
	index int
	account
}

func (s *accounts) add(i int, text string) {
	a := parseAccount(text)
	if a.user == "" {
		return
	}
	if s.byUser == nil {
		s.byUser = map[string][]protectedAccount{}
	}
	s.byUser[a.user] = append(s.byUser[a.user], protectedAccount{i, a})
}

// find takes all names of one account together: what one of them says of the domain counts for the others.
func (s *accounts) find(texts []string) (index int, text string, ok bool) {
	names := make([]account, len(texts))
	var domains []string
	for i, text := range texts {
		names[i] = parseAccount(text)
		domains = append(domains, names[i].domains...)
	}
	for i, name := range names {
		for _, p := range s.byUser[name.user] {
			if p.in(domains) {
				return p.index, texts[i], true
			}
		}
	}
	return 0, "", false
}

// in reports that a protected account may be one of these domains. A short name of a domain cannot be compared with a
// long one: where there is no other, they are taken for the same.
func (a account) in(domains []string) bool {
	if len(a.domains) == 0 {
		return true
	}
	return slices.ContainsFunc(a.domains, func(own string) bool {
		alike := slices.DeleteFunc(slices.Clone(domains), func(d string) bool { return dotted(d) != dotted(own) })
		return len(alike) == 0 || slices.ContainsFunc(alike, func(d string) bool { return related(own, d) })
	})
}

func dotted(domain string) bool { return strings.Contains(domain, ".") }

// related reports that two domains are the same, or that one lies below the other: a realm and a suffix of names.
func related(a, b string) bool {
	return a == b || dotted(a) && (strings.HasSuffix(a, "."+b) || strings.HasSuffix(b, "."+a))
}
