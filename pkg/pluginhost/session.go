package pluginhost

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/var-project/var/pkg/internal/wire"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
	"github.com/var-project/var/pkg/schema"
)

// startTimeout is how long a plugin may take to start, and then to answer each question before its first call.
const startTimeout = 30 * time.Second

// session is one running plugin process and the connection to it.
type session struct {
	process *process
	// file is the program's when it was started.
	file   fs.FileInfo
	plugin *plugin.Client
	client wirepb.BlockerClient
	log    *lines
	// calls are those in flight; closing waits for them.
	calls sync.WaitGroup
	once  sync.Once
	// hung says that it was ended because it showed no pulse.
	hung      atomic.Bool
	suspicion suspicion
}

// launch starts a program if it is the pinned one. It ends with an error, and without the process, when ctx does first.
func launch(ctx context.Context, from program, env map[string]string, log *slog.Logger) (*session, error) {
	if err := from.verify(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(socketRoot(), "var-plugin-")
	if err != nil {
		return nil, err
	}
	out := newLines(ctx, log)
	p := newProcess(from.path, dir, environment(env), out)
	s := &session{process: p, file: stat(from.path), log: out, plugin: plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:  wire.Handshake(),
		VersionedPlugins: wire.Versions(nil),
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		StartTimeout:     startTimeout,
		RunnerFunc:       p.run,
		UnixSocketConfig: &plugin.UnixSocketConfig{TempDir: dir},
		Logger:           hclog.NewNullLogger(),
		SyncStdout:       out,
		SyncStderr:       out,
	})}
	stop := context.AfterFunc(ctx, p.end)
	err = s.connect()
	if !stop() {
		err = errors.Join(context.Cause(ctx), err)
	}
	if err != nil {
		s.close()
		return nil, unstarted(from.path, err, out)
	}
	return s, nil
}

func (s *session) connect() error {
	protocol, err := s.plugin.Client()
	if err != nil {
		return err
	}
	client, err := protocol.Dispense(wire.Name)
	if err != nil {
		return err
	}
	s.client = client.(wirepb.BlockerClient)
	return nil
}

func unstarted(path string, err error, out *lines) error {
	if last := out.last(); last != "" && !strings.Contains(err.Error(), last) {
		return fmt.Errorf("start %s: %w; it wrote: %s", path, err, last)
	}
	return fmt.Errorf("start %s: %w", path, err)
}

// socketRoot is the temporary folder, unless the path of a socket in it would be too long for the kernel.
func socketRoot() string {
	const longest = 40
	if dir := os.TempDir(); len(dir) <= longest {
		return dir
	}
	return "/tmp"
}

// passed are the variables of the host that every plugin gets. GORACE is read by none but those that were built with
// the race detector.
var passed = []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "GORACE"}

// environment is all that a plugin sees of the host's, and what is configured.
func environment(configured map[string]string) []string {
	var env []string
	for _, name := range passed {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(configured)) {
		env = append(env, name+"="+configured[name])
	}
	return env
}

func (s *session) alive() bool {
	select {
	case <-s.process.done:
		return false
	default:
		return true
	}
}

func (s *session) describe(ctx context.Context) (Description, error) {
	res, err := s.client.Describe(ctx, &wirepb.DescribeRequest{})
	if err != nil {
		return Description{}, err
	}
	return wire.FromDescription(res), nil
}

func (s *session) check(ctx context.Context, settings map[string]any) (schema.Problems, error) {
	text, err := wire.ToValues(settings)
	if err != nil {
		return nil, err
	}
	res, err := s.client.Check(ctx, &wirepb.CheckRequest{Settings: text})
	return wire.FromProblems(res.GetProblems()), err
}

// close waits for the calls in flight, asks the plugin to end and ends it when it does not.
func (s *session) close() {
	s.once.Do(func() {
		s.calls.Wait()
		s.end()
	})
}

// end does not wait for calls: they fail.
func (s *session) end() {
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		s.plugin.Kill()
	}()
	select {
	case <-asked:
	case <-time.After(graceful):
	}
	s.process.end()
	<-asked
}

// told makes an error of a call readable: what went wrong, not how the transport names it.
func told(err error, s *session) error {
	switch code := status.Code(err); {
	case s.hung.Load():
		return errHung()
	case code == codes.Unavailable || !s.alive():
		if last := s.log.last(); last != "" {
			return fmt.Errorf("the plugin died; it wrote: %s", last)
		}
		return errors.New("the plugin died")
	case code == codes.DeadlineExceeded:
		return fmt.Errorf("the plugin did not answer in time: %w", context.DeadlineExceeded)
	case code == codes.Canceled:
		return fmt.Errorf("the call was cancelled: %w", context.Canceled)
	case code == codes.Unimplemented:
		return errors.New("the plugin is older than this call: install its newer version")
	}
	if st, ok := status.FromError(err); ok {
		return errors.New(st.Message())
	}
	return err
}
