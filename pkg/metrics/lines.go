package metrics

import (
	"context"
	"log/slog"
	"strings"
)

// CountLines counts the lines that a handler writes, by level.
func (m *Metrics) CountLines(next slog.Handler) slog.Handler { return lines{next, m} }

type lines struct {
	slog.Handler
	m *Metrics
}

// Handle counts a line and hands it on.
func (l lines) Handle(ctx context.Context, r slog.Record) error {
	l.m.lines.WithLabelValues(levelName(r.Level)).Inc()
	return l.Handler.Handle(ctx, r)
}

func (l lines) WithAttrs(attrs []slog.Attr) slog.Handler {
	return lines{l.Handler.WithAttrs(attrs), l.m}
}
func (l lines) WithGroup(name string) slog.Handler { return lines{l.Handler.WithGroup(name), l.m} }

var levels = []slog.Level{slog.LevelError, slog.LevelWarn, slog.LevelInfo, slog.LevelDebug}

// levelName is the nearest of the levels that is not above, or the lowest.
func levelName(l slog.Level) string {
	for _, level := range levels {
		if l >= level {
			return strings.ToLower(level.String())
		}
	}
	return "debug"
}
