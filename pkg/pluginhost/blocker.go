package pluginhost

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/secret"
)

// Config is one blocker as it is configured.
type Config struct {
	// Name is the blocker's, Plugin its program's without the prefix.
	Name, Plugin string
	// SHA256 pins the program's file, in hex; empty pins nothing.
	SHA256 string
	// Owner marks what this installation puts on devices.
	Owner    string
	Settings map[string]any
	// Secrets reads the secrets under their names relative to the blocker. It is called at each
	// opening. Nil is none.
	Secrets func(ctx context.Context) (map[string]secret.String, error)
	// Kinds are those wanted; nil is all that the plugin can.
	Kinds []entity.Kind
	// Label in receipt tags; empty is the plugin's.
	Label string
	// Parallel is how many requests may be in flight per device.
	Parallel int
	// Rate is how many requests may begin per second and device; 0 is no limit.
	Rate float64
	// Timeout is the limit of one request to a device.
	Timeout time.Duration
	// Env is what the plugin's environment holds besides proxy variables.
	Env map[string]string
}

// Fixed gives secrets that do not change, for Config.Secrets.
func Fixed(texts map[string]string) func(context.Context) (map[string]secret.String, error) {
	return func(context.Context) (map[string]secret.String, error) {
		secrets := make(map[string]secret.String, len(texts))
		for name, text := range texts {
			secrets[name] = secret.New(text)
		}
		return secrets, nil
	}
}

// Blocker is one configured blocker in a process of its own. A plugin that dies is started again
// at the next call; what it took with it is Unknown.
type Blocker struct {
	host    *Host
	config  Config
	program program
	log     *slog.Logger
	info    entity.Blocker

	// turn guards what follows: starting a plugin takes time, and who waits for it may have less.
	turn    turn
	current *session
	closed  bool
	deaths  deaths

	// reopened says that Unauthorized had the plugin opened anew, and that it has not worked since.
	reopened atomic.Bool
	// tending are the goroutines that watch and end plugins; closing waits for them.
	tending sync.WaitGroup
}

// turn is a lock that is waited for no longer than a context allows.
type turn chan struct{}

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t turn) give() { <-t }

var _ dispatch.Enforcer = (*Blocker)(nil)

// Open starts a blocker's plugin, checks its settings there and opens it. No device is talked to.
func (h *Host) Open(ctx context.Context, c Config) (*Blocker, error) {
	path, err := h.program(c.Plugin, c.SHA256)
	if err != nil {
		return nil, err
	}
	b := &Blocker{host: h, config: c, program: program{path, c.SHA256}, turn: make(turn, 1), log: h.log.With("blocker", c.Name)}
	s, err := b.start(ctx)
	if err != nil {
		return nil, err
	}
	b.current = s
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		s.close()
		return nil, errors.New("the plugin host is closed")
	}
	h.blockers[b] = true
	return b, nil
}

// start gives a session in which the blocker is open.
func (b *Blocker) start(ctx context.Context) (*session, error) {
	secrets := map[string]secret.String{}
	if b.config.Secrets != nil {
		var err error
		if secrets, err = b.config.Secrets(ctx); err != nil {
			return nil, err
		}
	}
	s, err := b.process(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := b.open(ctx, s, secrets); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// process takes over an idle process where the environment would be the same.
func (b *Blocker) process(ctx context.Context) (*session, error) {
	if len(b.config.Env) == 0 {
		return b.host.take(ctx, b.program, b.log)
	}
	return launch(ctx, b.program.path, b.config.Env, b.log)
}

func (b *Blocker) open(ctx context.Context, s *session, secrets map[string]secret.String) error {
	d, err := s.describe(ctx)
	if err != nil {
		return told(err, s)
	}
	opening := wire.Opening{
		Name: b.config.Name, Owner: b.config.Owner, Settings: b.config.Settings,
		Secrets: map[string]string{}, Kinds: b.config.Kinds, Parallel: b.config.Parallel,
		Rate: b.config.Rate, Timeout: b.config.Timeout,
	}
	for name, text := range secrets {
		s.log.redactor.Add(text)
		opening.Secrets[name] = text.Reveal()
	}
	request, err := wire.ToOpening(opening)
	if err != nil {
		return err
	}
	res, err := s.client.Open(ctx, request)
	if err != nil {
		return told(err, s)
	}
	if err := wire.FromError(res.GetError()); err != nil {
		return err
	}
	return b.describe(d, wire.FromOpened(res))
}

// describe settles what the blocker is at its first opening; later ones leave it.
func (b *Blocker) describe(d Description, o wire.Opened) error {
	can := d.Kinds
	if o.Kinds != nil {
		can = o.Kinds
	}
	wanted := b.config.Kinds
	if wanted == nil {
		wanted = can
	}
	for _, k := range wanted {
		if !slices.Contains(can, k) {
			return fmt.Errorf("plugin %s cannot block kind %q with these settings; it can %v", d.Name, k, can)
		}
	}
	if b.info.Name != "" {
		return nil
	}
	b.info = entity.Blocker{
		Name: b.config.Name, Plugin: b.config.Plugin, Version: d.Version,
		Label: cmp.Or(b.config.Label, o.Label, d.Label), Aliases: d.Aliases, Kinds: wanted,
		Powers: o.Powers, Devices: o.Devices, NoUndo: o.NoUndo, NoRepeat: o.NoRepeat, Place: o.Place,
	}
	return nil
}

// Info describes the blocker; it does not change.
func (b *Blocker) Info() entity.Blocker { return b.info }

// Close ends the plugin after the calls in flight and waits for it.
func (b *Blocker) Close() {
	b.host.mu.Lock()
	delete(b.host.blockers, b)
	b.host.mu.Unlock()
	b.close()
}

func (b *Blocker) close() {
	b.turn <- struct{}{}
	s := b.current
	b.current, b.closed = nil, true
	b.turn.give()
	if s != nil {
		s.close()
	}
	b.tending.Wait()
}
