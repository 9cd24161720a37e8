package main

import (
	"context"
	"os"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// Probe tells whether each program is there and can be run, without running it.
func (c *commands) Probe(context.Context) []blocker.DeviceReport {
	report := blocker.DeviceReport{Device: device}
	for _, kind := range entity.Kinds() {
		for _, of := range []struct {
			suffix string
			set    map[entity.Kind]command
		}{{"_block", c.block}, {"_unblock", c.unblock}} {
			if command, ok := of.set[kind]; ok {
				report.Checks = append(report.Checks, blocker.Check{
					Name: string(kind) + of.suffix, Detail: command.argv[0], Err: runnable(command.argv[0]),
				})
			}
		}
	}
	return []blocker.DeviceReport{report}
}

func runnable(program string) error {
	info, err := os.Stat(program)
	switch {
	case err != nil:
		return refused("%s: %v", program, cause(err))
	case !info.Mode().IsRegular() || info.Mode().Perm()&0o111 == 0:
		return refused("%s cannot be run: it is not an executable file", program)
	case info.Mode().Perm()&0o022 != 0:
		return refused("%s can be changed by others: chmod go-w it", program)
	}
	return nil
}
