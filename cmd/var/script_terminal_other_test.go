//go:build !linux

package main_test

import "github.com/rogpeppe/go-internal/testscript"

// cmdTyping is for scripts that need Linux.
func cmdTyping(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("typing needs Linux") }
