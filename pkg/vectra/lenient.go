package vectra

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/var-project/var/pkg/vectra/internal/jsonscan"
)

// Brains differ in how they write the same thing. These readers take every form that was seen,
// and take what they cannot read for absent. What decides over safety (ids, tags) is not lenient.

// reader reads the rows of one walk.
type reader struct {
	*jsonscan.Scanner
	keeper
}

func newReader(body []byte) *reader {
	return &reader{Scanner: jsonscan.New(body), keeper: keeper{words: map[string]string{}}}
}

// text is a string, or a number or boolean as it is written. It may be a part of the answer: what is kept is copied.
type text []byte

// text reads one.
func (r *reader) text() text {
	switch r.Kind() {
	case jsonscan.String:
		return r.Text()
	case jsonscan.Number, jsonscan.True, jsonscan.False:
		return r.Raw()
	}
	r.Skip()
	return nil
}

// string reads a text that is kept.
func (r *reader) string() string { return string(r.text()) }

// only reads an object for one member that is a text.
func (r *reader) only(name string) text {
	var t text
	for key := range r.Keys() {
		if string(key) == name {
			t = r.text()
		}
	}
	return t
}

// texts appends an array of texts, or one alone, without those that are empty.
func (r *reader) texts(all []text) []text {
	if r.Kind() != jsonscan.Array {
		return appendText(all, r.text())
	}
	for range r.Items() {
		all = appendText(all, r.text())
	}
	return all
}

func appendText(all []text, t text) []text {
	if len(t) == 0 {
		return all
	}
	return append(all, t)
}

// copied are texts that are kept.
func copied(all []text) []string {
	if len(all) == 0 {
		return nil
	}
	kept := make([]string, len(all))
	for i, t := range all {
		kept[i] = string(t)
	}
	return kept
}

// number is an integer; fractions are cut off, numbers in quotes are read.
type number struct {
	set bool
	n   int
}

func (r *reader) number() number {
	raw := bytes.Trim(r.Raw(), `" `)
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || math.Abs(f) >= 1<<52 {
		return number{}
	}
	return number{set: true, n: int(f)}
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

// flag reads true for true, "true" in any case, and numbers but zero.
func (r *reader) flag() bool {
	switch r.Kind() {
	case jsonscan.True, jsonscan.False, jsonscan.Null:
		return r.Raw()[0] == 't'
	}
	raw := bytes.Trim(r.Raw(), `"`)
	n, err := strconv.ParseFloat(string(raw), 64)
	return err == nil && n != 0 || strings.EqualFold(string(raw), "true")
}

// moment reads a time with or without fraction and zone; what cannot be read is zero.
func moment(t text) time.Time {
	if len(t) == 0 {
		return time.Time{}
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if at, err := time.Parse(layout, string(t)); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// either is the first text that is not empty.
func either(ts ...text) text {
	for _, t := range ts {
		if len(t) > 0 {
			return t
		}
	}
	return nil
}

// identifier is an id fit for a path, as it stands or from a number with a fraction of
// zero: digits on all brains that were seen.
func identifier(t text) (id text, ok bool) {
	if bytes.IndexByte(t, '.') >= 0 {
		f, err := strconv.ParseFloat(string(t), 64)
		if err == nil && f >= 0 && f < 1<<52 && f == math.Trunc(f) {
			t = strconv.AppendInt(nil, int64(f), 10)
		}
	}
	if !validID(t) || string(t) == "true" || string(t) == "false" {
		return nil, false
	}
	return t, true
}

// validID reports that an id is short, and made of letters, digits, hyphens and underscores.
func validID[T text | string](id T) bool {
	for i := range len(id) {
		if !isIDByte(id[i]) {
			return false
		}
	}
	return len(id) > 0 && len(id) <= 64
}

func isIDByte(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '-' || c == '_'
}
