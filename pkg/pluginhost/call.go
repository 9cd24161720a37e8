package pluginhost

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/failpoint"
	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
	"github.com/var-project/var/pkg/secret"
)

// Block blocks targets; outcomes are in their order. One without an answer is Unknown.
func (b *Blocker) Block(ctx context.Context, targets []entity.Target) []entity.Outcome {
	return repeated(ctx, b, targets, b.blockOnce,
		func(o entity.Outcome) error { return o.Err },
		func(first, second entity.Outcome) entity.Outcome {
			second.Receipt = first.Receipt.Merge(second.Receipt)
			return second
		})
}

func (b *Blocker) blockOnce(ctx context.Context, targets []entity.Target) ([]entity.Outcome, *session) {
	return batched(ctx, b, wire.ToTargets(targets),
		func(ctx context.Context, c wirepb.BlockerClient, part []*wirepb.Target) (grpc.ServerStreamingClient[wirepb.BlockResponse], error) {
			return c.Block(ctx, &wirepb.BlockRequest{Targets: part, Grouped: true})
		},
		wire.FromOutcome,
		func(err error) entity.Outcome { return entity.Outcome{Err: err} })
}

// Unblock releases; errors are in the order of the releases. One without an answer is Unknown.
func (b *Blocker) Unblock(ctx context.Context, releases []entity.Release) []error {
	return repeated(ctx, b, releases, b.unblockOnce,
		func(err error) error { return err },
		func(_, second error) error { return second })
}

func (b *Blocker) unblockOnce(ctx context.Context, releases []entity.Release) ([]error, *session) {
	return batched(ctx, b, wire.ToReleases(releases),
		func(ctx context.Context, c wirepb.BlockerClient, part []*wirepb.Release) (grpc.ServerStreamingClient[wirepb.UnblockResponse], error) {
			return c.Unblock(ctx, &wirepb.UnblockRequest{Releases: part, Grouped: true})
		},
		func(r *wirepb.UnblockResponse) error { return wire.FromError(r.GetError()) },
		func(err error) error { return err })
}

// named is the answer about one target's elements.
type named struct {
	elements []string
	err      error
}

// Elements says what Block would put in place, in the order of targets; an empty answer is
// "unknown now". The error joins those of single targets, whose answers are then empty.
func (b *Blocker) Elements(ctx context.Context, targets []entity.Target) ([][]string, error) {
	answers, _ := batched(ctx, b, wire.ToTargets(targets),
		func(ctx context.Context, c wirepb.BlockerClient, part []*wirepb.Target) (grpc.ServerStreamingClient[wirepb.ElementsResponse], error) {
			return c.Elements(ctx, &wirepb.ElementsRequest{Targets: part, Grouped: true})
		},
		func(r *wirepb.ElementsResponse) named { return named{r.GetElements(), wire.FromError(r.GetError())} },
		func(err error) named { return named{err: err} })
	elements, seen := make([][]string, len(answers)), map[string]bool{}
	var errs []error
	for i, a := range answers {
		elements[i] = a.elements
		if a.err != nil && !seen[a.err.Error()] {
			seen[a.err.Error()] = true
			errs = append(errs, a.err)
		}
	}
	return elements, errors.Join(errs...)
}

// List reports what each device holds.
func (b *Blocker) List(ctx context.Context) ([]entity.Inventory, error) {
	inventories, s, err := b.listOnce(ctx)
	if !refused(errors.Join(append(listErrors(inventories), err)...)) {
		return inventories, err
	}
	if b.reopen(ctx, s) {
		inventories, _, err = b.listOnce(ctx)
	}
	return inventories, err
}

func (b *Blocker) listOnce(ctx context.Context) ([]entity.Inventory, *session, error) {
	var listed wire.Inventories
	s, err := b.call(ctx, 0, func(ctx context.Context, c wirepb.BlockerClient) error {
		stream, err := c.List(ctx, &wirepb.ListRequest{})
		return each(stream, err, listed.Add)
	})
	if err != nil {
		return nil, s, err
	}
	var devices []entity.Inventory
	for _, i := range listed.All() {
		if i.Device == "" && i.Err != nil {
			err = errors.Join(err, i.Err)
			continue
		}
		devices = append(devices, i)
	}
	return devices, s, err
}

func listErrors(inventories []entity.Inventory) []error {
	var errs []error
	for _, i := range inventories {
		errs = append(errs, i.Err)
	}
	return errs
}

// Probe asks whether each device can be reached and a block would take effect. A plugin that cannot
// say gives no report.
func (b *Blocker) Probe(ctx context.Context) ([]entity.DeviceReport, error) {
	var reports []entity.DeviceReport
	_, err := b.call(ctx, 0, func(ctx context.Context, c wirepb.BlockerClient) error {
		stream, err := c.Probe(ctx, &wirepb.ProbeRequest{})
		return each(stream, err, func(r *wirepb.ProbeResponse) { reports = append(reports, wire.FromReport(r)) })
	})
	return reports, err
}

// Enroll obtains missing secrets, to be stored under their names relative to the blocker.
func (b *Blocker) Enroll(ctx context.Context) (map[string]secret.String, error) {
	secrets := map[string]secret.String{}
	var refusal error
	_, err := b.call(ctx, 0, func(ctx context.Context, c wirepb.BlockerClient) error {
		res, err := c.Enroll(ctx, &wirepb.EnrollRequest{})
		refusal = wire.FromError(res.GetError())
		for name, text := range res.GetSecrets() {
			secrets[name] = secret.New(text)
		}
		return err
	})
	return secrets, errors.Join(err, refusal)
}

// each hands on every message of a stream.
func each[M any](stream grpc.ServerStreamingClient[M], err error, take func(*M)) error {
	for err == nil {
		var m *M
		if m, err = stream.Recv(); err == nil {
			failpoint.Hit("plugin.answer")
			take(m)
		}
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// answer is a message about one item of a batch.
type answer[M any] interface {
	*M
	GetIndex() int32
	GetMore() []*M
}

// batched sends items in parts and puts the answers in the order of the items. An item without one
// gets the part's error, or says that it is missing. The session is the last that was used.
func batched[I proto.Message, M, A any, P answer[M]](
	ctx context.Context, b *Blocker, items []I,
	send func(context.Context, wirepb.BlockerClient, []I) (grpc.ServerStreamingClient[M], error),
	convert func(P) A, failed func(error) A,
) ([]A, *session) {
	answers := make([]A, 0, len(items))
	var last *session
	for part := range parts(items) {
		settled := make([]bool, len(part))
		all := make([]A, len(part))
		s, err := b.call(ctx, len(part), func(ctx context.Context, c wirepb.BlockerClient) error {
			stream, err := send(ctx, c, part)
			settle := func(m *M) {
				if i := int(P(m).GetIndex()); i >= 0 && i < len(part) {
					all[i], settled[i] = convert(m), true
				}
			}
			return each(stream, err, func(m *M) {
				settle(m)
				for _, another := range P(m).GetMore() {
					settle(another)
				}
			})
		})
		if err == nil {
			err = &entity.Error{Class: entity.Unknown, Err: errors.New("the plugin gave no answer for this target")}
		}
		for i, done := range settled {
			if !done {
				all[i] = failed(err)
			}
		}
		answers, last = append(answers, all...), s
	}
	return answers, last
}
