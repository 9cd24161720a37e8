package addrgroup

import (
	"context"
	"net/url"
	"slices"
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

// state is what a device holds for a list.
type state struct {
	base group
	// missing says that the base group is not on the device.
	missing bool
	// shards are the groups that bear a mark of var, anybody's, in the order of their names.
	shards  []group
	objects map[string]object
}

// read asks for the groups and for the address objects whose names have prefix; all of them when it
// is empty, when somebody put others into our shards, and on old firmware. How many requests that takes depends on the sizes of the tables alone.
func (l list) read(ctx context.Context, b *fortios.Batch, prefix string) (state, error) {
	st := state{objects: map[string]object{}}
	var err error
	st.base, err = fortios.One[group](ctx, b, l.groupPath(l.base))
	if st.missing = fortios.IsMissing(err); err != nil && !st.missing {
		return st, err
	}
	groups, err := fortios.Rows[group](ctx, b, l.groupPath(), narrowed(b, "name|member|comment", infix))
	if err != nil {
		return st, err
	}
	st.shards = markedGroups(groups)
	if l.renamed(st, prefix) {
		prefix = ""
	}
	objects, err := fortios.Rows[object](ctx, b, l.addressPath(), narrowed(b, l.fields, prefix))
	for _, o := range objects {
		st.objects[o.Name] = o
	}
	return st, err
}

// renamed reports a member of our shards whose name does not have the prefix: an object of somebody else, or
// one of ours that somebody renamed.
func (l list) renamed(st state, prefix string) bool {
	for _, g := range st.shards {
		if g.markedBy(l.mark) && slices.ContainsFunc(g.Member, func(m member) bool {
			return m.Name != placeholder && !strings.HasPrefix(m.Name, prefix)
		}) {
			return true
		}
	}
	return false
}

func markedGroups(groups []group) []group {
	marked := slices.DeleteFunc(groups, func(g group) bool {
		_, ok := ParseMark(g.Comment)
		return !ok
	})
	slices.SortFunc(marked, func(a, b group) int { return strings.Compare(a.Name, b.Name) })
	return marked
}

// narrowed asks for some fields of the rows whose name contains a text. Before 6.4.2 FortiOS does
// not know such a filter and would answer with nothing: there all rows are read.
func narrowed(b *fortios.Batch, fields, text string) url.Values {
	q := url.Values{"format": {fields}}
	if version, _ := b.Device(); text != "" && fortios.AtLeast(version, "6.4.2") {
		q.Set("filter", "name=@"+text)
	}
	return q
}

// enforced reports that a member acts: the base group has it, or a shard that the base group has.
func (st state) enforced(name string) bool {
	if st.base.has(name) {
		return true
	}
	return slices.ContainsFunc(st.shards, func(g group) bool { return st.base.has(g.Name) && g.has(name) })
}
