package syslog

import (
	"context"
	"errors"
	"net"
	"os"
	"time"

	"github.com/var-project/var/pkg/internal/wait"
)

const (
	// burst datagrams are sent at once, then the receiver gets a pause: its buffer of 200 KiB would overflow.
	burst = 32
	pause = 5 * time.Millisecond
	// refusal is how long a host may take to say that nothing listens at its port.
	refusal = 100 * time.Millisecond
)

// datagrams sends each message as one of UDP (RFC 5426).
type datagrams struct{ address string }

func (d datagrams) carry(ctx context.Context, messages [][]byte) (int, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "udp", d.address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	for i, m := range messages {
		if i%burst == burst-1 {
			if err := wait.For(ctx, pause); err != nil {
				return i, err
			}
		}
		if _, err := conn.Write(m); err != nil {
			return 0, err // this is what became of one before
		}
	}
	return listened(conn, len(messages))
}

// listened waits for the one answer that there may be: that nothing listens.
func listened(conn net.Conn, sent int) (int, error) {
	if err := conn.SetReadDeadline(time.Now().Add(refusal)); err != nil {
		return 0, err
	}
	if _, err := conn.Read(make([]byte, 1)); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return 0, err
	}
	return sent, nil
}
