package notify

import (
	"slices"
	"time"
)

// spent are the messages that were sent within one second; At is when the last of them was.
type spent struct {
	At       time.Time `json:"at"`
	Messages int       `json:"messages"`
}

// room is how many events the next batch may have. One that was begun stays as it was.
func (o *Outlet) room(s *state, now time.Time) int {
	if s.Until > 0 || !o.Single || o.Rate == 0 {
		return most
	}
	return min(most, max(1, o.Rate-s.within(now)))
}

// within counts the messages of the last minute.
func (s *state) within(now time.Time) (messages int) {
	for _, one := range s.Spent {
		if !one.over(now) {
			messages += one.Messages
		}
	}
	return messages
}

// over: it is too long ago to count. So is what is to come: the clock was wrong.
func (p spent) over(now time.Time) bool { return now.Sub(p.At) >= time.Minute || p.At.After(now) }

// spend notes what was sent: one message, or as many as events were taken where each is one.
func (o *Outlet) spend(s *state, now time.Time, taken int, whole bool) {
	messages := min(taken, 1)
	switch {
	case o.Rate == 0:
		s.Spent = nil
		return
	case o.Single:
		messages = taken
	}
	if whole {
		messages = max(messages, 1)
	}
	s.Spent = slices.DeleteFunc(s.Spent, func(p spent) bool { return p.over(now) })
	if messages == 0 {
		return
	}
	now = now.UTC()
	if last := len(s.Spent) - 1; last >= 0 && s.Spent[last].At.Truncate(time.Second).Equal(now.Truncate(time.Second)) {
		s.Spent[last] = spent{now, s.Spent[last].Messages + messages}
		return
	}
	s.Spent = append(s.Spent, spent{now, messages})
}

// full is when there is room again for a message; zero: there is now.
func (o *Outlet) full(s *state, now time.Time) time.Time {
	if o.Rate == 0 || s.within(now) < o.Rate {
		return time.Time{}
	}
	return s.Spent[0].At.Add(time.Minute)
}
