package admin

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"reflect"
	"sync"
	"time"

	"golang.org/x/net/netutil"
)

// Limits of what one client, and all of them, can ask of the process.
const (
	headerTime  = 5 * time.Second
	readTime    = 10 * time.Second
	writeTime   = 30 * time.Second
	idleTime    = time.Minute
	headerBytes = 16 << 10
	connections = 128
	partingTime = 5 * time.Second
)

// Server answers at a place that may change. A place that is taken is tried again and again, and nobody waits for it.
type Server struct {
	o       Options
	end     context.CancelFunc
	done    chan struct{}
	changed chan struct{}

	mu    sync.Mutex
	place Place
}

// New makes a server that answers nowhere until it is told to Move. It goes on when the context ends: Close it.
func New(ctx context.Context, o Options) *Server {
	s := &Server{o: o, done: make(chan struct{}), changed: make(chan struct{}, 1)}
	ctx, s.end = context.WithCancel(context.WithoutCancel(ctx))
	go s.serve(ctx)
	return s
}

// Move says where to answer from now on. Where nothing changes nobody is disturbed.
func (s *Server) Move(p Place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reflect.DeepEqual(s.place, p) {
		return
	}
	s.place = p
	select {
	case s.changed <- struct{}{}:
	default: // it comes to look at the place anyway
	}
}

// Close ends the answers under way and waits for them.
func (s *Server) Close() {
	s.end()
	<-s.done
}

func (s *Server) now() Place {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.place
}

// serve answers at one place after the other.
func (s *Server) serve(ctx context.Context) {
	defer close(s.done)
	for ctx.Err() == nil {
		p := s.now()
		here, leave := context.WithCancel(ctx)
		left := make(chan struct{})
		go func() {
			defer close(left)
			s.stay(here, p)
		}()
		s.moved(ctx, p)
		leave()
		<-left
	}
}

// moved waits until the place is another, or the context ends.
func (s *Server) moved(ctx context.Context, p Place) {
	for ctx.Err() == nil && reflect.DeepEqual(s.now(), p) {
		select {
		case <-s.changed:
		case <-ctx.Done():
		}
	}
}

// stay answers at a place until the context ends, however often its listener fails.
func (s *Server) stay(ctx context.Context, p Place) {
	for p.Listen != "" && ctx.Err() == nil {
		l, err := s.listen(ctx, p.Listen)
		if err != nil {
			return
		}
		if err := s.answer(ctx, l, p); ctx.Err() == nil {
			s.o.Changed(p.Listen, err)
		}
	}
}

// answer serves a listener until it fails or the context ends.
func (s *Server) answer(ctx context.Context, l net.Listener, p Place) error {
	srv := &http.Server{
		Handler: s.handler(p), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: headerBytes,
		ErrorLog:    slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(netutil.LimitListener(l, connections)) }()
	select {
	case <-ctx.Done():
		part(ctx, srv)
		return <-failed
	case err := <-failed:
		part(ctx, srv)
		return err
	}
}

// part gives answers under way a moment to end.
func part(ctx context.Context, srv *http.Server) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), partingTime)
	defer cancel()
	if errors.Is(srv.Shutdown(ctx), context.DeadlineExceeded) {
		srv.Close()
	}
}
