package blocker

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/secret"
)

// Serve runs the plugin until the host ends it. It is all that main calls, and it does not return
// when the program was not started by var.
func Serve[S any](p Plugin[S]) {
	handshake := wire.Handshake()
	if os.Getenv(handshake.MagicCookieKey) != handshake.MagicCookieValue {
		fmt.Fprintf(os.Stderr, "%s %s is a plugin of var. Put it into a plugin folder and ask: var plugin describe %s\n", p.Name, p.Version, p.Name)
		os.Exit(2)
	}
	if dir := os.Getenv(wire.GuardEnv); dir != "" {
		os.Exit(guard(dir))
	}
	redactor := &secret.Redactor{}
	// go-plugin replaces os.Stderr later: the logger must hold on to the one that the host reads.
	log := newLogger(os.Stderr, redactor)
	if err := p.check(); err != nil {
		log.Error("the plugin is made wrong", "error", err.Error())
		os.Exit(1)
	}
	if os.Getenv(wire.GuardedEnv) != "" {
		endWithHost()
	}
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig:  handshake,
		VersionedPlugins: wire.Versions(newServer(p.program(), redactor, log)),
		Logger:           hclog.NewNullLogger(),
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options, grpc.MaxRecvMsgSize(wire.MaxMessage), grpc.MaxSendMsgSize(wire.MaxMessage))...)
		},
	})
}

// timestamp is the form that readers of go-plugin's log lines expect.
const timestamp = "2006-01-02T15:04:05.000000Z07:00"

// newLogger writes what the host reads: JSON with the level and message under go-plugin's names,
// secrets taken out.
func newLogger(w io.Writer, redactor *secret.Redactor) *slog.Logger {
	return slog.New(slog.NewJSONHandler(redactingWriter{w, redactor}, &slog.HandlerOptions{
		Level:       slog.LevelDebug,
		ReplaceAttr: renamed,
	}))
}

func renamed(groups []string, a slog.Attr) slog.Attr {
	switch {
	case len(groups) > 0:
		return a
	case a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime:
		return slog.String("@timestamp", a.Value.Time().Format(timestamp))
	case a.Key == slog.LevelKey:
		a.Key = "@level"
	case a.Key == slog.MessageKey:
		a.Key = "@message"
	}
	return a
}

type redactingWriter struct {
	io.Writer
	redactor *secret.Redactor
}

// Write is called by slog with one whole line.
func (w redactingWriter) Write(line []byte) (int, error) {
	if _, err := io.WriteString(w.Writer, w.redactor.Text(string(line))); err != nil {
		return 0, err
	}
	return len(line), nil
}
