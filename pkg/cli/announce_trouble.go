package cli

import (
	"regexp"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// brokenOff is how connections fail to an end that is down: which of these it is, and where, is chance.
var brokenOff = regexp.MustCompile(`(?:(?:dial|read|write) (?:tcp|udp)[^;]*?: )?(?:(?:connect|read|write): )?` +
	`(?:connection refused|connection reset by peer|broken pipe|(?:unexpected )?EOF)`)

// trouble is a text by which a failure is known again: ports, times and counts change from one pass to the next.
func trouble(why string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, brokenOff.ReplaceAllString(why, "broken off"))
}

// mostTroubles is how many of one kind are known again.
const mostTroubles = 10

// withTrouble are the troubles that were told of a kind since it could last be read, a line each, with one more unless it is
// among them. Which of several parts of a kind fails first is chance, and may be another one in every pass.
func withTrouble(told map[entity.Kind]string, kind entity.Kind, one string) (troubles string, isNew bool) {
	then, known := told[kind]
	all := strings.Split(then, "\n")
	switch {
	case !known:
		return one, true
	case slices.Contains(all, one):
		return then, false
	}
	all = append(all, one)
	return strings.Join(all[max(0, len(all)-mostTroubles):], "\n"), true
}
