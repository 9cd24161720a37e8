package main

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/tools/bench/internal/scenario"
)

// options are what the command line says.
type options struct {
	bin, scenario, output string
	delays                delays
	rounds                int
	profile, svg, update  string
}

// delays are a list of durations, parted by commas.
type delays []time.Duration

func (d *delays) String() string {
	texts := make([]string, len(*d))
	for i, delay := range *d {
		texts[i] = delay.String()
	}
	return strings.Join(texts, ",")
}

func (d *delays) Set(text string) error {
	*d = nil
	for part := range strings.SplitSeq(text, ",") {
		delay, err := time.ParseDuration(part)
		if err != nil || delay < 0 {
			return fmt.Errorf("%q is no delay; say something like 0,20ms", part)
		}
		*d = append(*d, delay)
	}
	return nil
}

var outputs = []string{"table", "json", "markdown"}

func parse(args []string, usage io.Writer) (options, error) {
	o := options{delays: delays{0, 20 * time.Millisecond}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(usage)
	flags.StringVar(&o.bin, "bin", "bin", "`folder` with var, and its plugins in plugins/")
	flags.StringVar(&o.scenario, "scenario", "", "`names` of scenarios, parted by commas; * stands for a part of a name; all; list names them; the usual ones when not given")
	flags.Var(&o.delays, "delay", "how long each answer takes: `durations`, parted by commas")
	flags.IntVar(&o.rounds, "rounds", 3, "how often each scenario is measured at each delay")
	flags.StringVar(&o.output, "output", "table", "table, json or markdown")
	flags.StringVar(&o.profile, "profile", "", "have var write profiles of each measured pass into this `folder`; the last one stays")
	flags.StringVar(&o.svg, "svg", "", "draw the growth of passes with nothing to do into this `file`")
	flags.StringVar(&o.update, "update", "", "put the table into this `page`, between its marks, instead of writing it out")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	return o, o.check(flags.Args())
}

func (o *options) check(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("what is %q?", rest[0])
	case o.rounds < 1:
		return fmt.Errorf("rounds is %d, and has to be 1 at least", o.rounds)
	case !slices.Contains(outputs, o.output):
		return fmt.Errorf("output %q is not one of %s", o.output, strings.Join(outputs, ", "))
	}
	var err error
	o.bin, err = filepath.Abs(o.bin)
	return err
}

func list(out io.Writer) error {
	for _, s := range scenario.All() {
		usual := ""
		if s.Usual {
			usual = " (usual)"
		}
		if _, err := fmt.Fprintf(out, "%s%s\n", s.Name(), usual); err != nil {
			return err
		}
	}
	return nil
}
