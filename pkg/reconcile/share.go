package reconcile

import (
	"slices"

	"github.com/var-project/var/pkg/entity"
)

// share has a target that is seen as it was when it was blocked be the very same. When it was last seen counted
// before; where something may be blocked anew, it stays as it is seen.
func (a *adopter) share(t *entity.Target, held []entity.Holding) {
	if slices.ContainsFunc(held, func(h entity.Holding) bool { return h.State != entity.Complete }) {
		return
	}
	t.Share(&held[0].Target)
	t.Tags = a.tags(t.Tags, held[0].Target.Tags)
}

// tags are those of others: the very ones that were kept where they are the same, else in no more room than they need.
// What they were read into holds ours too.
func (a *adopter) tags(seen, kept []string) []string {
	if slices.Equal(seen, kept) {
		return kept
	}
	own := make([]string, len(seen))
	for i, tag := range seen {
		own[i] = a.text(tag)
	}
	return own
}

// text is one copy of a text that many have.
func (a *adopter) text(s string) string {
	const most = 1000
	if one, known := a.texts[s]; known {
		return one
	}
	if len(a.texts) < most {
		a.texts[s] = s
	}
	return s
}
