package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// Unblock runs the unblock command of t's kind for what the receipt names. All that it needs is in
// t and r.
func (c *commands) Unblock(ctx context.Context, t entity.Target, r blocker.Receipt) error {
	command, ok := c.unblock[t.Kind]
	if !ok {
		return &blocker.Error{Class: blocker.Unsupported, Err: fmt.Errorf("cannot be undone: there is no %s_unblock", t.Kind)}
	}
	calls, err := command.calls(c.held(command.subject, t, r))
	if err != nil {
		return blocker.OnDevice(device, lost(err))
	}
	var failed []error
	for _, one := range calls {
		if ctx.Err() != nil {
			failed = append(failed, notBegun(ctx))
			break
		}
		_, err := c.runner.run(ctx, one.argv, input{
			Action: "unblock", Blocker: c.blocker, Target: t, Destinations: destinations(command, one), Receipt: &r,
		})
		if blocker.ClassOf(err) != blocker.Absent {
			failed = append(failed, named(err, one, len(calls)))
		}
	}
	return blocker.OnDevice(device, errors.Join(failed...))
}

// lost turns a missing value, which a block may get later, into what a human must settle.
func lost(err error) error {
	if blocker.ClassOf(err) != blocker.Absent {
		return err
	}
	return &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf("cannot be released by this command: %w", errors.Unwrap(err))}
}

// held puts what the receipt says in the place of what the target says: it may have another
// address or name by now, or only a part is to be released. Elements that a command made up are no
// values; the target's are used then, and the command finds the receipt on its standard input.
func (c *commands) held(subject string, t entity.Target, r blocker.Receipt) values {
	v := valuesOf(t)
	var fitting []string
	for _, e := range r.Elements {
		if value := c.fits(subject, e, t.Ref); value != "" {
			fitting = append(fitting, value)
		}
	}
	if len(fitting) > 0 {
		v[subject] = fitting
	}
	return v
}

// fits gives the value of the subject that an element is; "" when it cannot be one.
func (c *commands) fits(subject, element string, ref entity.Ref) string {
	switch subject {
	case "ip":
		return address(element)
	case "mac":
		return mac(element)
	case "destination":
		if a, err := blocker.Address(element); err == nil {
			return a
		}
		if blocker.IsDomain(element) {
			return element
		}
	case "id":
		if source, id, ok := strings.Cut(element, "/"); ok && (source == ref.Source || ref.Source == "") {
			return id
		}
	default:
		return c.name(element, ref)
	}
	return ""
}

// name gives the name that an element is: all are but those that commands print, and the one that stands
// for a name that no tag can hold. An orphan has nothing else to go by.
func (c *commands) name(element string, ref entity.Ref) string {
	if (c.prints && ref.ID != "") || element == ref.Source+"/"+ref.ID {
		return ""
	}
	return element
}
