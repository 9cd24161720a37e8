package blocker

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
	"github.com/var-project/var/pkg/secret"
)

func TestACallThatOutlivesItsContextIsToldOn(t *testing.T) {
	told, began, release := make(chan string, 1), make(chan struct{}), make(chan struct{})
	logs := writerFunc(func(line []byte) { told <- string(line) })
	c := serving(t, pluginOf(func(testSettings, Instance) (Blocker, error) {
		return &one{block: func(context.Context, entity.Target) (Receipt, error) {
			close(began)
			<-release
			return Receipt{}, nil
		}}, nil
	}), logs)
	opening(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-began
		cancel()
	}()
	stream, err := c.Block(ctx, &wirepb.BlockRequest{Targets: wire.ToTargets(hosts("0"))})
	if err == nil {
		_, err = stream.Recv()
	}
	if status.Code(err) != codes.Canceled {
		t.Errorf("error is %v", err)
	}
	if line := <-told; !strings.Contains(line, Overdue) {
		t.Errorf("log is %s", line)
	}
	close(release)
}

type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(bytes.Clone(p))
	return len(p), nil
}

func TestLogLinesHaveTheHostsKeysAndNoSecret(t *testing.T) {
	var b bytes.Buffer
	var r secret.Redactor
	r.Add(secret.New("open sesame"))
	log := newLogger(&b, &r)
	log.Warn("said open sesame", slog.Group("g", "time", 1, "level", 2, "msg", "open sesame"))
	line := b.String()
	for _, want := range []string{`"@level":"WARN"`, `"@message":"said [redacted]"`, `"@timestamp":"2`, `"g":{"time":1,"level":2,"msg":"[redacted]"}`} {
		if !strings.Contains(line, want) {
			t.Errorf("line lacks %s: %s", want, line)
		}
	}
	if _, err := (redactingWriter{failing{}, &r}).Write([]byte("x")); err == nil {
		t.Error("a line that could not be written is told to be")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestAPluginThatIsMadeWrongIsTold(t *testing.T) {
	sound := pluginOf(func(testSettings, Instance) (Blocker, error) { return &one{}, nil })
	if err := sound.check(); err != nil {
		t.Errorf("a sound plugin: %v", err)
	}
	nameless := sound
	nameless.Name = ""
	if err := nameless.check(); err == nil {
		t.Error("a plugin without name is served")
	}
	if err := (Plugin[struct{ Untagged int }]{Name: "x"}).check(); err == nil {
		t.Error("settings without tags are served")
	}
}

func TestReferenceNamesEverySetting(t *testing.T) {
	page, err := Reference[testSettings]()
	if err != nil || !strings.Contains(page, "| `size` |") || !strings.Contains(page, "| `token` | secret |") {
		t.Errorf("page is %s, %v", page, err)
	}
}
