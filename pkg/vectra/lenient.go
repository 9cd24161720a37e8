package vectra

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Brains differ in how they write the same thing. These types take every form that was seen,
// and take what they cannot read for absent. What decides over safety (ids, tags) is not lenient.

// text is a string, or a number or boolean as it is written.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch b[0] {
	case '"':
		var s string
		if json.Unmarshal(b, &s) == nil {
			*t = text(s)
		}
	case 'n', '{', '[':
	default:
		*t = text(b)
	}
	return nil
}

// texts is an array of texts, or one alone.
type texts []string

// UnmarshalJSON never fails.
func (t *texts) UnmarshalJSON(b []byte) error {
	*t = nil
	many := make([]text, 1)
	if b[0] == '[' {
		_ = json.Unmarshal(b, &many)
	} else {
		_ = many[0].UnmarshalJSON(b)
	}
	for _, one := range many {
		if one != "" {
			*t = append(*t, string(one))
		}
	}
	return nil
}

// number is an integer; fractions are cut off, numbers in quotes are read.
type number struct {
	set bool
	n   int
}

// UnmarshalJSON never fails.
func (n *number) UnmarshalJSON(b []byte) error {
	*n = number{}
	f, err := strconv.ParseFloat(strings.Trim(string(b), `" `), 64)
	if err == nil && math.Abs(f) < 1<<52 {
		*n = number{set: true, n: int(f)}
	}
	return nil
}

// first is the first number that is set.
func first(ns ...number) number {
	for _, n := range ns {
		if n.set {
			return n
		}
	}
	return number{}
}

// flag is true for true, "true" in any case, and numbers but zero.
type flag bool

// UnmarshalJSON never fails.
func (f *flag) UnmarshalJSON(b []byte) error {
	t := strings.ToLower(strings.Trim(string(b), `"`))
	n, err := strconv.ParseFloat(t, 64)
	*f = flag(t == "true" || err == nil && n != 0)
	return nil
}

// loose is a value that is zero when it has another form than expected.
type loose[T any] struct{ v T }

// UnmarshalJSON never fails.
func (l *loose[T]) UnmarshalJSON(b []byte) error {
	l.v = *new(T)
	if unmarshal(b, &l.v) != nil {
		l.v = *new(T)
	}
	return nil
}

// list is an array whose elements are loose; anything else is empty.
type list[T any] []T

// UnmarshalJSON never fails.
func (l *list[T]) UnmarshalJSON(b []byte) error {
	*l = nil
	var many []loose[T]
	if b[0] == '[' {
		_ = json.Unmarshal(b, &many)
	}
	for _, one := range many {
		*l = append(*l, one.v)
	}
	return nil
}

// tagList is strict: tags that cannot be read must not look like no tags.
type tagList []string

var errTags = errors.New("its tags are not a list of texts")

// UnmarshalJSON fails on everything but null and an array of strings.
func (t *tagList) UnmarshalJSON(b []byte) error {
	*t = nil
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	var many []*string
	if json.Unmarshal(b, &many) != nil {
		return errTags
	}
	for _, one := range many {
		if one == nil {
			return errTags
		}
		*t = append(*t, *one)
	}
	return nil
}

// moment reads a time with or without fraction and zone; what cannot be read is zero.
func moment(t text) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if at, err := time.Parse(layout, string(t)); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// unmarshal reads an object whose fields may have unexpected forms: those stay zero.
func unmarshal(raw []byte, v any) error {
	err := json.Unmarshal(raw, v)
	var form *json.UnmarshalTypeError
	if errors.As(err, &form) {
		return nil
	}
	return err
}

// identifier is an id fit for a path, as it stands or from a number with a fraction of
// zero: digits on all brains that were seen.
func identifier(t text) (id string, ok bool) {
	id = string(t)
	if f, err := strconv.ParseFloat(id, 64); err == nil && f >= 0 && f < 1<<52 && f == math.Trunc(f) && strings.Contains(id, ".") {
		id = strconv.FormatInt(int64(f), 10)
	}
	if !validID(id) || id == "true" || id == "false" {
		return "", false
	}
	return id, true
}

func validID(id string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	return id != "" && len(id) <= 64 && strings.Trim(id, allowed) == ""
}
