package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// Block runs the block command of t's kind: once, or once for each destination or MAC address that it names.
func (c *commands) Block(ctx context.Context, t entity.Target) (blocker.Receipt, error) {
	command, calls, err := c.plan(t)
	if err != nil {
		return blocker.Receipt{}, blocker.OnDevice(device, err)
	}
	var (
		receipt blocker.Receipt
		failed  []error
	)
	for _, one := range calls {
		if ctx.Err() != nil {
			failed = append(failed, notBegun(ctx))
			break
		}
		left, err := c.blockOne(ctx, t, command, one)
		if receipt.Former != "" && left.Former != "" {
			err = errors.Join(err, refused("only one former state can be kept; print it from a command without {%s}", command.subject))
		}
		receipt = receipt.Merge(left)
		failed = append(failed, named(err, one, len(calls)))
	}
	return receipt, blocker.OnDevice(device, errors.Join(failed...))
}

func (c *commands) plan(t entity.Target) (command, []call, error) {
	command, ok := c.block[t.Kind]
	if !ok {
		return command, nil, &blocker.Error{Class: blocker.Unsupported, Err: fmt.Errorf("there is no %s_block", t.Kind)}
	}
	calls, err := command.calls(valuesOf(t))
	return command, calls, err
}

func (c *commands) blockOne(ctx context.Context, t entity.Target, command command, one call) (blocker.Receipt, error) {
	known := elements(t.Ref, command.subject, one.about)
	stdout, err := c.runner.run(ctx, one.argv, input{Action: "block", Blocker: c.blocker, Target: t, Destinations: destinations(command, one)})
	left := blocker.Receipt{Elements: known}
	if nothingDone(err) {
		left.Elements = nil
	}
	said, ok, badReceipt := parseReceipt(stdout)
	if !ok || badReceipt != nil {
		return left, errors.Join(err, badReceipt)
	}
	if left.Former = said.Former; said.Elements != nil && (len(*said.Elements) > 0 || err != nil) {
		left.Elements = entity.Union(*said.Elements)
		c.warn(left.Elements, known)
	}
	return left, err
}

// warn tells of receipts that differ from what Elements says beforehand.
func (c *commands) warn(printed, known []string) {
	if !c.prints && len(printed) > 0 && !equal(printed, known) {
		c.log.Warn("a block command printed a receipt of its own; set prints_receipt, lest grooming takes it for a move", "elements", printed)
	}
}

// named puts the value that failed into the error when there are several.
func named(err error, one call, calls int) error {
	if err == nil || calls == 1 {
		return err
	}
	return &blocker.Error{Class: blocker.ClassOf(err), Element: one.about[0], Err: err}
}

func notBegun(ctx context.Context) error {
	return &blocker.Error{Class: blocker.Transient, Err: fmt.Errorf("not begun: %w", context.Cause(ctx))}
}

// Elements are the values that the block would be known by, unknown where commands print their own.
func (c *commands) Elements(_ context.Context, t entity.Target) ([]string, error) {
	command, ok := c.block[t.Kind]
	if !ok || c.prints {
		return nil, nil
	}
	about := valuesOf(t)[command.subject]
	return elements(t.Ref, command.subject, about), nil
}
