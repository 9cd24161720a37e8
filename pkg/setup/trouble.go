package setup

import (
	"context"
	"slices"
	"strings"
)

// What can be done after something was tried and did not go well.
const (
	onceMore      = "again"
	otherAddress  = "address"
	otherSecrets  = "credentials"
	otherSettings = "settings"
)

// correctAddress asks for all that says where a brain is and who it must be.
var correctAddress = Option{otherAddress, "correct the address, or the ca_file that its certificate is checked with"}

// trouble is what did not go well.
type trouble struct {
	// path is the table of the brain or blocker.
	path, words string
	// cure is what most likely mends it.
	cure   string
	checks []Check
}

// cureOf is what most likely mends what a brain showed. A right that is missing is given at the brain, not here.
func cureOf(r BrainReport) string {
	switch {
	case r.Family == "":
		return otherAddress
	case len(r.Checks) == 0 || slices.ContainsFunc(failed(r.Checks), func(c Check) bool { return c.Name == LogIn }):
		return otherSecrets
	}
	return onceMore
}

// whatNow asks how to go on after something did not go well. Enter takes what mends it, until the same went wrong with
// the same answers before: whoever answers everything with Enter gets to the end.
func (t *talk) whatNow(ctx context.Context, wrong trouble, mend ...Option) (string, error) {
	usual := wrong.cure
	if at := t.standOf(wrong); t.before[at] {
		usual = goOn
	} else {
		t.before[at] = true
	}
	options := append([]Option{{onceMore, "try again"}}, mend...)
	options = append(options, Option{goOn, "leave it so and go on"})
	return t.ask(ctx, Question{Key: wrong.path, Help: wrong.words + " What now?", Form: One, Default: usual, Options: options})
}

// stand is a trouble and the answers that it came from.
type stand struct {
	path, draft, checks string
	// typed is how many secrets had been typed.
	typed int
}

func (t *talk) standOf(wrong trouble) stand {
	var names []string
	for _, c := range wrong.checks {
		names = append(names, c.Of+" "+c.Name)
	}
	return stand{wrong.path, string(t.draft.Bytes()), strings.Join(names, "\n"), t.typed}
}
