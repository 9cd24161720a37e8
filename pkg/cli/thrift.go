package cli

import (
	"context"
	"runtime/debug"
	"slices"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/selection"
)

// thrifty is a console whose answers are one with what is held, while they are read: of a large estate most is held,
// and as it was when it was blocked.
type thrifty struct {
	selection.Console
	source string
	held   []entity.Holding
}

// thrifty wraps a console with what is held now. Without an answer of the journal nothing is shared; the pass asks it
// too, and tells.
func (s *system) thrifty(ctx context.Context, b *brain) selection.Console {
	held, err := s.journal.Holdings(ctx)
	if err != nil {
		return b.Console
	}
	s.collectSooner(len(held))
	return thrifty{b.Console, b.name, held}
}

// much is so much held that most of the memory is what stays.
const (
	much   = 20_000
	sooner = 5
)

// collectSooner has less garbage pile up where much is held: by default it may be as much as what stays. What a pass
// makes of it is little, so that it costs few collections more. Who sets GOGC knows better.
func (s *system) collectSooner(held int) {
	switch {
	case s.app.Getenv("GOGC") != "":
	case held > much:
		debug.SetGCPercent(sooner)
	default:
		debug.SetGCPercent(100)
	}
}

func (c thrifty) Hosts(ctx context.Context, q entity.Query, fold func(entity.Target) error) error {
	return c.Console.Hosts(ctx, q, func(t entity.Target) error { return fold(c.share(t)) })
}

func (c thrifty) Detections(ctx context.Context, q entity.Query, fold func(entity.Finding) error) error {
	return c.Console.Detections(ctx, q, func(f entity.Finding) error {
		f.Target = c.share(f.Target)
		return fold(f)
	})
}

// share leaves out a raw object only where none is wanted, and when a host was last seen nowhere: rules go by it.
func (c thrifty) share(t entity.Target) entity.Target {
	ref := entity.Ref{Source: c.source, Kind: t.Kind, ID: t.ID}
	i, held := slices.BinarySearchFunc(c.held, ref, func(h entity.Holding, ref entity.Ref) int { return h.Target.Ref.Compare(ref) })
	if !held || len(t.Raw()) > 0 {
		return t
	}
	was := &c.held[i].Target
	if t.Host != nil && was.Host != nil && !t.Host.LastSeen.Equal(was.Host.LastSeen) {
		return t
	}
	t.Share(was)
	return t
}
