package blocker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/var-project/var/pkg/internal/wait"
)

const (
	// defaultPause is how long nothing is sent to a device that answered 429 and did not say for how long.
	defaultPause = 5 * time.Second
	// longestPause is the longest one that a request waits for; while a longer one lasts, requests fail at once.
	longestPause = 30 * time.Second
	// rest is how long nothing is sent to a device that does not answer.
	rest = time.Minute
	// patience is how many requests in a row may go without an answer before the device rests.
	patience = 2
)

// gate keeps requests of one client back: when the device asked for a pause, all of them and not only the one that
// was refused, and when it did not answer, so that nobody waits for it again and again.
type gate struct {
	mu    sync.Mutex
	until time.Time
	// why it is shut; resting: for want of answers, which is not worth waiting for.
	why     string
	resting bool
	// answers and pauses are counted, so that a request knows which of them came while it was on its way.
	answers, pauses int
	// refused and silent are how many in a row there were.
	refused, silent int
}

// ticket is what was so when a request began.
type ticket struct{ answers, pauses int }

// unbegun is the error of a request that was not sent.
type unbegun struct{ error }

func (u unbegun) Unwrap() error { return u.error }

// Unbegun reports that a client of NewClient gave err before it sent anything: the device knows nothing of the request.
func Unbegun(err error) bool {
	var u unbegun
	return errors.As(err, &u)
}

// pass waits until requests may begin. It fails at once when that is not worth waiting for.
func (g *gate) pass(ctx context.Context) (ticket, error) {
	for {
		t, left, err := g.look()
		if err != nil || left <= 0 {
			return t, err
		}
		if end, limited := ctx.Deadline(); limited && time.Until(end) < left {
			return t, g.shut(left)
		}
		if err := wait.For(ctx, left); err != nil {
			return t, unbegun{err}
		}
	}
}

func (g *gate) look() (t ticket, left time.Duration, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	left = time.Until(g.until)
	if left > 0 && (g.resting || left > longestPause) {
		err = g.error(left)
	}
	return ticket{g.answers, g.pauses}, left, err
}

func (g *gate) shut(left time.Duration) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.error(left)
}

// error tells why nothing is sent. A rest asks to be left alone for the whole of it, so that no repetition waits for it.
func (g *gate) error(left time.Duration) error {
	if g.resting {
		left = rest
	}
	return unbegun{&Error{Class: Transient, RetryAfter: left, Err: fmt.Errorf("%s until %s", g.why, g.until.UTC().Format(time.RFC3339))}}
}

// pause shuts the gate after a refusal. Each that follows one without an answer in between makes it twice as long,
// lest a device that refuses all be asked by every request of a batch.
func (g *gate) pause(t ticket, asked time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answers++
	g.silent = 0
	if t.pauses == g.pauses {
		g.pauses++
		asked = min(asked<<g.refused, maxRetryAfter)
		g.refused = min(g.refused+1, 8)
	}
	if until := time.Now().Add(asked); g.resting || until.After(g.until) {
		g.until, g.resting, g.why = until, false, "the device asked for a pause"
	}
}

// heard takes note of an answer, which ends a rest.
func (g *gate) heard() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.resting {
		g.until, g.resting = time.Time{}, false
	}
	g.answers++
	g.silent, g.refused = 0, 0
}

// unheard takes note of a request that got no answer in time. One that was slow while others were answered says
// nothing about the device.
func (g *gate) unheard(t ticket, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.answers != g.answers {
		return
	}
	if g.silent++; g.silent >= patience {
		g.until, g.resting, g.why = time.Now().Add(rest), true, "the device did not answer "+inTime(err)+"; it rests"
	}
}

// inTime names the client's own limit, which is the one that somebody set.
func inTime(err error) string {
	var own *timeoutError
	if errors.As(err, &own) {
		return fmt.Sprintf("within %s", own.after)
	}
	return "in time"
}

// pauseAsked reads from an answer that the device wants to be left alone, and for how long.
func pauseAsked(res *http.Response) (time.Duration, bool) {
	after, said := retryAfter(res.Header)
	switch {
	case res.StatusCode == http.StatusTooManyRequests && !said:
		return defaultPause, true
	case res.StatusCode == http.StatusTooManyRequests, res.StatusCode == http.StatusServiceUnavailable:
		return after, said
	}
	return 0, false
}
