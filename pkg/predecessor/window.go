package predecessor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

var dayNames = []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// window carries over when blocking is allowed, as it was meant: the predecessor acted on the days that were not
// listed, and from 8 to 17 lasted 33 hours.
func (s source) window() {
	days, dp := s.days()
	start, end, sp, ep, limited := s.hours()
	s.to.set("window.days", days, "", dp.Origin)
	s.to.set("window.start", start, "", sp.Origin)
	s.to.set("window.end", end, "", ep.Origin)
	if len(days) == 0 && !limited {
		return
	}
	s.to.set("window.timezone", "", "the machine's, as before")
	s.to.set("window.releases", "window", "outside its window the predecessor releases nothing either")
	s.to.tell(dp.Origin, "a run without --loop obeys the window now, which the predecessor's did not; for cron: var run --ignore-window")
}

// days are read in the predecessor's order: "week" wins over "weekday", that over "weekend", and these over names.
func (s source) days() ([]string, param) {
	written, p := s.texts("BLOCK_DAYS")
	for i, day := range written {
		written[i] = strings.ToLower(strings.TrimSpace(day))
	}
	switch {
	case len(written) == 0 || slices.Contains(written, "week"):
		return nil, p
	case slices.Contains(written, "weekday"):
		return s.alone("weekday", written, p), p
	case slices.Contains(written, "weekend"):
		return s.alone("weekend", written, p), p
	}
	for _, day := range written {
		if !slices.Contains(dayNames, day) {
			s.to.refuse(p.Origin, "%q is no day: the predecessor ends with an error on it", day)
		}
	}
	return written, p
}

func (s source) alone(word string, written []string, p param) []string {
	if len(written) > 1 {
		s.to.tell(p.Origin, "beside %q the predecessor ignores the other days, and so does this", word)
	}
	return []string{word}
}

// hours are empty where all day is meant: one of them is missing, or they are equal.
func (s source) hours() (start, end string, from, to param, limited bool) {
	from, to = s.get("BLOCK_START_TIME"), s.get("BLOCK_END_TIME")
	if from.none() || to.none() {
		return "", "", from, to, false
	}
	one, two := s.hour(from), s.hour(to)
	if one == two {
		return "", "", from, to, false
	}
	return fmt.Sprintf("%02d:00", one), fmt.Sprintf("%02d:00", two), from, to, true
}

// hour is 0 to 23; 24 is the midnight at the end of the day.
func (s source) hour(p param) int {
	n, ok := p.value.(int64)
	if text, is := p.value.(string); is {
		h, err := strconv.Atoi(strings.TrimSpace(text))
		n, ok = int64(h), err == nil
	}
	if !ok || n < 0 || n > 24 {
		s.wrong(p, "an hour from 0 to 23")
		return 0
	}
	return int(n % 24)
}
