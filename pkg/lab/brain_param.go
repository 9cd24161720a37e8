package lab

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func everywhere(apiVersion) bool { return true }

func onQUX(v apiVersion) bool { return !v.rux() }

func onRUX(v apiVersion) bool { return v.rux() }

// from is known since these minor versions of QUX and RUX.
func from(qux, rux int) func(apiVersion) bool {
	return func(v apiVersion) bool { return v.since(qux, rux) }
}

// before34 is known until RUX 3.4 removed it.
func before34(v apiVersion) bool { return !v.since(never, 4) }

// ignored is a parameter that is known, and read elsewhere.
func ignored[T any](known func(apiVersion) bool) param[T] { return param[T]{known: known} }

func number[T any](known func(apiVersion) bool, holds func(row *T, n int) bool) param[T] {
	return param[T]{known, func(_ *brainCall, value string) (func(*T) bool, bool) {
		n, err := strconv.Atoi(value)
		return func(row *T) bool { return holds(row, n) }, err == nil
	}}
}

func equal[T any](known func(apiVersion) bool, get func(*T) int) param[T] {
	return number(known, func(row *T, n int) bool { return get(row) == n })
}

func atLeast[T any](known func(apiVersion) bool, get func(*T) int) param[T] {
	return number(known, func(row *T, n int) bool { return get(row) >= n })
}

func atMost[T any](known func(apiVersion) bool, get func(*T) int) param[T] {
	return number(known, func(row *T, n int) bool { return get(row) <= n })
}

func truth[T any](known func(apiVersion) bool, get func(*T) bool) param[T] {
	return param[T]{known, func(_ *brainCall, value string) (func(*T) bool, bool) {
		want, ok := parseTruth(value)
		return func(row *T) bool { return get(row) == want }, ok
	}}
}

// parseTruth also takes Python's spelling.
func parseTruth(text string) (value, ok bool) {
	value, err := strconv.ParseBool(strings.ToLower(text))
	return value, err == nil
}

func exact[T any](known func(apiVersion) bool, get func(*T) string) param[T] {
	return text(known, func(row *T, value string) bool { return get(row) == value })
}

// contains is how names are searched: loosely.
func contains[T any](known func(apiVersion) bool, get func(*T) string) param[T] {
	return text(known, func(row *T, value string) bool {
		return strings.Contains(strings.ToLower(get(row)), strings.ToLower(value))
	})
}

func text[T any](known func(apiVersion) bool, holds func(row *T, value string) bool) param[T] {
	return param[T]{known, func(_ *brainCall, value string) (func(*T) bool, bool) {
		return func(row *T) bool { return holds(row, value) }, true
	}}
}

// since is met by a time at or after the value; a time that is not set meets nothing.
func since[T any](known func(apiVersion) bool, get func(*T) time.Time) param[T] {
	return moment(known, func(row *T, t time.Time) bool { at := get(row); return !at.IsZero() && !at.Before(t) })
}

func until[T any](known func(apiVersion) bool, get func(*T) time.Time) param[T] {
	return moment(known, func(row *T, t time.Time) bool { at := get(row); return !at.IsZero() && !at.After(t) })
}

func moment[T any](known func(apiVersion) bool, holds func(row *T, t time.Time) bool) param[T] {
	return param[T]{known, func(_ *brainCall, value string) (func(*T) bool, bool) {
		t, ok := parseMoment(value)
		return func(row *T) bool { return holds(row, t) }, ok
	}}
}

// parseMoment takes RFC 3339, the same without a zone, a date, and seconds since 1970.
func parseMoment(text string) (time.Time, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.Unix(n, 0), true
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// anyTag is met by a row with a tag that contains one of the values: "block" also finds "unblock".
func anyTag[T any](known func(apiVersion) bool, get func(*T) []string) param[T] {
	return tagged(known, get, strings.Contains)
}

// exactTag is met by a row that has one of the values as a tag: entities are searched so.
func exactTag[T any](known func(apiVersion) bool, get func(*T) []string) param[T] {
	return tagged(known, get, func(tag, want string) bool { return tag == want })
}

func tagged[T any](known func(apiVersion) bool, get func(*T) []string, meets func(tag, want string) bool) param[T] {
	return param[T]{known, func(_ *brainCall, value string) (func(*T) bool, bool) {
		wanted := strings.Split(value, ",")
		return func(row *T) bool {
			return slices.ContainsFunc(get(row), func(tag string) bool {
				return slices.ContainsFunc(wanted, func(want string) bool { return want != "" && meets(tag, want) })
			})
		}, true
	}}
}

// oneOf is met by a row whose number is in a comma list.
func oneOf[T any](known func(apiVersion) bool, get func(*T) int) param[T] {
	return param[T]{known, func(_ *brainCall, value string) (func(*T) bool, bool) {
		wanted := map[int]bool{}
		for part := range strings.SplitSeq(value, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(part))
			if err != nil {
				return nil, false
			}
			wanted[n] = true
		}
		return func(row *T) bool { return wanted[get(row)] }, true
	}}
}

// by orders rows by what get says.
func by[T any, K cmp.Ordered](get func(*T) K) func(a, b *T) int {
	return func(a, b *T) int { return cmp.Compare(get(a), get(b)) }
}

func byTime[T any](get func(*T) time.Time) func(a, b *T) int {
	return func(a, b *T) int { return get(a).Compare(get(b)) }
}

// subjectParams are known wherever hosts, accounts and entities are listed.
func subjectParams[T any](known func(apiVersion) bool, get func(*T) *Subject) map[string]param[T] {
	threat := func(row *T) int { return get(row).Threat }
	certainty := func(row *T) int { return get(row).Certainty }
	id := func(row *T) int { return get(row).ID }
	return map[string]param[T]{
		"fields":                      ignored[T](known),
		"state":                       exact(known, func(row *T) string { return get(row).State }),
		"tags":                        anyTag(known, func(row *T) []string { return get(row).Tags }),
		"t_score":                     equal(known, threat),
		"t_score_gte":                 atLeast(known, threat),
		"c_score":                     equal(known, certainty),
		"c_score_gte":                 atLeast(known, certainty),
		"min_id":                      atLeast(known, id),
		"max_id":                      atMost(known, id),
		"note_modified_timestamp_gte": since(known, func(row *T) time.Time { return noteTime(get(row)) }),
	}
}

// scoredParams are known wherever hosts and accounts are listed.
func scoredParams[T any](get func(*T) *Scored) map[string]param[T] {
	level := func(row *T) int { return get(row).PrivilegeLevel }
	last := func(row *T) time.Time { return get(row).LastDetection }
	return map[string]param[T]{
		"name":                         contains(everywhere, func(row *T) string { return get(row).Name }),
		"privilege_level":              equal(everywhere, level),
		"privilege_level_gte":          atLeast(everywhere, level),
		"last_detection_timestamp_gte": since(from(4, never), last),
		"last_detection_timestamp_lte": until(from(4, never), last),
		"privilege_category": text(everywhere, func(row *T, value string) bool {
			return strings.EqualFold(privilege(level(row)), value)
		}),
	}
}

func noteTime(s *Subject) time.Time {
	if len(s.Notes) == 0 {
		return time.Time{}
	}
	n := s.Notes[len(s.Notes)-1]
	if n.Modified.After(n.Created) {
		return n.Modified
	}
	return n.Created
}
