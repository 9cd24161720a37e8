//go:build !linux

package pluginhost

import (
	"os"
	"os/exec"
)

// command starts the plugin directly: only Linux has the means for a guard.
func command(path, _ string) *exec.Cmd { return &exec.Cmd{Path: path, Args: []string{path}} }

// wake kills: there is no guard that would.
func wake(p *os.Process) { _ = p.Kill() }

// awaitEnd has nothing to wait for: there is no guard.
func awaitEnd(int) (byItself bool) { return true }

func sweep(int) {}
