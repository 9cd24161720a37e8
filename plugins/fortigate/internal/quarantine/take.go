package quarantine

import (
	"context"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/plugins/fortigate/internal/fortios"
	"github.com/var-project/var/plugins/fortigate/internal/way"
)

// runOut is the expiry of a ban that is to end although it cannot be lifted by itself.
const runOut = time.Second

// Take ends our bans of the elements. A ban that the device made itself stays: since lifting an
// address lifts all of its bans, ours is given a second to run out where there is another.
func (w *Way) Take(ctx context.Context, b *fortios.Batch, _ entity.Class, elements []way.Taking) []error {
	shown, err := read(ctx, b)
	if err != nil {
		return way.All(err, len(elements))
	}
	alone, shared := sorted(shown, elements)
	failed := byElement(alone, fortios.Halve(alone, func(some []string) error { return lift(ctx, b, some) }))
	for e, err := range byElement(shared, fortios.Halve(shared, func(some []string) error { return add(ctx, b, some, runOut) })) {
		failed[e] = err
	}
	errs := make([]error, len(elements))
	for i, t := range elements {
		errs[i] = failed[t.Element]
	}
	return errs
}

// sorted parts the elements that we ban into those nobody else bans and those somebody else does too.
func sorted(shown bans, elements []way.Taking) (alone, shared []string) {
	for _, t := range elements {
		_, ours := shown.find(t.Element, true)
		_, foreign := shown.find(t.Element, false)
		switch {
		case ours && foreign:
			shared = append(shared, t.Element)
		case ours:
			alone = append(alone, t.Element)
		}
	}
	return alone, shared
}

func add(ctx context.Context, b *fortios.Batch, elements []string, expiry time.Duration) error {
	_, err := b.Post(ctx, path("add_users"), map[string]any{
		"ip_addresses": elements, "expiry": int64(expiry / time.Second),
	})
	return err
}

func lift(ctx context.Context, b *fortios.Batch, elements []string) error {
	_, err := b.Post(ctx, path("clear_users"), map[string]any{"ip_addresses": elements})
	return err
}

func byElement(elements []string, errs []error) map[string]error {
	all := make(map[string]error, len(elements))
	for i, e := range elements {
		all[e] = errs[i]
	}
	return all
}
