package syslog

import (
	"context"
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/notify"
)

// ErrUnprobed says that nobody can know whether a server hears what is sent by UDP.
var ErrUnprobed = errors.New("with udp nobody knows whether a server hears it")

// Probe connects to the server and sends nothing. By UDP there is nothing to connect to: the error is ErrUnprobed.
func (c *Channel) Probe(ctx context.Context) error {
	s, connects := c.carrier.(stream)
	if !connects {
		return ErrUnprobed
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("not done within %v", patience))
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return notify.Explain(fmt.Errorf("syslog: %w", err), "notify.syslog")
	}
	return conn.Close()
}
