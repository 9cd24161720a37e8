package pluginhost

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/var-project/var/pkg/dispatch"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/schema"
	"github.com/var-project/var/pkg/secret"
)

// Config is one blocker as it is configured.
type Config struct {
	// Name is the blocker's, Plugin its program's without the prefix.
	Name, Plugin string
	// SHA256 pins the program's file, in hex; empty pins nothing.
	SHA256 string
	// Owner marks what this installation puts on devices.
	Owner string
	// Mark is the name in those marks; empty is Name.
	Mark     string
	Settings map[string]any
	// Secrets reads the secrets that the settings ask for, under their names relative to the blocker. It is called at
	// each opening. Nil is none.
	Secrets func(ctx context.Context, wanted []schema.Wanted) (map[string]secret.String, error)
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
func Fixed(texts map[string]string) func(context.Context, []schema.Wanted) (map[string]secret.String, error) {
	return func(context.Context, []schema.Wanted) (map[string]secret.String, error) {
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
	// wanted are the secrets that the settings ask for, secrets those that the plugin was opened with.
	wanted  []schema.Wanted
	secrets map[string]secret.String

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

// Open starts a blocker's plugin and opens it. No device is talked to.
func (h *Host) Open(ctx context.Context, c Config) (*Blocker, error) {
	candidate, err := h.Prepare(ctx, c)
	if err != nil {
		return nil, err
	}
	return candidate.Open(ctx)
}

// start gives a new session in which the blocker is open.
func (b *Blocker) start(ctx context.Context) (*session, error) {
	s, d, err := b.introduced(ctx)
	if err != nil {
		return nil, err
	}
	if err := b.begin(ctx, s, d); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// introduced gives a session of the blocker's plugin that has described itself.
func (b *Blocker) introduced(ctx context.Context) (*session, Description, error) {
	s, err := b.host.take(ctx, b.program, b.config.Env, b.log)
	if err != nil {
		return nil, Description{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	d, err := s.describe(ctx)
	if err != nil {
		s.close()
		return nil, Description{}, told(err, s)
	}
	return s, d, nil
}

// begin opens the blocker in a session of its plugin.
func (b *Blocker) begin(ctx context.Context, s *session, d Description) error {
	b.wanted, b.secrets = schema.Secrets(d.Settings, b.config.Settings), map[string]secret.String{}
	if b.config.Secrets != nil {
		secrets, err := b.config.Secrets(ctx, b.wanted)
		if err != nil {
			return err
		}
		b.secrets = secrets
	}
	return b.open(ctx, s, d, b.secrets)
}

func (b *Blocker) open(ctx context.Context, s *session, d Description, secrets map[string]secret.String) error {
	opening := wire.Opening{
		Name: cmp.Or(b.config.Mark, b.config.Name), Owner: b.config.Owner, Settings: b.config.Settings,
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
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
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
