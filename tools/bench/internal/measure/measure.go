// Package measure runs a program and says what it cost.
package measure

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"time"
)

// Cost is what one run of a program took.
type Cost struct {
	Wall time.Duration `json:"wall"`
	// CPU is that of the program and of all its descendants that were waited for, in both modes.
	CPU time.Duration `json:"cpu"`
	// Peak is the most memory that the program and each of its plugins had at a time, in bytes, by name; of several of
	// one name it is the largest.
	Peak map[string]int64 `json:"peak"`
}

// Output is what a program said.
type Output struct {
	Code     int
	Out, Err string
}

// Run runs a program to its end. An exit code that is not 0 is no error.
func Run(ctx context.Context, argv, env []string) (Cost, Output, error) {
	return run(ctx, argv, env, func(string, int64) {})
}

// run has saw told of each look at the memory of a program.
func run(ctx context.Context, argv, env []string, saw func(name string, peak int64)) (Cost, Output, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	var out, err bytes.Buffer
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &out, &err
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return Cost{}, Output{}, fmt.Errorf("start %s: %w", argv[0], err)
	}
	w := watch(cmd.Process.Pid, saw)
	_ = cmd.Wait() // its state says it better
	cost := Cost{Wall: time.Since(began), Peak: w.stop()}
	if err := ctx.Err(); err != nil {
		return Cost{}, Output{}, err
	}
	cost.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return cost, Output{cmd.ProcessState.ExitCode(), out.String(), err.String()}, nil
}
