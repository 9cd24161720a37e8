//go:build !unix

package main_test

import "github.com/rogpeppe/go-internal/testscript"

// unixCommands are commands of scripts that need a Unix.
func unixCommands() map[string]func(*testscript.TestScript, bool, []string) { return nil }
