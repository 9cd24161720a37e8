package journal

import (
	"context"

	"github.com/var-project/var/pkg/entity"
)

// Announce remembers a fact under a key and tells events of it, in one commit, where it is another one than was
// remembered; it reports whether it was. An empty value is no fact: what was remembered is dropped.
func (j *Journal) Announce(ctx context.Context, key, value string, events ...entity.Event) (news bool, err error) {
	was, _, err := j.Recall(ctx, key)
	if err != nil || was == plain(value) {
		return false, err
	}
	err = j.write(ctx, func(w *writer) error {
		was, _ := w.meta(factPrefix + plain(key)) // somebody else may have announced it meanwhile
		if news = w.err == nil && was != plain(value); !news {
			return w.err
		}
		if w.dropMeta(factPrefix + key); value != "" {
			w.setMeta(factPrefix+key, value)
		}
		w.tell(events...)
		return w.err
	})
	return news && err == nil, err
}
