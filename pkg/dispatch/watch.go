package dispatch

import (
	"context"
	"errors"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Call is a request to a blocker that has ended.
type Call struct {
	Blocker string
	// Name is what was asked: "block", "unblock", "elements" or "list".
	Name string
	Took time.Duration
	// Err joins what failed and is to be tried again or looked at; nil: nothing.
	Err error
}

// Watch wraps a blocker so that somebody hears of each request to it: when it begins, and how it ended. begin answers
// with what is called then. Both may be called by several at once.
func Watch(e Enforcer, now func() time.Time, begin func() (ended func(Call))) Enforcer {
	return &watched{Enforcer: e, now: now, begin: begin}
}

type watched struct {
	Enforcer
	now   func() time.Time
	begin func() func(Call)
}

// during tells of one request.
func (w *watched) during(name string, do func() error) {
	began, ended := w.now(), w.begin()
	err := do()
	ended(Call{Blocker: w.Info().Name, Name: name, Took: w.now().Sub(began), Err: err})
}

// Block tells of the request besides making it.
func (w *watched) Block(ctx context.Context, targets []entity.Target) (outcomes []entity.Outcome) {
	w.during("block", func() error {
		outcomes = w.Enforcer.Block(ctx, targets)
		return hardest(len(outcomes), func(i int) error { return outcomes[i].Err })
	})
	return outcomes
}

// Unblock tells of the request besides making it.
func (w *watched) Unblock(ctx context.Context, releases []entity.Release) (errs []error) {
	w.during("unblock", func() error {
		errs = w.Enforcer.Unblock(ctx, releases)
		return hardest(len(errs), func(i int) error { return errs[i] })
	})
	return errs
}

// Elements tells of the request besides making it.
func (w *watched) Elements(ctx context.Context, targets []entity.Target) (elements [][]string, err error) {
	w.during("elements", func() error {
		elements, err = w.Enforcer.Elements(ctx, targets)
		return hard(err)
	})
	return elements, err
}

// List tells of the request besides making it.
func (w *watched) List(ctx context.Context) (devices []entity.Inventory, err error) {
	w.during("list", func() error {
		devices, err = w.Enforcer.List(ctx)
		return errors.Join(hard(err), hardest(len(devices), func(i int) error { return devices[i].Err }))
	})
	return devices, err
}

// hardest is the first error that has to be tried again or looked at.
func hardest(n int, err func(int) error) error {
	for i := range n {
		if e := hard(err(i)); e != nil {
			return e
		}
	}
	return nil
}

// hard is an error that is more than an answer.
func hard(err error) error {
	if err == nil || entity.OnlySoft(err) {
		return nil
	}
	return err
}
