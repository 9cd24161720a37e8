package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// RetryPolicy says how often and how patiently a transient failure is tried again.
type RetryPolicy struct {
	// Times is how many further attempts there are.
	Times int
	// Wait is the pause before the first of them; it doubles. Longest is the longest pause that a device may
	// ask for: what asks for more is left for the next pass.
	Wait, Longest time.Duration
	// Sleep pauses or ends with the context.
	Sleep func(context.Context, time.Duration) error
}

// Retry wraps a blocker so that what failed for a passing reason, or with an
// unknown result, is tried again: target by target, never what succeeded.
func Retry(e Enforcer, p RetryPolicy) Enforcer { return &retrier{Enforcer: e, policy: p} }

type retrier struct {
	Enforcer
	policy RetryPolicy
}

// Block repeats for those targets whose failure may pass; the receipts of all attempts are united. What nobody knows
// of one attempt stays unknown when a later one fails in a clearer way.
func (r *retrier) Block(ctx context.Context, targets []entity.Target) []entity.Outcome {
	outcomes := r.Enforcer.Block(ctx, targets)
	if r.Info().NoRepeat {
		return outcomes
	}
	unsure := map[int]bool{}
	r.again(ctx, func(i int) error { return outcomes[i].Err }, len(targets), func(left []int) {
		for n, out := range r.Enforcer.Block(ctx, pick(targets, left)) {
			i := left[n]
			unsure[i] = unsure[i] || entity.ClassOf(outcomes[i].Err) == entity.Unknown
			out.Receipt = outcomes[i].Receipt.Merge(out.Receipt)
			outcomes[i] = out
		}
	})
	for i := range unsure {
		if unsure[i] {
			outcomes[i].Err = unsettled(outcomes[i].Err)
		}
	}
	return outcomes
}

// unsettled is how a block ended that an earlier attempt may have made: only an attempt that succeeded, or a device
// that cannot have it, says what is there.
func unsettled(err error) error {
	if err == nil || entity.OnlySoft(err) || entity.ClassOf(err) == entity.Unknown {
		return err
	}
	return fmt.Errorf("%w; %w", err, &entity.Error{Class: entity.Unknown, Err: errEarlier})
}

var errEarlier = errors.New("what an earlier attempt did is unknown")

// Unblock repeats for those releases whose failure may pass.
func (r *retrier) Unblock(ctx context.Context, releases []entity.Release) []error {
	errs := r.Enforcer.Unblock(ctx, releases)
	r.again(ctx, func(i int) error { return errs[i] }, len(releases), func(left []int) {
		for n, err := range r.Enforcer.Unblock(ctx, pick(releases, left)) {
			errs[left[n]] = err
		}
	})
	return errs
}

// again runs further attempts over what is left, until nothing is, or it is no use.
func (r *retrier) again(ctx context.Context, err func(int) error, n int, attempt func(left []int)) {
	wait := r.policy.Wait
	for range r.policy.Times {
		left, asked := r.left(err, n)
		if len(left) == 0 || r.policy.Sleep(ctx, max(wait, asked)) != nil {
			return
		}
		attempt(left)
		wait *= 2
	}
}

// left are those worth another attempt, and the longest pause that they ask for.
func (r *retrier) left(err func(int) error, n int) (left []int, wait time.Duration) {
	for i := range n {
		e := err(i)
		if class := entity.ClassOf(e); class != entity.Transient && class != entity.Unknown {
			continue
		}
		if asked := entity.RetryAfter(e); asked <= r.policy.Longest {
			left, wait = append(left, i), max(wait, asked)
		}
	}
	return left, wait
}

func pick[T any](all []T, indexes []int) []T {
	some := make([]T, len(indexes))
	for n, i := range indexes {
		some[n] = all[i]
	}
	return some
}
