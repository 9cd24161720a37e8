// Package policy tells whether a firewall policy makes use of a group or feed. Whether another
// policy lets the traffic pass before it is for a person to judge.
package policy

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
)

type rule struct {
	ID      int    `json:"policyid"`
	Status  string `json:"status"`
	Action  string `json:"action"`
	Src     refs   `json:"srcaddr"`
	Dst     refs   `json:"dstaddr"`
	Src6    refs   `json:"srcaddr6"`
	Dst6    refs   `json:"dstaddr6"`
	NotSrc  string `json:"srcaddr-negate"`
	NotDst  string `json:"dstaddr-negate"`
	NotSrc6 string `json:"srcaddr6-negate"`
	NotDst6 string `json:"dstaddr6-negate"`
}

type refs []ref

type ref struct {
	Name string `json:"name"`
}

func (r refs) has(name string) bool { return slices.Contains(r, ref{name}) }

const fields = "policyid|status|action|srcaddr|dstaddr|srcaddr6|dstaddr6|" +
	"srcaddr-negate|dstaddr-negate|srcaddr6-negate|dstaddr6-negate"

// Check looks for an enabled deny policy that has name as source or destination, by class.
func Check(ctx context.Context, b *fortios.Batch, class entity.Class, name string) blocker.Check {
	check := blocker.Check{Name: fmt.Sprintf("policy of %s", name)}
	path := fortios.Path("cmdb", "firewall", "policy")
	rules, err := fortios.Rows[rule](ctx, b, path, url.Values{"format": {fields}})
	if err != nil {
		check.Detail, check.Err = "the policies could not be read, so this is not known", err
		return check
	}
	for place, r := range rules {
		if r.denies(class, name) {
			check.Detail = fmt.Sprintf("denied by policy %d, number %d of %d in order", r.ID, place+1, len(rules))
			return check
		}
	}
	check.Err = &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf(
		"no enabled deny policy has %q as its %s: what is blocked would pass", name, side(class))}
	return check
}

func side(class entity.Class) string {
	if class == entity.ClassSource {
		return "source"
	}
	return "destination"
}

// denies is as FortiOS reads a policy: enabled unless it says otherwise, deny unless it accepts.
func (r rule) denies(class entity.Class, name string) bool {
	if r.Status == "disable" || (r.Action != "" && r.Action != "deny") {
		return false
	}
	if class == entity.ClassSource {
		return (r.Src.has(name) && r.NotSrc != "enable") || (r.Src6.has(name) && r.NotSrc6 != "enable")
	}
	return (r.Dst.has(name) && r.NotDst != "enable") || (r.Dst6.has(name) && r.NotDst6 != "enable")
}
