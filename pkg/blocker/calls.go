package blocker

import (
	"cmp"
	"context"
	"slices"

	"google.golang.org/grpc"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
)

// Block answers each target as it is settled.
func (s *server) Block(req *wirepb.BlockRequest, stream grpc.ServerStreamingServer[wirepb.BlockResponse]) error {
	b, err := s.blocker(len(req.GetTargets()))
	if err != nil {
		return err
	}
	_, batches := b.author.(Batcher)
	answers := &sender[Outcome, wirepb.BlockResponse, *wirepb.BlockResponse]{
		stream: stream, group: grouped(req.GetGrouped(), batches),
		pack: func(i int, o Outcome) *wirepb.BlockResponse {
			m := wire.ToOutcome(i, bounded1KiB(o))
			s.redact(m.GetError())
			return m
		},
		join: func(first *wirepb.BlockResponse, rest []*wirepb.BlockResponse) { first.More = rest },
	}
	defer s.watch(stream.Context(), "block")()
	var able []int
	targets := wire.FromTargets(req.GetTargets())
	for i, t := range targets {
		if slices.Contains(b.kinds, t.Kind) {
			able = append(able, i)
		} else if err := answers.answer(i, Outcome{Err: unsupported("block a " + string(t.Kind))}); err != nil {
			return err
		}
	}
	ctx, done := early(stream.Context())
	defer done()
	return cmp.Or(s.blockThese(ctx, b, able, targets, answers.answer), answers.flush())
}

func (s *server) blockThese(ctx context.Context, b *opened, places []int, ts []entity.Target, answer func(int, Outcome) error) error {
	if batcher, ok := b.author.(Batcher); ok {
		return together(s, places, ts, answer, func(batch []entity.Target) []Outcome { return batcher.BlockAll(ctx, batch) })
	}
	return oneByOne(ctx, b.parallel, places, ts, answer, func(t entity.Target) (o Outcome) {
		defer s.rescue(func(err error) { o = Outcome{Err: err} })
		o.Receipt, o.Err = b.Block(ctx, t)
		return o
	})
}

// Unblock answers each release as it is settled.
func (s *server) Unblock(req *wirepb.UnblockRequest, stream grpc.ServerStreamingServer[wirepb.UnblockResponse]) error {
	b, err := s.blocker(len(req.GetReleases()))
	if err != nil {
		return err
	}
	batcher, batches := b.author.(Batcher)
	answers := &sender[error, wirepb.UnblockResponse, *wirepb.UnblockResponse]{
		stream: stream, group: grouped(req.GetGrouped(), batches),
		pack: func(i int, err error) *wirepb.UnblockResponse {
			return &wirepb.UnblockResponse{Index: int32(i), Error: s.error(err)} //nolint:gosec // at most wire.MaxBatch
		},
		join: func(first *wirepb.UnblockResponse, rest []*wirepb.UnblockResponse) { first.More = rest },
	}
	defer s.watch(stream.Context(), "unblock")()
	ctx, done := early(stream.Context())
	defer done()
	releases := wire.FromReleases(req.GetReleases())
	if batches {
		err := together(s, all(releases), releases, answers.answer, func(batch []Release) []error { return batcher.UnblockAll(ctx, batch) })
		return cmp.Or(err, answers.flush())
	}
	return oneByOne(ctx, b.parallel, all(releases), releases, answers.answer, func(r Release) (err error) {
		defer s.rescue(func(e error) { err = e })
		return b.Unblock(ctx, r.Target, r.Receipt)
	})
}

// Elements answers each target as it is known.
func (s *server) Elements(req *wirepb.ElementsRequest, stream grpc.ServerStreamingServer[wirepb.ElementsResponse]) error {
	b, err := s.blocker(len(req.GetTargets()))
	if err != nil {
		return err
	}
	type named struct {
		elements []string
		err      error
	}
	answers := &sender[named, wirepb.ElementsResponse, *wirepb.ElementsResponse]{
		stream: stream, group: grouped(req.GetGrouped(), true),
		pack: func(i int, n named) *wirepb.ElementsResponse {
			return &wirepb.ElementsResponse{Index: int32(i), Elements: entity.Union(n.elements), Error: s.error(n.err)} //nolint:gosec // at most wire.MaxBatch
		},
		join: func(first *wirepb.ElementsResponse, rest []*wirepb.ElementsResponse) { first.More = rest },
	}
	elementer, ok := b.author.(Elementer)
	ctx, targets := stream.Context(), wire.FromTargets(req.GetTargets())
	err = oneByOne(ctx, b.parallel, all(targets), targets, answers.answer, func(t entity.Target) (n named) {
		if !ok {
			return named{err: unsupported("name elements")}
		}
		defer s.rescue(func(err error) { n = named{err: err} })
		n.elements, n.err = elementer.Elements(ctx, t)
		return n
	})
	return cmp.Or(err, answers.flush())
}
