package notify

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

type busy time.Duration

func (b busy) Error() string             { return "busy" }
func (b busy) RetryAfter() time.Duration { return time.Duration(b) }

func TestWhoAsksToBeLeftAloneIs(t *testing.T) {
	for want, problem := range map[time.Duration]error{
		firstWait:     errors.New("down"),
		7 * firstWait: fmt.Errorf("hook: %w", busy(7*firstWait)),
		longestWait:   busy(1000 * longestWait),
	} {
		now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
		var s state
		s.failed(now, problem)
		if got := s.Next.Sub(now); got != want {
			t.Errorf("%v: waits %s, want %s", problem, got, want)
		}
	}
}
