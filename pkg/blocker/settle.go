package blocker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

// together asks for the items at places in one call. An item that the author did not answer, or all
// of them after a panic, stays without an answer or gets the panic's.
func together[I, A any](s *server, places []int, items []I, answer func(int, A) error, ask func([]I) []A) error {
	batch := make([]I, len(places))
	for n, i := range places {
		batch[n] = items[i]
	}
	answers, err := asked(s, batch, ask)
	if err != nil {
		return err
	}
	for n, i := range places[:min(len(places), len(answers))] {
		if err := answer(i, answers[n]); err != nil {
			return err
		}
	}
	return nil
}

// asked turns a panic into the end of the stream: the items without an answer are then unknown.
func asked[I, A any](s *server, batch []I, ask func([]I) []A) (answers []A, err error) {
	if len(batch) == 0 {
		return nil, nil
	}
	defer s.rescue(func(e error) { err = errors.New(s.redactor.Text(e.Error())) })
	return ask(batch), nil
}

// oneByOne asks for each item by itself, parallel at a time, and stops when the caller is gone.
func oneByOne[I, A any](ctx context.Context, parallel int, places []int, items []I, answer func(int, A) error, ask func(I) A) error {
	var g errgroup.Group
	g.SetLimit(parallel)
	for _, i := range places {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return answer(i, ask(items[i]))
		})
	}
	return g.Wait()
}

// latest is how long before its caller's deadline the author's code is ended at most.
const latest = time.Second

// early ends the author's code before its caller's deadline, so that what the devices that did answer said still
// arrives when one of them does not.
func early(ctx context.Context) (context.Context, context.CancelFunc) {
	end, limited := ctx.Deadline()
	if !limited {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, end.Add(-min(time.Until(end)/4, latest)))
}

// overdue is how long the author's code may go on after its context ended, before it is told on.
const overdue = time.Second

// Overdue is what the log says when a call goes on although its context ended.
const Overdue = "a call goes on although its context ended"

// watch tells on a call that does not end with its context. The result stops the watch.
func (s *server) watch(ctx context.Context, call string) (stop func()) {
	done := make(chan struct{})
	end := context.AfterFunc(ctx, func() {
		select {
		case <-done:
		case <-time.After(overdue):
			s.log.Warn(Overdue, "call", call)
		}
	})
	return func() {
		end()
		close(done)
	}
}

func all[T any](items []T) []int {
	places := make([]int, len(items))
	for i := range places {
		places[i] = i
	}
	return places
}

// maxFormer is how many bytes of former state a receipt may carry.
const maxFormer = 1 << 10

func bounded1KiB(o Outcome) Outcome {
	if n := len(o.Receipt.Former); n > maxFormer {
		o.Receipt.Former = ""
		o.Err = join(o.Err, &Error{Class: Permanent, Err: fmt.Errorf("the former state is %d bytes long; at most %d can be kept", n, maxFormer)})
	}
	return o
}
