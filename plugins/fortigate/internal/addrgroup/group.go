package addrgroup

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// placeholder is the built-in address that keeps a group from being empty, which FortiOS before
// 7.2.0 refuses. It matches nothing and is never removed.
const placeholder = "none"

// group is an address group as the API shows it.
type group struct {
	Name    string   `json:"name"`
	Member  []member `json:"member"`
	Comment string   `json:"comment,omitempty"`
}

type member struct {
	Name string `json:"name"`
}

func (g group) has(name string) bool {
	return slices.Contains(g.Member, member{name})
}

// markedBy reports that the group bears the mark in its comment.
func (g group) markedBy(m Mark) bool {
	got, ok := ParseMark(g.Comment)
	return ok && got == m
}

// holdsOnly reports that all members, the placeholder aside, are among some names.
func (g group) holdsOnly(names map[string]bool) bool {
	return !slices.ContainsFunc(g.Member, func(m member) bool { return m.Name != placeholder && !names[m.Name] })
}

// hasOnly reports that all members are in another reading of the group too, or the placeholder.
func (g group) hasOnly(before group) bool {
	names := make(map[string]bool, len(before.Member))
	for _, m := range before.Member {
		names[m.Name] = true
	}
	return g.holdsOnly(names)
}

// number is the shard's place among those that begin with prefix; false when it is none of them.
func (g group) number(prefix string) (int, bool) {
	digits, ok := strings.CutPrefix(g.Name, prefix)
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n >= 0
}

// shardName is the name of the n-th shard.
func shardName(prefix string, n int) string { return fmt.Sprintf("%s%03d", prefix, n) }
