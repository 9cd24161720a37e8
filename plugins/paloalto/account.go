package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// naming makes the name under which a firewall knows an account.
type naming struct{ format, domain string }

var sources = map[string]func(naming, entity.Target) string{
	"{sam}":    func(_ naming, t entity.Target) string { return t.Account.SAM() },
	"{upn}":    func(_ naming, t entity.Target) string { return t.Account.LDAP.UPN },
	"{uid}":    func(_ naming, t entity.Target) string { return t.Account.UID },
	"{name}":   func(_ naming, t entity.Target) string { return t.Name },
	"{domain}": naming.domainOf,
}

func checkFormat(format string) error {
	found := placeholder.FindAllString(format, -1)
	for _, p := range found {
		if sources[p] == nil {
			return fmt.Errorf("has the unknown placeholder %s; there are {sam} {upn} {uid} {domain} {name}", p)
		}
	}
	told := strings.ReplaceAll(format, "{domain}", "")
	if len(found) == 0 || placeholder.FindString(told) == "" {
		return fmt.Errorf("must contain one of {sam} {upn} {uid} {name}, or all accounts would be one user")
	}
	return nil
}

// nameOf is the account's name in the form that the firewall's User-ID normalises to, which is lower
// case. What is missing or cannot be told in a tag is an error: a wrong name registers and blocks nobody.
func (n naming) nameOf(t entity.Target) (string, error) {
	var missing []string
	name := placeholder.ReplaceAllStringFunc(n.format, func(p string) string {
		value := strings.TrimSpace(sources[p](n, t))
		if value == "" {
			missing = append(missing, p)
		}
		return value
	})
	if len(missing) > 0 {
		return "", &blocker.Error{Class: blocker.Absent, Err: fmt.Errorf("the account has no %s, which account_format asks for", strings.Join(missing, ", "))}
	}
	if len(name) > 253 || strings.ContainsFunc(name, unfit) {
		return "", &blocker.Error{Class: blocker.Unsupported, Err: fmt.Errorf("the user name %q is too long, or holds a comma or characters outside ASCII", name)}
	}
	return strings.ToLower(name), nil
}

func unfit(r rune) bool { return r < ' ' || r > '~' || r == ',' }

// domainOf is the configured domain, else the first label of the account's realm: what Active
// Directory proposes as NetBIOS name. A name with a service prefix (O365:) has no such realm.
func (n naming) domainOf(t entity.Target) string {
	if n.domain != "" {
		return n.domain
	}
	for _, name := range []string{t.Account.LDAP.UPN, t.Account.UID} {
		_, realm, ok := strings.Cut(name, "@")
		if ok && !strings.Contains(name, ":") {
			label, _, _ := strings.Cut(realm, ".")
			return label
		}
	}
	return ""
}
