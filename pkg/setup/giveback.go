package setup

import (
	"reflect"
	"time"

	"golang.org/x/term"
)

// blinding is how long a terminal is waited for that somebody is about to make blind.
const (
	blinding = 200 * time.Millisecond
	blink    = time.Millisecond
)

// GiveBack leaves a terminal as it was before term.ReadPassword, which goes on reading in another goroutine, made it blind.
// That may be about to happen only now, when Ctrl-C was typed ahead of the question: then it is waited for, or the
// terminal would stay blind. Where a terminal does not go blind there is nothing to give back.
func GiveBack(fd int, before *term.State) error {
	tick := time.NewTicker(blink)
	defer tick.Stop()
	for range blinding / blink {
		now, err := term.GetState(fd)
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(now, before) {
			return term.Restore(fd, before)
		}
		<-tick.C
	}
	return nil
}
