package pluginhost

import (
	"context"
	"io/fs"
	"maps"
	"os"

	"github.com/var-project/var/pkg/secret"
)

// Refresh forgets what plugins said of themselves and ends those that are not open as a blocker: their files may have
// been replaced. Open blockers go on.
func (h *Host) Refresh() {
	h.mu.Lock()
	h.described = map[program]Description{}
	h.mu.Unlock()
	h.Rest()
}

// Rest ends the processes that were only asked something and that no blocker took over, once nobody is expected to ask
// more. What plugins said of themselves stays known.
func (h *Host) Rest() {
	h.mu.Lock()
	idle := h.idle
	h.idle = map[program]*session{}
	h.mu.Unlock()
	for _, s := range idle {
		s.close()
	}
}

// Current reports that opening the blocker anew with the same configuration would change nothing: its plugin runs, from
// the file that would be started now, and with the secrets of now. Secrets that cannot be read are taken for the same.
func (b *Blocker) Current(ctx context.Context) bool {
	if b.turn.take(ctx) != nil {
		return false
	}
	defer b.turn.give()
	if b.closed || b.current == nil || !b.current.alive() {
		return false
	}
	p, err := b.host.program(b.config.Plugin, b.config.SHA256)
	return err == nil && p == b.program && sameFile(b.current.file, stat(p.path)) && b.sameSecrets(ctx)
}

func (b *Blocker) sameSecrets(ctx context.Context) bool {
	if b.config.Secrets == nil {
		return true
	}
	now, err := b.config.Secrets(ctx, b.wanted)
	if err != nil {
		b.log.Warn("secrets cannot be read, the plugin goes on with those that it has", "error", err.Error())
		return true
	}
	return maps.EqualFunc(b.secrets, now, func(x, y secret.String) bool { return x.Reveal() == y.Reveal() })
}

// stat is what a file is now; nil when it cannot be told.
func stat(path string) fs.FileInfo {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	return info
}

func sameFile(a, b fs.FileInfo) bool {
	return a != nil && b != nil && os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
