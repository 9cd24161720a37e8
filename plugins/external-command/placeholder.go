package main

import (
	"cmp"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// placeholder matches a value's name in an argument.
var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

func placeholders(arg string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(arg, -1) {
		names = append(names, m[1])
	}
	return names
}

// offered are the placeholders that a target of a kind has values for.
var offered = map[entity.Kind][]string{
	entity.KindHost:      {"ip", "name", "mac", "id", "tags"},
	entity.KindAccount:   {"account", "sam", "upn", "context", "name", "id", "tags"},
	entity.KindDetection: {"destination", "ip", "name", "id", "tags"},
	entity.KindStatic:    {"destination", "name", "id", "tags"},
}

// appended are those that stand at the end of a command without any, as the predecessor had it.
var appended = map[entity.Kind][]string{
	entity.KindHost:      {"{ip}"},
	entity.KindAccount:   {"{sam}", "{context}"},
	entity.KindDetection: {"{destination}"},
	entity.KindStatic:    {"{destination}"},
}

// mayBeEmpty are those that a target can do without.
var mayBeEmpty = []string{"context", "tags"}

// values are what the placeholders of one target stand for; mac and destination may have many.
type values map[string][]string

func valuesOf(t entity.Target) values {
	v := values{}
	v.set("id", t.ID)
	v.set("name", t.Name)
	v.set("tags", strings.Join(t.Tags, ","))
	switch {
	case t.Host != nil:
		v.set("name", cmp.Or(t.Host.FullName, t.Name))
		v.set("ip", address(t.Host.IP))
		v.set("mac", macs(t.Host.MACs)...)
	case t.Account != nil:
		v.account(t)
	case t.Detection != nil:
		v.set("ip", address(t.Detection.SourceIP))
		v.set("destination", blocker.Addresses(t)...)
	case t.Static != nil:
		v.set("destination", blocker.Addresses(t)...)
	}
	return v
}

func (v values) account(t entity.Target) {
	account := cmp.Or(t.Account.UID, t.Name)
	beforeAt, _, _ := strings.Cut(account, "@")
	v.set("account", account)
	v.set("sam", cmp.Or(t.Account.SAM(), beforeAt))
	v.set("upn", t.Account.LDAP.UPN)
	v.set("context", t.Account.Context)
}

// set leaves out what is empty.
func (v values) set(name string, texts ...string) {
	if texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" }); len(texts) > 0 {
		v[name] = texts
	}
}

func address(text string) string {
	a, err := blocker.Address(text)
	if err != nil || strings.Contains(a, "/") {
		return ""
	}
	return a
}

func mac(text string) string {
	m, err := net.ParseMAC(text)
	if err != nil {
		return ""
	}
	return m.String()
}

func macs(texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = mac(text)
	}
	return entity.Union(all)
}
