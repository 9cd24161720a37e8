package stage

import (
	"errors"
	"strings"
	"time"

	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/tools/bench/internal/scenario"
)

// What the administrators of all FortiGates have prepared.
const (
	internalGroup = "Internal-Block"
	externalGroup = "External-Block"
	feedName      = "var-dst"
	// banTime is how long var has a ban last.
	banTime = 24 * time.Hour
)

type fortigate struct {
	*lab.FortiGate
	title string
	means scenario.Means
}

func (f *fortigate) name() string { return f.title }

// furnish prepares the groups and the feed, each used by a policy that denies.
func (f *fortigate) furnish() error {
	named := func(name string) []map[string]string { return []map[string]string{{"name": name}} }
	create := func(table string, object map[string]any) error {
		return change(f, "create", map[string]any{"table": table, "object": object})
	}
	deny := func(id int, source, destination string) error {
		return create("firewall/policy", map[string]any{
			"policyid": id, "status": "enable", "action": "deny", "srcaddr": named(source), "dstaddr": named(destination),
		})
	}
	var errs []error
	for _, group := range []string{internalGroup, externalGroup} {
		errs = append(errs, create("firewall/addrgrp", map[string]any{"name": group, "member": named("none")}),
			create("firewall/addrgrp6", map[string]any{"name": group + "6", "member": named("none")}))
	}
	errs = append(errs, create("system/external-resource", map[string]any{
		"name": feedName, "type": "address", "update-method": "push", "resource": "http://127.0.0.1/none", "status": "enable",
	}))
	return errors.Join(append(errs, deny(1, internalGroup, "all"), deny(2, "all", externalGroup), deny(3, "all", feedName))...)
}

func (f *fortigate) hold(elements []string) error {
	switch f.means {
	case scenario.Feed:
		return change(f, "feed-add", map[string]any{"feed": feedName, "entries": elements})
	case scenario.Quarantine:
		for _, ip := range elements {
			if err := change(f, "ban", map[string]any{"ip": ip, "seconds": int64(banTime / time.Second)}); err != nil {
				return err
			}
		}
		return nil
	}
	return errors.New("members of groups bear the mark of an owner: var has to make them")
}

func (f *fortigate) holds() (int, error) {
	root := f.Holds().VDOMs["root"]
	switch f.means {
	case scenario.Feed:
		return len(root.Feeds[feedName].Valid), nil
	case scenario.Quarantine:
		return len(root.Bans), nil
	}
	members := map[string]bool{}
	for _, base := range []string{internalGroup, externalGroup} {
		for _, nested := range root.Groups[base] {
			for _, member := range root.Groups[nested] {
				members[member] = true
			}
		}
	}
	delete(members, "none")
	for name := range members {
		if !strings.HasPrefix(name, "var-") {
			return 0, errors.New("a member is not ours: " + name)
		}
	}
	return len(members), nil
}
