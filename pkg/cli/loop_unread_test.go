package cli

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

func TestALoopGoesOnWhenNobodyReadsWhatItSays(t *testing.T) {
	s := newStage(t)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	passes := 0
	a := s.app()
	a.Out = writer
	a.Pause = func(ctx context.Context, _ time.Duration) error {
		if passes++; passes == 3 {
			stop()
		}
		return ctx.Err()
	}
	path := s.write("config.toml", s.base(""))
	code := a.Run(ctx, []string{"--config", path, "--plugin-dir", s.path("plugins"), "run", "--loop"})
	if code != ExitDone || passes != 3 || !strings.Contains(s.err.String(), "cannot be shown") {
		t.Errorf("ended with %d after %d passes: %s", code, passes, &s.err)
	}
}
