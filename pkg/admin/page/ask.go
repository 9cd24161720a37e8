package page

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/var-project/var/pkg/view"
)

// asked is a parameter of a question, without the space around it.
func asked(r *http.Request, name string) (string, error) {
	text := strings.TrimSpace(r.URL.Query().Get(name))
	if len(text) > longest {
		return "", wrong{fmt.Sprintf("%s is longer than %d bytes.", name, longest)}
	}
	return text, nil
}

// number is a whole number from one on; otherwise where there is none.
func number(r *http.Request, name string, otherwise, most int) (int, error) {
	text, err := asked(r, name)
	if err != nil || text == "" {
		return otherwise, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, wrong{fmt.Sprintf("%s: want a number from 1 to %d.", name, most)}
	}
	return n, nil
}

// The limits of a question of the history: how many lines, and since how long ago.
const (
	someEvents = 100
	mostEvents = 1000
	longestAgo = 3650 * 24 * time.Hour
)

// question is what is asked of the history.
func question(r *http.Request) (q view.Question, err error) {
	if q.Target, err = asked(r, "q"); err != nil {
		return q, err
	}
	if q.Blocker, err = asked(r, "blocker"); err != nil {
		return q, err
	}
	if q.Since, err = ago(r); err != nil {
		return q, err
	}
	q.Limit, err = number(r, "limit", someEvents, mostEvents)
	return q, err
}

// ago is a time such as 24h or 7d; zero: all.
func ago(r *http.Request) (time.Duration, error) {
	text, err := asked(r, "since")
	if err != nil || text == "" {
		return 0, err
	}
	d, err := time.ParseDuration(text)
	if days, is := strings.CutSuffix(text, "d"); is {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(min(n, 10_000)) * 24 * time.Hour
	}
	if err != nil || d <= 0 || d > longestAgo {
		return 0, wrong{"since: want a time such as 24h or 7d."}
	}
	return d, nil
}
