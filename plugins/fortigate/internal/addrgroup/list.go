package addrgroup

import (
	"context"
	"net/url"
	"strings"

	"github.com/var-project/var/plugins/fortigate/internal/fortios"
)

// family is IPv4 or IPv6: FortiOS keeps their addresses and groups in tables of their own.
type family struct {
	name              string
	addresses, groups string
	// fields are what is asked of an address object.
	fields string
	six    bool
}

var (
	four = family{"IPv4", "address", "addrgrp", "name|type|subnet|start-ip|end-ip|fqdn|comment", false}
	six  = family{"IPv6", "address6", "addrgrp6", "name|type|ip6|start-ip|end-ip|fqdn|comment", true}
)

// list is one block list of a device: a base group that the operator's policy uses, with shards
// nested in it that hold the members.
type list struct {
	family
	base string
	mark Mark
	// optional says that the operator did not name the group: it may be absent until it is needed.
	optional bool
}

func (l list) addressPath(name ...string) string {
	return fortios.Path(append([]string{"cmdb", "firewall", l.addresses}, name...)...)
}

func (l list) groupPath(name ...string) string {
	return fortios.Path(append([]string{"cmdb", "firewall", l.groups}, name...)...)
}

func (l list) memberPath(group string, name ...string) string {
	return l.groupPath(append([]string{group, "member"}, name...)...)
}

// narrowed asks for some fields of the rows whose names contain one of some texts, or are one of some names.
// Before 6.4.2 FortiOS does not know such a filter and would answer with nothing: there all rows are read.
func narrowed(b *fortios.Batch, fields string, parts, names []string) url.Values {
	q := url.Values{"format": {fields}}
	if !b.FiltersByPart() {
		return q
	}
	var any []string // of one filter any alternative
	for _, part := range parts {
		any = append(any, "name=@"+part)
	}
	for _, name := range names {
		any = append(any, "name=="+name)
	}
	if len(any) > 0 {
		q.Set("filter", strings.Join(any, ","))
	}
	return q
}

// pages reads a table that q narrows down. A device that turns out not to know the filter is asked for all.
func pages[T any](ctx context.Context, b *fortios.Batch, path string, q url.Values, begin func(), take func([]T)) error {
	err := fortios.Pages(ctx, b, path, q, begin, take)
	if err != nil || !q.Has("filter") || b.FiltersByPart() {
		return err
	}
	return fortios.Pages(ctx, b, path, url.Values{"format": q["format"]}, begin, take)
}
