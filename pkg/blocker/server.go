package blocker

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

// server answers the host on behalf of the author's Blocker.
type server struct {
	wirepb.UnimplementedBlockerServer
	program
	redactor *secret.Redactor
	log      *slog.Logger

	mu     sync.Mutex
	opened *opened
}

// opened is the author's Blocker with what the calls need to know of it.
type opened struct {
	Blocker
	// author is the value that has the further powers.
	author   any
	kinds    []entity.Kind
	parallel int
}

func newServer(p program, redactor *secret.Redactor, log *slog.Logger) *server {
	return &server{program: p, redactor: redactor, log: log}
}

// Describe says what the plugin is.
func (s *server) Describe(context.Context, *wirepb.DescribeRequest) (*wirepb.DescribeResponse, error) {
	return wire.ToDescription(s.description), nil
}

// Check lists what is wrong with settings.
func (s *server) Check(_ context.Context, req *wirepb.CheckRequest) (res *wirepb.CheckResponse, err error) {
	values, err := wire.FromValues(req.GetSettings())
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	defer rescue(func(err error) {
		res = &wirepb.CheckResponse{Problems: wire.ToProblems(schema.Problems{{Message: s.redactor.Text(err.Error())}})}
	})
	return &wirepb.CheckResponse{Problems: wire.ToProblems(s.check(values))}, nil
}

// Open makes the one blocker of this process.
func (s *server) Open(ctx context.Context, req *wirepb.OpenRequest) (*wirepb.OpenResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opened != nil {
		return nil, status.Error(codes.FailedPrecondition, "the blocker is open already")
	}
	values, err := wire.FromValues(req.GetSettings())
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	i := s.instance(req)
	b, err := s.openSafely(ctx, values, s.secrets(req.GetSecrets()), i)
	if err != nil {
		return &wirepb.OpenResponse{Error: s.error(err)}, nil
	}
	author := inner(b)
	facts := wire.Opened{Powers: powers(author)}
	if teller, ok := author.(Teller); ok {
		f := teller.Facts()
		facts.Label, facts.Kinds, facts.Devices, facts.Place = f.Label, f.Kinds, f.Devices, f.Place
		facts.NoUndo, facts.NoRepeat = f.NoUndo, f.NoRepeat
	}
	s.opened = &opened{b, author, s.description.Kinds, i.Parallel}
	if facts.Kinds != nil {
		s.opened.kinds = facts.Kinds
	}
	return wire.ToOpened(facts), nil
}

func (s *server) openSafely(ctx context.Context, values map[string]any, secrets map[string]secret.String, i Instance) (b Blocker, err error) {
	defer s.rescue(func(e error) { err = e })
	b, err = s.open(ctx, values, secrets, i)
	if err == nil && b == nil {
		err = fmt.Errorf("Open of %s gave neither a blocker nor an error", s.description.Name)
	}
	return b, err
}

func (s *server) instance(req *wirepb.OpenRequest) Instance {
	i := Instance{
		Name: req.GetName(), Owner: req.GetOwner(), Parallel: max(int(req.GetParallel()), 1),
		Rate: max(req.GetRate(), 0), Timeout: max(req.GetTimeout().AsDuration(), 0), Log: s.log,
	}
	for _, k := range req.GetKinds() {
		i.Kinds = append(i.Kinds, entity.Kind(k))
	}
	if i.Kinds == nil {
		i.Kinds = s.description.Kinds
	}
	return i
}

func (s *server) secrets(texts map[string]string) map[string]secret.String {
	all := make(map[string]secret.String, len(texts))
	for name, text := range texts {
		all[name] = secret.New(text)
		s.redactor.Add(all[name])
	}
	return all
}

// blocker is the opened one, for a batch of n.
func (s *server) blocker(n int) (*opened, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.opened == nil:
		return nil, status.Error(codes.FailedPrecondition, "the blocker is not open")
	case n > wire.MaxBatch:
		return nil, status.Errorf(codes.InvalidArgument, "%d items in one batch; at most %d are allowed", n, wire.MaxBatch)
	}
	return s.opened, nil
}

// rescue settles a panic as an error and logs where it came from.
func (s *server) rescue(settle func(error)) {
	if p := recover(); p != nil {
		s.log.Error("the plugin panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		settle(&Error{Class: entity.Unknown, Err: fmt.Errorf("the plugin panicked: %v", p)})
	}
}

// error makes err ready to cross, secrets taken out.
func (s *server) error(err error) *wirepb.Error {
	e := wire.ToError(err)
	s.redact(e)
	return e
}

func (s *server) redact(e *wirepb.Error) {
	if e == nil {
		return
	}
	e.Message, e.Device, e.Element = s.redactor.Text(e.GetMessage()), s.redactor.Text(e.GetDevice()), s.redactor.Text(e.GetElement())
	for _, part := range e.GetJoined() {
		s.redact(part)
	}
}

func unsupported(what string) error {
	return &Error{Class: Unsupported, Err: fmt.Errorf("the plugin cannot %s", what)}
}
