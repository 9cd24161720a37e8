package mail

import (
	"context"
	"fmt"
)

// Probe goes as far as one can without sending anything: it connects, makes safe, logs in, names sender and recipients,
// and takes that back. A *RefusedError names the recipients that the server refuses.
func (c *Channel) Probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, c.patience, fmt.Errorf("not done within %v", c.patience))
	defer cancel()
	client, end, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer end()
	refused, err := c.address(client)
	if err == nil {
		err = client.Reset()
	}
	if err != nil {
		return c.explained(err)
	}
	_ = client.Quit() // there is nothing that could be lost
	if len(refused) > 0 {
		return &RefusedError{Recipients: refused}
	}
	return nil
}
