// Command bench measures what a pass of var costs: the real program with its real plugins, over worlds of the lab.
// docs/performance.md explains every number.
//
//	bench -bin bin -scenario 'block/500/*' -delay 0,20ms -rounds 3
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, progress io.Writer) error {
	o, err := parse(args, progress)
	if err != nil {
		return err
	}
	if o.scenario == "list" {
		return list(out)
	}
	rows, err := o.play(ctx, progress)
	if err != nil {
		return err
	}
	return o.publish(rows, out)
}
