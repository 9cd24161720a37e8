package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// obey listens for orders to end: the context is done at the first, hurry closed at the second, and a third one ends
// the program as if nobody listened.
func obey(ctx context.Context) (told context.Context, hurry <-chan struct{}, stop func()) {
	told, tell := context.WithCancelCause(ctx)
	heard, again, done := make(chan os.Signal, 1), make(chan struct{}), make(chan struct{})
	signal.Notify(heard, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer close(done)
		sig, ok := <-heard
		if !ok {
			return
		}
		tell(errors.New(sig.String()))
		if _, ok = <-heard; ok {
			signal.Stop(heard)
			close(again)
		}
	}()
	return told, again, func() {
		signal.Stop(heard)
		close(heard)
		<-done
		tell(nil)
	}
}

// relay passes a signal on. What comes before somebody takes it comes once.
func relay(sig os.Signal) (asked <-chan struct{}, stop func()) {
	heard, out, done := make(chan os.Signal, 1), make(chan struct{}, 1), make(chan struct{})
	signal.Notify(heard, sig)
	go func() {
		defer close(done)
		for range heard {
			select {
			case out <- struct{}{}:
			default:
			}
		}
	}()
	return out, func() {
		signal.Stop(heard)
		close(heard)
		<-done
	}
}
