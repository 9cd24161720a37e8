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
	// farewell is how long the server may take to read up to the end and to close its side.
	farewell = 3 * time.Second
)

// stream sends messages over TCP, or over TLS (RFC 5425). What was written to a connection that breaks may be lost, and
// neither protocol tells. So each batch has a connection of its own, whose end we announce; a server has read all when
// it closes its side then.
type stream struct {
	address string
	octets  bool
	tls     *tls.Config
}

func (s stream) carry(ctx context.Context, messages [][]byte) (int, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("not done within %v", patience))
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if err := s.write(conn, messages); err != nil {
		return 0, err
	}
	if err := parted(ctx, conn); err != nil {
		return 0, fmt.Errorf("the connection broke before the server had read all, which is sent again: %w", err)
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

// parted announces the end and waits for the server's. A server that says nothing and keeps the connection open is
// believed.
func parted(ctx context.Context, conn net.Conn) error {
	if err := closeWrite(conn); err != nil {
		return err
	}
	until := time.Now().Add(farewell)
	if ends, ok := ctx.Deadline(); ok && ends.Before(until) {
		until = ends
	}
	if err := conn.SetReadDeadline(until); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, io.LimitReader(conn, 1<<16))
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil // the latter: a server of TLS that closes without saying so
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
