package dispatch

import (
	"context"

	"github.com/var-project/var/pkg/entity"
)

// Broken stands for a blocker that cannot be used: every item fails with the
// reason, and what it holds stays held.
func Broken(info entity.Blocker, why error) Enforcer { return &broken{info, why} }

// Why is the reason for which a blocker is broken; nil when it is not.
func Why(e Enforcer) error {
	if b, ok := e.(*broken); ok {
		return b.why
	}
	return nil
}

type broken struct {
	info entity.Blocker
	why  error
}

func (b *broken) Info() entity.Blocker { return b.info }

func (b *broken) Block(_ context.Context, targets []entity.Target) []entity.Outcome {
	outcomes := make([]entity.Outcome, len(targets))
	for i := range outcomes {
		outcomes[i].Err = b.err()
	}
	return outcomes
}

func (b *broken) Unblock(_ context.Context, releases []entity.Release) []error {
	errs := make([]error, len(releases))
	for i := range errs {
		errs[i] = b.err()
	}
	return errs
}

// Elements are unknown, which is no failure of its own.
func (b *broken) Elements(_ context.Context, targets []entity.Target) ([][]string, error) {
	return make([][]string, len(targets)), nil
}

func (b *broken) List(context.Context) ([]entity.Inventory, error) { return nil, b.err() }

// err is Permanent within a pass: trying again at once is no use.
func (b *broken) err() error { return &entity.Error{Class: entity.Permanent, Err: b.why} }
