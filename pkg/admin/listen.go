package admin

import (
	"context"
	"net"
	"time"
)

// The pause before a place is tried again doubles from the first to the longest.
const (
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

// listen takes a place as soon as it is free. Its error is the context's.
func (s *Server) listen(ctx context.Context, address string) (net.Listener, error) {
	wait, told := firstPause, ""
	for {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err == nil {
			s.o.Changed(l.Addr().String(), nil)
			return l, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if told != err.Error() {
			told = err.Error()
			s.o.Changed(address, err)
		}
		if err := s.o.Pause(ctx, wait); err != nil {
			return nil, err
		}
		wait = min(2*wait, longestPause)
	}
}
