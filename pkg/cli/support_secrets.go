package cli

import (
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/internal/infile"
	"github.com/var-project/var/pkg/secret"
)

// sensitive are names of variables whose values must not be seen; the predecessor's were called after brains.
var sensitive = regexp.MustCompile(`(?i)passw|passphrase|secret|token|key|credential|auth|cookie|^VAR_|proxy|_dsn|_url$|^https?:`)

// learnEverything makes every secret known that this process could come across, so that none is in a bundle, whoever wrote
// it there. What cannot be read cannot be in it either.
func (a *App) learnEverything(ctx context.Context) {
	for _, line := range os.Environ() {
		name, value, _ := strings.Cut(line, "=")
		if !sensitive.MatchString(name) || len(value) < shortestSecret {
			continue
		}
		if strings.HasSuffix(name, "_FILE") {
			a.learnFile(value)
		} else if !filepath.IsAbs(value) {
			a.learn(secret.New(value))
		}
	}
	if dir := a.Getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			a.learnFile(filepath.Join(dir, e.Name()))
		}
	}
	a.learnStored(ctx)
}

// shortestSecret is what is not taken for a word, such as VAR_DEBUG=true.
const shortestSecret = 6

func (a *App) learnFile(path string) {
	f, err := infile.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	text, _ := io.ReadAll(io.LimitReader(f, 64<<10))
	a.learn(secret.New(strings.TrimRight(string(text), "\r\n")))
}

// learnStored finds the secrets that the configuration asks for; finding one makes it known.
func (a *App) learnStored(ctx context.Context) {
	cfg := a.legibleConfig()
	if cfg == nil {
		return
	}
	needs, _ := a.needs(ctx, cfg, slices.Sorted(maps.Keys(cfg.Brains)))
	for _, n := range needs {
		_, _, _ = a.find(ctx, n)
	}
	for name := range cfg.Brains {
		for _, secret := range cfg.Brains[name].Secrets(name) {
			_, _, _ = a.find(ctx, need{name: secret})
		}
	}
	for _, w := range cfg.Notify.Secrets() {
		_, _, _ = a.find(ctx, need{name: w.Name, former: w.Former})
	}
}

var (
	outlineTable = regexp.MustCompile(`^\s*\[+\s*[\w.-]+\s*\]+`)
	outlineKey   = regexp.MustCompile(`^\s*[\w.-]+\s*=`)
)

// outline is what can be said of a configuration that cannot be read: in which line which key stands.
func outline(path string) []byte {
	f, err := infile.Open(path)
	if err != nil {
		return []byte(err.Error())
	}
	defer f.Close()
	text, _ := io.ReadAll(io.LimitReader(f, 1<<20))
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		switch table, key := outlineTable.FindString(line), outlineKey.FindString(line); {
		case table != "":
			b.WriteString(table)
		case key != "":
			b.WriteString(key + " …")
		}
		b.WriteByte('\n')
	}
	return []byte(b.String())
}
