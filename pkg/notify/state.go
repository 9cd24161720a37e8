package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/var-project/var/pkg/internal/inert"
)

// Key is the name of a channel's lease, and the key under which the journal remembers what the channel was told.
func Key(channel string) string { return "notify:" + channel }

// state is what is remembered of a channel.
type state struct {
	// Cursor is the ID of the last event that the channel was told, or passed over; with Repeats its revision.
	Cursor int64 `json:"cursor"`
	// Until is the last of the batch that was begun; 0: none is. What is sent again is the same batch.
	Until int64 `json:"until,omitempty"`
	// Missed counts events that were forgotten before they could be sent.
	Missed int `json:"missed,omitempty"`
	// Failures counts attempts since the last that went well, Down is when the first of them was, Problem why the last failed.
	Failures int       `json:"failures,omitempty"`
	Down     time.Time `json:"down,omitzero"`
	Problem  string    `json:"problem,omitempty"`
	// Next is when something may be sent again, Spent what was sent in the last minute where there is a rate.
	Next  time.Time `json:"next,omitzero"`
	Spent []spent   `json:"spent,omitempty"`
}

// After a failure it waits this long, twice as long after each further one, and never longer than the longest. Nothing
// that was planned for later than that counts: the clock was wrong.
const (
	firstWait   = 15 * time.Second
	longestWait = 15 * time.Minute
)

// resting reports that nothing is to be sent yet.
func (s *state) resting(now time.Time) bool {
	return now.Before(s.Next) && !s.Next.After(now.Add(longestWait))
}

func (s *state) failed(now time.Time, problem error) {
	if s.Failures == 0 {
		s.Down = now.UTC()
	}
	s.Next = now.Add(min(max(firstWait<<min(s.Failures, 10), asked(problem)), longestWait)).UTC()
	s.Failures++
	s.Problem = inert.Short(problem.Error(), longestProblem)
}

// asked is for how long the other end asked to be left alone; 0: it did not.
func asked(problem error) time.Duration {
	var busy interface{ RetryAfter() time.Duration }
	if errors.As(problem, &busy) {
		return busy.RetryAfter()
	}
	return 0
}

// longestProblem is how much is remembered of an error, in bytes.
const longestProblem = 1000

func (s *state) well() {
	s.Failures, s.Down, s.Problem, s.Next = 0, time.Time{}, "", time.Time{}
}

// state is what is known of a channel. One that is new begins with what happens from now on.
func (c *Courier) state(ctx context.Context, r *route) (*state, error) {
	s, known, err := recall(ctx, c.Journal, r.Name)
	if err != nil || known {
		return s, err
	}
	if s.Cursor, err = c.Journal.LastRevision(ctx); err != nil {
		return s, err
	}
	return s, c.remember(ctx, r, s)
}

func recall(ctx context.Context, j Reader, channel string) (s *state, known bool, err error) {
	s = &state{}
	text, known, err := j.Recall(ctx, Key(channel))
	if err == nil && known {
		err = json.Unmarshal([]byte(text), s)
	}
	if err != nil {
		err = fmt.Errorf("what %s was told: %w", channel, err)
	}
	return s, known, err
}

// remember outlives the end of a delivery's time: what was sent is not to be sent again.
func (c *Courier) remember(ctx context.Context, r *route, s *state) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return c.Journal.Remember(context.WithoutCancel(ctx), Key(r.Name), string(text))
}
