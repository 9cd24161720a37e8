package pluginhost

import (
	"context"
	"errors"

	"github.com/var-project/var/pkg/schema"
)

// Candidate is the running plugin of a blocker that is not open yet. One process serves all: it says what it is,
// checks the settings and becomes the blocker. Open or Close it.
type Candidate struct {
	blocker     *Blocker
	session     *session
	description Description
}

// Prepare starts a blocker's plugin and has it describe itself.
func (h *Host) Prepare(ctx context.Context, c Config) (*Candidate, error) {
	p, err := h.program(c.Plugin, c.SHA256)
	if err != nil {
		return nil, err
	}
	b := &Blocker{host: h, config: c, program: p, turn: make(turn, 1), log: h.log.With("blocker", c.Name)}
	s, d, err := b.introduced(ctx)
	if err != nil {
		return nil, err
	}
	h.learn(p, d)
	return &Candidate{b, s, d}, nil
}

// Description is what the plugin says of itself.
func (c *Candidate) Description() Description { return c.description }

// Check lists what the plugin finds wrong with the settings.
func (c *Candidate) Check(ctx context.Context) (schema.Problems, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	problems, err := c.session.check(ctx, c.blocker.config.Settings)
	if err != nil {
		return nil, told(err, c.session)
	}
	return problems, nil
}

// Open makes the blocker of it. When that fails the plugin is ended.
func (c *Candidate) Open(ctx context.Context) (*Blocker, error) {
	b, h := c.blocker, c.blocker.host
	if err := b.begin(ctx, c.session, c.description); err != nil {
		c.Close()
		return nil, err
	}
	b.current = c.session
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		c.Close()
		return nil, errors.New("the plugin host is closed")
	}
	h.blockers[b] = true
	return b, nil
}

// Close ends the plugin of a candidate that is not to be opened.
func (c *Candidate) Close() { c.session.close() }
