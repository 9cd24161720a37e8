package addrgroup

import (
	"context"
	"fmt"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/policy"
)

// probe tells of one base group: there, writable, used.
func (l list) probe(ctx context.Context, b *fortios.Batch) []blocker.Check {
	there := blocker.Check{Name: fmt.Sprintf("%s group %s", l.family.name, l.base)}
	base, err := fortios.One[group](ctx, b, l.groupPath(l.base))
	if fortios.IsMissing(err) {
		return []blocker.Check{l.notThere(there)}
	}
	if err != nil {
		there.Err = err
		return []blocker.Check{there}
	}
	there.Detail, there.Err = l.described(b, base)
	return []blocker.Check{there, l.writable(ctx, b), policy.Check(ctx, b, l.mark.Class, l.base)}
}

func (l list) notThere(c blocker.Check) blocker.Check {
	if l.optional {
		c.Detail = fmt.Sprintf("not on the device: %s addresses cannot be blocked until it is made", l.family.name)
		return c
	}
	c.Err = l.absent()
	return c
}

func (l list) described(b *fortios.Batch, base group) (string, error) {
	detail := fmt.Sprintf("present, %d members", len(base.Member))
	version, _ := b.Device()
	if base.has(placeholder) || fortios.AtLeast(version, "7.2.0") {
		return detail, nil
	}
	return detail, &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf(
		"group %q lacks the member %q, and FortiOS %s keeps no group empty: add it", l.base, placeholder, version)}
}

// writable gives the group the name that it has: FortiOS checks the right to write and then finds
// nothing to change.
func (l list) writable(ctx context.Context, b *fortios.Batch) blocker.Check {
	_, err := b.Put(ctx, l.groupPath(l.base), map[string]string{"name": l.base})
	return blocker.Check{
		Name: fmt.Sprintf("write %s", l.base), Err: err,
		Detail: "asked by a write that changes nothing (PUT of the name it has)",
	}
}
