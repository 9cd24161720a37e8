package cli

import (
	"log/slog"
	"runtime/metrics"
)

// figures are what this process has between two passes: what of it grows from pass to pass is a leak. live_bytes is what
// the last collection found in use.
func figures() slog.Attr {
	of := []metrics.Sample{{Name: "/sched/goroutines:goroutines"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(of)
	return slog.Group("process", "goroutines", of[0].Value.Uint64(), "live_bytes", of[1].Value.Uint64())
}
