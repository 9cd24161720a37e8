package main

import (
	"context"
	"log/slog"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

var plugin = blocker.Plugin[settings]{
	Name:    "external-command",
	Version: version,
	Help:    "Runs a program of yours for each block and each release.",
	Label:   "External Call Client",
	Aliases: []string{"external_call"},
	Kinds:   entity.Kinds(),
	Open:    open,
}

func open(_ context.Context, s settings, instance blocker.Instance) (blocker.Blocker, error) {
	c := &commands{
		blocker: instance.Name, block: map[entity.Kind]command{}, unblock: map[entity.Kind]command{},
		prints: s.PrintsReceipt, log: instance.Log, runner: newRunner(s, instance),
	}
	for _, pair := range s.pairs() {
		if len(pair.block) > 0 {
			c.block[pair.kind] = newCommand(pair.kind, pair.block)
		}
		if len(pair.unblock) > 0 {
			c.unblock[pair.kind] = newCommand(pair.kind, pair.unblock)
		}
	}
	return c, nil
}

var (
	_ blocker.Elementer = (*commands)(nil)
	_ blocker.Prober    = (*commands)(nil)
	_ blocker.Teller    = (*commands)(nil)
)

// commands is the blocker: nothing of what it did is remembered here, so that a release works
// after a restart.
type commands struct {
	blocker        string
	block, unblock map[entity.Kind]command
	// prints says that block commands print receipts, so that elements are unknown beforehand.
	prints bool
	log    *slog.Logger
	runner runner
}

// device is what stands for whatever the commands act on.
const device = "command"

// Facts offers the kinds that have a block command. Without unblock commands, which all kinds have or
// none, nothing can be undone.
func (c *commands) Facts() blocker.Facts {
	f := blocker.Facts{Devices: []string{device}, NoUndo: len(c.unblock) == 0}
	for _, kind := range entity.Kinds() {
		if _, ok := c.block[kind]; ok {
			f.Kinds = append(f.Kinds, kind)
		}
	}
	return f
}
