package syslog

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"
)

const (
	// patience is the most time for one batch, where the caller sets none that is shorter.
	patience = 30 * time.Second
	farewell = 3 * time.Second
)

// stream sends messages over TCP, or over TLS (RFC 5425). What was written to a connection that breaks may be lost, and
// neither protocol tells. So each batch has a connection of its own, whose end we announce; a server has read all when
// it closes its side then.
type stream struct {
	address string
	octets  bool
	tls     *tls.Config
	// farewell is how long the server may take to read up to the end and to close its side.
	farewell time.Duration
}

func (s stream) carry(ctx context.Context, messages [][]byte) (int, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("not done within %v", patience))
	defer cancel()
	began := time.Now()
	conn, err := s.dial(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	return s.over(ctx, conn, time.Since(began), messages)
}

// over sends messages over a connection that was made within a trip.
func (s stream) over(ctx context.Context, conn net.Conn, trip time.Duration, messages [][]byte) (int, error) {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(past) })
	defer stop()
	if err := s.write(conn, messages); err != nil {
		return 0, err
	}
	if err := s.part(ctx, conn, trip); err != nil {
		return 0, fmt.Errorf("the server had not read all when the connection ended; all of it is sent again: %w", err)
	}
	return len(messages), nil
}

func (s stream) dial(ctx context.Context) (net.Conn, error) {
	plain := &net.Dialer{}
	if s.tls == nil {
		return plain.DialContext(ctx, "tcp", s.address)
	}
	return (&tls.Dialer{NetDialer: plain, Config: s.tls}).DialContext(ctx, "tcp", s.address)
}

// write parts messages as RFC 6587 says. No message has a line break.
func (s stream) write(conn net.Conn, messages [][]byte) error {
	w := bufio.NewWriter(conn)
	for _, m := range messages {
		if s.octets {
			_, _ = w.WriteString(strconv.Itoa(len(m)) + " ")
		}
		_, _ = w.Write(m)
		if !s.octets {
			_ = w.WriteByte('\n')
		}
	}
	return w.Flush()
}

// part announces the end and waits for the server's. An end of the server's from before says nothing of what we wrote:
// it has come one trip there and back after the last of it. A server that says nothing and keeps the connection open
// is believed.
func (s stream) part(ctx context.Context, conn net.Conn, trip time.Duration) error {
	switch err := listen(ctx, conn, min(max(trip, leastTrip), s.farewell)); {
	case err == nil:
		return errors.New("the server closed it before our end")
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return err
	}
	if err := closeWrite(conn); err != nil {
		return err
	}
	err := listen(ctx, conn, s.farewell)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err
}

// past is a deadline that is over.
var past = time.Unix(1, 0)

// leastTrip is for a network so fast that measuring it says more of this machine.
const leastTrip = 5 * time.Millisecond

// listen passes over what the server says until it closes its side. A server of TLS may do so without saying it there.
func listen(ctx context.Context, conn net.Conn, d time.Duration) error {
	if err := conn.SetReadDeadline(time.Now().Add(d)); err != nil {
		return err
	}
	if ctx.Err() != nil {
		_ = conn.SetReadDeadline(past) // what the end of ctx has set is overwritten by now
	}
	_, err := io.Copy(io.Discard, conn)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// closeWrite ends our side: that of TLS, and that of TCP below, since not every server minds the former.
func closeWrite(conn net.Conn) error {
	if secure, ok := conn.(*tls.Conn); ok {
		if err := secure.CloseWrite(); err != nil {
			return err
		}
		conn = secure.NetConn()
	}
	if plain, ok := conn.(*net.TCPConn); ok {
		return plain.CloseWrite()
	}
	return nil
}
