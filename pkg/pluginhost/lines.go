package pluginhost

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/var-project/var/pkg/secret"
)

const (
	// maxLine is how much of a line is kept.
	maxLine = 64 << 10
	// maxLast is how many of a plugin's plain lines an error shows.
	maxLast = 8
)

// lines hands what a plugin writes to a logger: slog's JSON with level and attributes, anything
// else as it is. Secrets are taken out once more, since a crash is written by nobody's logger.
type lines struct {
	// ctx carries the caller's values to the logger's handler; it never ends.
	ctx      context.Context
	log      atomic.Pointer[slog.Logger]
	redactor *secret.Redactor

	mu    sync.Mutex
	plain []string
}

func newLines(ctx context.Context, log *slog.Logger) *lines {
	l := &lines{ctx: context.WithoutCancel(ctx), redactor: &secret.Redactor{}}
	l.log.Store(log)
	return l
}

func (l *lines) read(r io.Reader) {
	reader := bufio.NewReaderSize(r, maxLine)
	continued := false
	for {
		line, more, err := reader.ReadLine()
		if err != nil {
			return
		}
		if !continued {
			l.line(l.redactor.Text(string(line)), slog.LevelWarn)
		}
		continued = more
	}
}

func (l *lines) line(text string, level slog.Level) {
	log := l.log.Load()
	if record, ok := parseLine(text); ok {
		if log.Enabled(l.ctx, record.Level) {
			_ = log.Handler().Handle(l.ctx, record)
		}
		return
	}
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	l.keep(text)
	log.Log(l.ctx, level, "the plugin wrote plain text", "line", text)
}

func (l *lines) keep(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.plain = append(l.plain, text)
	if len(l.plain) > maxLast {
		l.plain = l.plain[1:]
	}
}

// last are the last plain lines: how a plugin that died explained itself.
func (l *lines) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.plain, "\n")
}

// Write takes what the plugin prints while it serves.
func (l *lines) Write(text []byte) (int, error) {
	for line := range strings.Lines(l.redactor.Text(string(text))) {
		l.line(line, slog.LevelDebug)
	}
	return len(text), nil
}
