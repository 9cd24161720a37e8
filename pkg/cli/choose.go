package cli

import (
	"context"
	"fmt"
	"strings"
)

// choose asks somebody on a terminal which of several targets a text means; otherwise says what to do about it.
func (a *App) choose(ctx context.Context, text string, among []found, otherwise string) ([]found, error) {
	if len(among) == 1 {
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
		return nil, usage(fmt.Errorf("%q means %d targets: name one as %s%s", text, len(among), among[0].target.Ref, otherwise))
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
