package demo

import (
	"context"
	"errors"
	"strconv"
)

// Hosts of headquarters that play in the story.
const (
	tagged  = 1969
	scored  = 1970
	grouped = 1971
	moving  = 1974
)

// newAddress is what the moving host gets in the middle of the story.
const newAddress = "10.20.30.99"

// in wants several things in turn.
func in(checks ...func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) story() []step {
	return []step{
		{"Who would be blocked, and why? Nothing is touched.", s.plan, s.silent},
		{"Block them.", s.runPass(0, "run"), s.blocked},
		{
			"Analysts change their minds: a tag goes, a host joins NoBlock, a score falls, a lease is renewed. One firewall is down.",
			s.minds, s.stillBlocked,
		},
		{"Release and move, as far as the firewalls answer.", s.runPass(exitPartial, "run", "--groom"), s.partly},
		{"What is still held, and where?", s.runPass(0, "status"), func(context.Context) error { return nil }},
		{"The firewall is back: catch up.", s.back, s.caughtUp},
		{"Nothing is left to do.", s.idle, s.silent},
	}
}

// exitPartial is how a pass ends of which something failed.
const exitPartial = 4

func (s *stage) runPass(code int, args ...string) func(context.Context) error {
	return func(ctx context.Context) error { return s.run(ctx, code, args...) }
}

func (s *stage) plan(ctx context.Context) error {
	return errors.Join(s.resetCounters(ctx), s.run(ctx, 0, "plan"))
}

func (s *stage) idle(ctx context.Context) error {
	return errors.Join(s.resetCounters(ctx), s.run(ctx, 0, "run"))
}

func (s *stage) blocked(ctx context.Context) error {
	return in(
		func() error { return s.inForce(ctx, "10.20.30.42", "fw1", "fw2", "pa1", "script") },
		func() error { return s.inForce(ctx, "10.20.30.70", "fw1", "fw2", "pa1", "script") },
		func() error { return s.inForce(ctx, "10.20.31.3", "fw1", "fw2", "pa1", "script") },
		func() error { return s.inForce(ctx, "fd12:3456:789a::6", "fw1", "fw2", "pa1", "script") },
		func() error { return s.inForce(ctx, "10.30.0.9", "fw1", "fw2", "pa1", "script") },
		func() error { return s.inForce(ctx, "10.40.0.12", "fw1", "fw2", "pa1", "script") },
		func() error { return s.inForce(ctx, "185.199.108.153", "fw1", "fw2", "pa1") },
		func() error { return s.inForce(ctx, "c2.example.org", "fw1", "fw2") },
		func() error { return s.inForce(ctx, `example\jdoe`, "pa1") },
		func() error { return s.inForce(ctx, "10.20.10.5") },
		func() error { return s.recorded(ctx, tagged, true, "VAR: Blocked on ", "SOC") },
	)
}

func (s *stage) minds(ctx context.Context) error {
	host := func(id int, more map[string]any) map[string]any {
		args := map[string]any{"id": id}
		for k, v := range more {
			args[k] = v
		}
		return args
	}
	s.say("ws-fin-042 loses its block tag; ws-lab-003 joins NoBlock; srv-web-07 falls to 12/10; ws-dev-006 gets %s; fw2 is down", newAddress)
	return errors.Join(
		s.admin.analyst(ctx, "remove_tag", map[string]any{"kind": "host", "id": tagged, "tag": "vectra_host_block"}),
		s.admin.analyst(ctx, "join", map[string]any{"group": "NoBlock", "type": "host", "member": strconv.Itoa(grouped)}),
		s.admin.analyst(ctx, "put_host", host(scored, map[string]any{"threat": 12, "certainty": 10})),
		s.admin.analyst(ctx, "put_host", host(moving, map[string]any{"ip": newAddress})),
		s.admin.down(ctx, "fw2", true),
	)
}

func (s *stage) stillBlocked(ctx context.Context) error {
	return s.inForce(ctx, "10.20.30.42", "fw1", "fw2", "pa1", "script")
}

func (s *stage) partly(ctx context.Context) error {
	return in(
		func() error { return s.inForce(ctx, "10.20.30.42", "fw2") },
		func() error { return s.inForce(ctx, "10.20.30.70", "fw2") },
		func() error { return s.inForce(ctx, "10.20.31.3", "fw2") },
		func() error { return s.inForce(ctx, newAddress, "fw1", "pa1", "script") },
		func() error { return s.inForce(ctx, "10.30.0.9", "fw1", "fw2", "pa1", "script") },
	)
}

func (s *stage) back(ctx context.Context) error {
	return errors.Join(s.admin.down(ctx, "fw2", false), s.run(ctx, 0, "run", "--groom"))
}

func (s *stage) caughtUp(ctx context.Context) error {
	return in(
		func() error { return s.inForce(ctx, "10.20.30.42") },
		func() error { return s.inForce(ctx, "10.20.30.70") },
		func() error { return s.inForce(ctx, "10.20.31.3") },
		func() error { return s.inForce(ctx, "fd12:3456:789a::6") },
		func() error { return s.inForce(ctx, newAddress, "fw1", "fw2", "pa1", "script") },
		func() error { return s.inForce(ctx, "185.199.108.153", "fw1", "fw2", "pa1") },
		func() error { return s.recorded(ctx, tagged, false, "VAR: Unblocked on ", "SOC") },
		func() error { return s.recorded(ctx, moving, true, "VAR: Unblocked due to grooming on ", "") },
	)
}
