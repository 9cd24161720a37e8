package setup

import (
	"context"
	"errors"
	"reflect"
	"time"

	"golang.org/x/term"
)

// blinding is how long a terminal is waited for that somebody is about to make blind.
const (
	blinding = 200 * time.Millisecond
	blink    = time.Millisecond
)

// AskBlind reads a line that the terminal does not show. It has the question put when the terminal is blind already: what is
// typed as soon as the question is seen would be shown otherwise. A context that ends leaves the terminal as it was.
func AskBlind(ctx context.Context, fd int, put func()) (line []byte, err error) {
	before, err := term.GetState(fd)
	if err != nil {
		return nil, err
	}
	var text []byte
	var failed error
	read := make(chan struct{})
	go func() { // ends with the line, at the latest with the process
		defer close(read)
		text, failed = term.ReadPassword(fd)
	}()
	awaitBlind(fd, before, read)
	put()
	select {
	case <-read:
		return text, failed
	case <-ctx.Done():
		return nil, errors.Join(context.Cause(ctx), term.Restore(fd, before))
	}
}

// awaitBlind waits until a terminal is another than before, or the line was read that was typed ahead. One that was blind
// before stays as it is.
func awaitBlind(fd int, before *term.State, read <-chan struct{}) {
	tick := time.NewTicker(blink)
	defer tick.Stop()
	for range blinding / blink {
		if now, err := term.GetState(fd); err != nil || !reflect.DeepEqual(now, before) {
			return
		}
		select {
		case <-read:
			return
		case <-tick.C:
		}
	}
}
