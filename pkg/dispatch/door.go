package dispatch

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/plan"
)

// covers asks the never-block set of now.
func (d *Dispatcher) covers(t entity.Target, elements []string) (why string, covered bool) {
	if d.options.Protect == nil {
		return "", false
	}
	set := d.options.Protect()
	if set == nil {
		return "", false
	}
	return set.Covers(t, elements)
}

// admit refuses what must never be blocked, whatever the plan says, and answers with the rest.
func (d *Dispatcher) admit(results []Result, part []int) []int {
	var admitted []int
	for _, i := range part {
		it := results[i].Item
		if why, covered := d.covers(*it.Target, it.Elements); covered {
			results[i].Err = neverBlock(why)
			continue
		}
		admitted = append(admitted, i)
	}
	return admitted
}

func neverBlock(why string) error {
	return &entity.Error{Class: entity.Unsupported, Err: fmt.Errorf("%s: %s", plan.RuleNeverBlock, why)}
}

// expel takes off again at once what blocks turned out to put on a device and nothing may block.
func (d *Dispatcher) expel(ctx context.Context, e Enforcer, targets []entity.Target, outcomes []entity.Outcome) {
	var guilty []int
	var releases []entity.Release
	for i, out := range outcomes {
		if elements := d.protected(targets[i], out.Receipt.Elements); len(elements) > 0 {
			guilty = append(guilty, i)
			releases = append(releases, entity.Release{Target: targets[i], Receipt: entity.Receipt{Elements: elements}})
		}
	}
	if len(releases) == 0 {
		return
	}
	for n, err := range e.Unblock(ctx, releases) {
		expelled(&outcomes[guilty[n]], releases[n].Receipt.Elements, err)
	}
}

// protected are the elements that nothing may block.
func (d *Dispatcher) protected(t entity.Target, elements []string) []string {
	var found []string
	for _, e := range elements {
		if _, covered := d.covers(entity.Target{Ref: entity.Ref{Kind: t.Kind}}, []string{e}); covered {
			found = append(found, e)
		}
	}
	return found
}

// expelled notes what became of the attempt: what did not come off is held, and released by the next pass.
func expelled(out *entity.Outcome, elements []string, err error) {
	what := neverBlock(strings.Join(elements, ", "))
	if err != nil {
		out.Err = errors.Join(out.Err, fmt.Errorf("%w, and did not come off again: %w", what, err))
		return
	}
	out.Receipt.Elements = plan.Without(out.Receipt.Elements, elements)
	out.Err = errors.Join(out.Err, what)
}
