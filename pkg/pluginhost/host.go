// Package pluginhost finds, checks, starts and watches plugin processes, and
// gives each configured one as a dispatch.Enforcer.
package pluginhost

import (
	"context"
	"log/slog"
	"sync"

	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/schema"
)

// Description is what a plugin says of itself.
type Description = wire.Description

// Field describes one of a plugin's settings.
type Field = schema.Field

// Options say where plugins are and where their log lines go.
type Options struct {
	// Dirs is the search path; see SearchPath.
	Dirs []string
	Log  *slog.Logger
	// Restarted hears of blockers whose plugin died and was started again; nil: nobody does.
	Restarted func(blocker string)
}

// Host starts plugins. Close it to end them all.
type Host struct {
	dirs      []string
	log       *slog.Logger
	restarted func(blocker string)

	mu sync.Mutex
	// idle are processes that were only asked to describe or check; a blocker takes one over.
	idle map[program]*session
	// described is what plugins said of themselves.
	described map[program]Description
	blockers  map[*Blocker]bool
	closed    bool
}

// program is a plugin's file, and the SHA-256 that it must have; empty pins nothing.
type program struct{ name, path, sum string }

// New makes a host. It starts nothing yet.
func New(o Options) *Host {
	return &Host{
		dirs: o.Dirs, log: o.Log, restarted: o.Restarted,
		idle: map[program]*session{}, described: map[program]Description{}, blockers: map[*Blocker]bool{},
	}
}

// Describe asks a plugin what it is, once. sha256 pins its file, in hex; empty pins nothing.
func (h *Host) Describe(ctx context.Context, plugin, sha256 string) (Description, error) {
	p, err := h.program(plugin, sha256)
	if err != nil {
		return Description{}, err
	}
	if d, known := h.known(p); known {
		return d, nil
	}
	var d Description
	err = h.ask(ctx, p, func(ctx context.Context, s *session) (err error) {
		d, err = s.describe(ctx)
		return err
	})
	if err == nil {
		h.learn(p, d)
	}
	return d, err
}

func (h *Host) known(p program) (Description, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d, known := h.described[p]
	return d, known
}

func (h *Host) learn(p program, d Description) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.described[p] = d
}

// Check lists what a plugin finds wrong with settings, beyond what its description tells.
func (h *Host) Check(ctx context.Context, plugin, sha256 string, settings map[string]any) (schema.Problems, error) {
	p, err := h.program(plugin, sha256)
	if err != nil {
		return nil, err
	}
	var problems schema.Problems
	err = h.ask(ctx, p, func(ctx context.Context, s *session) (err error) {
		problems, err = s.check(ctx, settings)
		return err
	})
	return problems, err
}

// ask uses an idle process of the plugin, or starts one that stays idle afterwards.
func (h *Host) ask(ctx context.Context, p program, question func(context.Context, *session) error) error {
	s, err := h.take(ctx, p, nil, h.log.With("plugin", p.name))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := question(ctx, s); err != nil {
		s.close()
		return told(err, s)
	}
	h.keep(p, s)
	return nil
}

// take gives an idle process where the environment would be the same, or a new one.
func (h *Host) take(ctx context.Context, p program, env map[string]string, log *slog.Logger) (*session, error) {
	if len(env) > 0 {
		return launch(ctx, p, env, log)
	}
	h.mu.Lock()
	s := h.idle[p]
	delete(h.idle, p)
	h.mu.Unlock()
	if s != nil && s.alive() {
		s.log.log.Store(log)
		return s, nil
	}
	if s != nil {
		s.close()
	}
	return launch(ctx, p, nil, log)
}

func (h *Host) keep(p program, s *session) {
	h.mu.Lock()
	other := h.idle[p]
	room := other == nil && !h.closed
	if room {
		h.idle[p] = s
	}
	h.mu.Unlock()
	if !room {
		s.close()
	}
}

// Close ends every plugin and waits for them.
func (h *Host) Close() {
	h.mu.Lock()
	h.closed = true
	idle, blockers := h.idle, h.blockers
	h.idle, h.blockers = map[program]*session{}, map[*Blocker]bool{}
	h.mu.Unlock()
	var wg sync.WaitGroup
	for _, s := range idle {
		wg.Go(s.close)
	}
	for b := range blockers {
		wg.Go(b.close)
	}
	wg.Wait()
}
