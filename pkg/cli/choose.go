package cli

import (
	"context"
	"fmt"
	"strings"
)

// choose asks which of several targets a text means: all of them when that was said, else somebody on a terminal.
func (a *App) choose(ctx context.Context, text string, among []found, all bool) ([]found, error) {
	if len(among) == 1 || all {
		return among, nil
	}
	lines := make([]string, len(among))
	for i, f := range among {
		lines[i] = f.line()
	}
	if !a.interactive() {
		for _, line := range lines {
			fmt.Fprintln(a.Err, line)
		}
		return nil, usage(fmt.Errorf("%q means %d targets: name one as %s, or give --all", text, len(among), among[0].target.Ref))
	}
	numbers, err := a.pick(ctx, fmt.Sprintf("%q means %d targets; which?", text, len(among)), lines)
	if err != nil {
		return nil, err
	}
	chosen := make([]found, len(numbers))
	for i, n := range numbers {
		chosen[i] = among[n]
	}
	return chosen, nil
}

// tellTroubles says which brains could not be asked.
func (a *App) tellTroubles(problems []error) {
	for _, err := range problems {
		fmt.Fprintf(a.Err, "not asked: %s\n", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
}
