package vectra

import (
	"errors"

	"github.com/var-project/var/pkg/vectra/internal/jsonscan"
)

// tagList is strict: tags that cannot be read must not look like no tags.
type tagList struct {
	// shown: there was a list, empty or not.
	shown bool
	tags  []string
	err   error
}

var errTags = errors.New("its tags are not a list of texts")

// tags reads null, or an array of strings. What is anything else stays an error, whatever follows.
func (r *reader) tags(l *tagList) {
	l.shown, l.tags = false, nil
	switch r.Kind() {
	case jsonscan.Null:
		r.Skip()
		return
	case jsonscan.Array:
	default:
		r.Skip()
		l.err = errTags
		return
	}
	l.shown = true
	var few [8]string
	tags := few[:0]
	for range r.Items() {
		if r.Kind() != jsonscan.String {
			l.err = errTags
			break
		}
		tags = append(tags, r.word(r.Text()))
	}
	if len(tags) > 0 {
		l.tags = make([]string, len(tags))
		copy(l.tags, tags)
	}
}
