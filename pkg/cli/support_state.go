package cli

import (
	"context"
	"encoding/json"
	"os"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/journal"
)

// stateFacts are what can be said of the state without writing to it.
func (a *App) stateFacts(ctx context.Context) []byte {
	type file struct {
		Bytes int64  `json:"bytes"`
		Mode  string `json:"mode"`
	}
	var facts struct {
		OnServer bool            `json:"on_server"`
		Files    map[string]file `json:"files,omitempty"`
		Journal  *journal.Facts  `json:"journal,omitempty"`
		Problem  string          `json:"problem,omitempty"`
	}
	cfg := a.legibleConfig()
	if cfg == nil {
		return []byte("the configuration cannot be read\n")
	}
	facts.OnServer, facts.Files = cfg.StateOnServer(), map[string]file{}
	for _, end := range []string{"", "-wal", "-shm"} {
		if info, err := os.Stat(strings.TrimPrefix(cfg.State, "sqlite://") + end); err == nil && !facts.OnServer {
			facts.Files["state"+end] = file{info.Size(), info.Mode().String()}
		}
	}
	timed, cancel := context.WithTimeout(ctx, pieceTime)
	defer cancel()
	known, err := a.countState(timed, cfg)
	if facts.Journal = known; err != nil {
		facts.Problem = err.Error()
	}
	text, err := json.Marshal(facts)
	if err != nil {
		return []byte(err.Error())
	}
	return text
}

func (a *App) countState(ctx context.Context, cfg *config.Config) (*journal.Facts, error) {
	j, err := a.lookAtState(ctx, cfg)
	if err != nil {
		return nil, err
	}
	defer j.Close() //nolint:errcheck // nothing was written
	facts, err := j.Facts(ctx)
	return &facts, err
}

// legibleConfig is the configuration as far as it can be read; nil when it cannot.
func (a *App) legibleConfig() *config.Config {
	path, err := a.configPath()
	if err != nil {
		return nil
	}
	cfg, _ := config.Load(path)
	return cfg
}
