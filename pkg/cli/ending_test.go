package cli

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/var-project/var/pkg/internal/wait"
)

// What is under way goes on when a run is told to end, until its time is over or it is told again.
func TestHowARunEnds(t *testing.T) {
	const patience = 30 * time.Second
	for name, tt := range map[string]struct {
		done, again time.Duration // when what is under way is done, and when it is told again; 0: never
		lasts       time.Duration
		cut         error
	}{
		"it finishes in time":   {done: 10 * time.Second, lasts: 10 * time.Second},
		"it takes too long":     {lasts: patience, cut: errOver},
		"it is told again":      {again: 5 * time.Second, lasts: 5 * time.Second, cut: errHurried},
		"told again when done":  {done: 5 * time.Second, again: 10 * time.Second, lasts: 5 * time.Second},
		"done when time is out": {done: patience + 1, lasts: patience, cut: errOver},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hurry, began := make(chan struct{}), time.Now()
				told, tell := context.WithCancelCause(t.Context())
				a := &App{Err: io.Discard, Pause: wait.For, Hurry: hurry}
				e := a.newEnding(told, patience)
				e.enter()
				if e.linger(told).Err() != nil {
					t.Error("cut before it was told")
				}
				tell(errors.New("terminated"))
				if tt.again > 0 {
					time.AfterFunc(tt.again, func() { close(hurry) })
				}
				finished := make(chan struct{})
				if tt.done > 0 {
					time.AfterFunc(tt.done, func() { close(finished) })
				}
				select {
				case <-finished:
				case <-e.linger(told).Done():
				}
				if got := time.Since(began); got != tt.lasts {
					t.Errorf("it lasted %s, want %s", got, tt.lasts)
				}
				if cut := context.Cause(e.work); !errors.Is(cut, tt.cut) {
					t.Errorf("cut by %v, want %v", cut, tt.cut)
				}
				if err := e.close(); (err != nil) != (tt.cut != nil) {
					t.Errorf("closed with %v", err)
				}
			})
		})
	}
}

// What is told to channels when all passes are over is no reason to say that something was cut off.
func TestNothingWasCutOffWhereNothingWasUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told, tell := context.WithCancel(t.Context())
		e := (&App{Err: io.Discard}).newEnding(told, time.Second)
		e.enter()
		e.leave()
		tell()
		<-e.linger(told).Done()
		if err := e.close(); err != nil {
			t.Error(err)
		}
	})
}

// A repetition that waits for its turn is not begun any more, though what is under way lingers.
func TestNobodyWaitsForARepetitionWhenToldToEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told, tell := context.WithCancel(t.Context())
		e := (&App{Err: io.Discard, Pause: wait.For}).newEnding(told, time.Hour)
		began := time.Now()
		time.AfterFunc(time.Second, tell)
		if err := e.pause(e.linger(told), time.Minute); err == nil || time.Since(began) != time.Second {
			t.Errorf("waited for %s: %v", time.Since(began), err)
		}
		if err := e.close(); err != nil {
			t.Error(err)
		}
	})
}

// A run that nobody tells to end has nothing to wait for.
func TestARunThatEndsByItselfIsNotCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := (&App{Err: io.Discard, Pause: wait.For}).newEnding(t.Context(), time.Hour)
		if err := e.close(); err != nil {
			t.Error(err)
		}
	})
}
