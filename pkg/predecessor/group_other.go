//go:build !unix

package predecessor

import "os/exec"

// runApart runs a command. There are no process groups there.
func runApart(cmd *exec.Cmd) error { return cmd.Run() }

// interrupted is nothing that can be told there.
func interrupted(*exec.ExitError) bool { return false }
