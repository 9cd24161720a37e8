//go:build !linux

package pluginhost

import "os"

// beHost is for the tests of a host's death, which are Linux's alone.
func beHost(string) { os.Exit(2) }
