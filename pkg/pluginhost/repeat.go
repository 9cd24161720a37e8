package pluginhost

import (
	"context"
	"iter"

	"google.golang.org/protobuf/proto"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire"
)

// maxPart is the size in bytes at which a batch is cut, well below what a message may have.
const maxPart = wire.MaxMessage / 4

// parts cuts items into batches that fit into messages.
func parts[I proto.Message](items []I) iter.Seq[[]I] {
	return func(yield func([]I) bool) {
		for len(items) > 0 {
			n, size := 0, 0
			for n < min(len(items), wire.MaxBatch) && (n == 0 || size+proto.Size(items[n]) <= maxPart) {
				size += proto.Size(items[n])
				n++
			}
			if !yield(items[:n:n]) {
				return
			}
			items = items[n:]
		}
	}
}

// refused reports that a device refused the credentials. One that wants to be left alone, as after too many wrong ones,
// is not asked again at once.
func refused(err error) bool {
	for _, e := range entity.Errors(err) {
		if e.Class == entity.Unauthorized && e.RetryAfter == 0 {
			return true
		}
	}
	return false
}

// repeated does items once and those that were refused for their credentials once more, when the
// plugin could be opened anew. What must not be made twice is not.
func repeated[I, A any](
	ctx context.Context, b *Blocker, items []I, once func(context.Context, []I) ([]A, *session),
	errorOf func(A) error, merge func(first, second A) A,
) []A {
	answers, s := once(ctx, items)
	var again []int
	var repeats []I
	accepted := false
	for i, a := range answers {
		err := errorOf(a)
		if refused(err) {
			again, repeats = append(again, i), append(repeats, items[i])
		}
		accepted = accepted || err == nil
	}
	if again == nil {
		if accepted {
			b.worked()
		}
		return answers
	}
	if !b.reopen(ctx, s) || b.info.NoRepeat {
		return answers
	}
	second, _ := once(ctx, repeats)
	for n, i := range again {
		answers[i] = merge(answers[i], second[n])
	}
	return answers
}
