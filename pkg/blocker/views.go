package blocker

import (
	"context"

	"google.golang.org/grpc"

	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
	"github.com/var-project/var/pkg/secret"
)

// List gives every device's inventory in parts.
func (s *server) List(_ *wirepb.ListRequest, stream grpc.ServerStreamingServer[wirepb.ListResponse]) error {
	b, err := s.blocker(0)
	if err != nil {
		return err
	}
	ctx, done := early(stream.Context())
	defer done()
	inventories, err := s.list(ctx, b)
	if err != nil {
		// An error that is no device's travels as an inventory of no device.
		inventories = append(inventories, Inventory{Err: err})
	}
	for i, inventory := range inventories {
		for part := range wire.ToInventory(i, inventory) {
			s.redact(part.GetError())
			if err := stream.Send(part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *server) list(ctx context.Context, b *opened) (all []Inventory, err error) {
	lister, ok := b.author.(Lister)
	if !ok {
		return nil, unsupported("list")
	}
	defer s.rescue(func(e error) { all, err = nil, e })
	return lister.List(ctx)
}

// Probe gives a report on every device.
func (s *server) Probe(_ *wirepb.ProbeRequest, stream grpc.ServerStreamingServer[wirepb.ProbeResponse]) error {
	b, err := s.blocker(0)
	if err != nil {
		return err
	}
	ctx, done := early(stream.Context())
	defer done()
	for _, report := range s.probe(ctx, b) {
		m := wire.ToReport(report)
		for _, f := range m.GetFindings() {
			f.Detail = s.redactor.Text(f.GetDetail())
			s.redact(f.GetError())
		}
		if err := stream.Send(m); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) probe(ctx context.Context, b *opened) (reports []DeviceReport) {
	prober, ok := b.author.(Prober)
	if !ok {
		return nil
	}
	defer s.rescue(func(err error) { reports = []DeviceReport{{Checks: []Check{{Name: "probe", Err: err}}}} })
	return prober.Probe(ctx)
}

// Enroll obtains the secrets that are missing.
func (s *server) Enroll(ctx context.Context, _ *wirepb.EnrollRequest) (*wirepb.EnrollResponse, error) {
	b, err := s.blocker(0)
	if err != nil {
		return nil, err
	}
	secrets, err := s.enroll(ctx, b)
	res := &wirepb.EnrollResponse{Secrets: map[string]string{}}
	for name, text := range secrets {
		s.redactor.Add(text)
		res.Secrets[name] = text.Reveal()
	}
	res.Error = s.error(err)
	return res, nil
}

func (s *server) enroll(ctx context.Context, b *opened) (secrets map[string]secret.String, err error) {
	enroller, ok := b.author.(Enroller)
	if !ok {
		return nil, unsupported("enroll")
	}
	defer s.rescue(func(e error) { err = e })
	return enroller.Enroll(ctx)
}
