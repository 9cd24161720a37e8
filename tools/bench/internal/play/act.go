package play

import (
	"context"
	"fmt"
	"time"

	"github.com/var-project/var/tools/bench/internal/measure"
	"github.com/var-project/var/tools/bench/internal/scenario"
	"github.com/var-project/var/tools/bench/internal/stage"
)

// act is what is played in one world.
type act struct {
	*Player
	stage   *stage.Stage
	works   map[scenario.Work]bool
	startup measure.Cost
	rounds  []Round
}

// start makes the state of var with a first pass and measures a second, if that is wanted.
func (a *act) start(ctx context.Context) error {
	if _, err := a.pass(ctx); err != nil || a.NoStartup {
		return err
	}
	cost, err := a.pass(ctx)
	a.startup = cost
	return err
}

// still plays what changes nothing: an empty world, or one that is as it should be.
func (a *act) still(ctx context.Context) error {
	work := scenario.Start
	if a.works[scenario.Nothing] {
		work = scenario.Nothing
		if err := a.seed(ctx); err != nil {
			return err
		}
	}
	for _, delay := range a.Delays {
		for range a.Rounds {
			if err := a.measure(ctx, work, delay); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *act) seed(ctx context.Context) error {
	if err := a.stage.Seed(); err != nil {
		return err
	}
	if _, err := a.pass(ctx); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	return nil
}

// life blocks and releases.
func (a *act) life(ctx context.Context, delay time.Duration) error {
	a.stage.Fill()
	if err := a.block(ctx, delay); err != nil || !a.works[scenario.Release] {
		return err
	}
	a.stage.Unwant()
	return a.measure(ctx, scenario.Release, delay)
}

func (a *act) block(ctx context.Context, delay time.Duration) error {
	if a.works[scenario.Block] {
		return a.measure(ctx, scenario.Block, delay)
	}
	_, err := a.pass(ctx)
	return err
}

// measure runs a pass with this delay and looks whether it did what it should.
func (a *act) measure(ctx context.Context, w scenario.Work, delay time.Duration) error {
	if err := a.stage.Begin(delay); err != nil {
		return err
	}
	cost, err := a.pass(ctx, a.Args...)
	if err != nil {
		return fmt.Errorf("%s: %w", w, err)
	}
	asked, err := a.stage.Asked()
	if err != nil {
		return err
	}
	a.rounds = append(a.rounds, Round{Cost: cost, Work: w, Delay: delay, Startup: a.startup, Asked: asked})
	if err := a.stage.Begin(0); err != nil {
		return err
	}
	return a.stage.Check(w)
}

// pass runs var once and wants it to end well.
func (a *act) pass(ctx context.Context, args ...string) (measure.Cost, error) {
	argv, env := a.stage.Command(append([]string{"run"}, args...)...)
	cost, said, err := measure.Run(ctx, argv, env)
	if err == nil && said.Code != 0 {
		err = fmt.Errorf("var run ended with %d: %.2000s%.2000s", said.Code, said.Err, said.Out)
	}
	return cost, err
}
