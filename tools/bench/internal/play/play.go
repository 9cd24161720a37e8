// Package play runs scenarios and measures them.
package play

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/var-project/var/tools/bench/internal/measure"
	"github.com/var-project/var/tools/bench/internal/scenario"
	"github.com/var-project/var/tools/bench/internal/stage"
)

// Round is what one run of a scenario cost.
type Round struct {
	measure.Cost
	Work  scenario.Work
	Delay time.Duration
	// Startup is what a pass cost in the same world before anything was in it, without delay.
	Startup measure.Cost
	// Asked is what the pass asked, by end.
	Asked map[string]stage.Asked
}

// Player plays scenarios.
type Player struct {
	// Bin is the folder of var and its plugins.
	Bin string
	// Args are handed to var in every measured run, behind "run".
	Args []string
	// Delays are how long each answer takes; each work is measured as often as Rounds says at each of them.
	Delays []time.Duration
	Rounds int
	// NoStartup leaves out the measurement of the start-up.
	NoStartup bool
}

// Play plays those works of a setup that are asked for. What must come before and is not asked for is done without
// delay and not measured. What changes nothing is measured again and again in one world; to block and to release,
// each round has a world of its own.
func (p *Player) Play(ctx context.Context, setup scenario.Setup, works map[scenario.Work]bool) ([]Round, error) {
	var all []Round
	if works[scenario.Start] || works[scenario.Nothing] {
		return p.inWorld(ctx, setup, works, (*act).still)
	}
	for _, delay := range p.Delays {
		for range p.Rounds {
			rounds, err := p.inWorld(ctx, setup, works, func(a *act, ctx context.Context) error { return a.life(ctx, delay) })
			if err != nil {
				return nil, err
			}
			all = append(all, rounds...)
		}
	}
	return all, nil
}

func (p *Player) inWorld(ctx context.Context, setup scenario.Setup, works map[scenario.Work]bool, play func(*act, context.Context) error) ([]Round, error) {
	s, err := stage.New(setup, p.Bin)
	if err != nil {
		return nil, err
	}
	a := act{Player: p, stage: s, works: works}
	err = a.start(ctx)
	if err == nil {
		err = play(&a, ctx)
	}
	if err = errors.Join(err, s.Close()); err != nil {
		return nil, fmt.Errorf("%s: %w", setup.Name, err)
	}
	return a.rounds, nil
}
