package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secret"
)

const (
	maxStdout    = 64 << 10
	maxStderr    = 4 << 10
	defaultGrace = 500 * time.Millisecond
	// defaultTimeout is for hosts that set none.
	defaultTimeout = 30 * time.Second
	// defaultPath is what commands find their own helpers by.
	defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)

// runner runs commands in a clean environment, each in a process group of its own.
type runner struct {
	directory string
	env       []string
	// timeout is how long one command may run.
	timeout time.Duration
	// grace is how long a command has between SIGTERM and SIGKILL.
	grace time.Duration
	// scrub knows the values of the environment, which may be credentials.
	scrub *secret.Redactor
	// places are for the commands that run at the same time, whoever asked for them.
	places chan struct{}
}

func newRunner(s settings, instance blocker.Instance) runner {
	r := runner{
		directory: s.Directory, env: []string{defaultPath},
		timeout: cmp.Or(instance.Timeout, defaultTimeout), grace: defaultGrace, scrub: &secret.Redactor{},
		places: make(chan struct{}, max(instance.Parallel, 1)),
	}
	for _, name := range s.PassEnv {
		if value, ok := os.LookupEnv(name); ok {
			r.set(name, value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		r.set(name, s.Env[name])
	}
	return r
}

func (r *runner) set(name, value string) {
	r.env = append(r.env, name+"="+value)
	if name != "PATH" {
		r.scrub.Add(secret.New(value))
	}
}

// run gives what the command printed. The error's class follows the exit code; see classes.
func (r runner) run(ctx context.Context, argv []string, in input) ([]byte, error) {
	stdin, err := json.Marshal(in)
	if err != nil {
		return nil, refused("write the target as JSON: %v", err)
	}
	select {
	case r.places <- struct{}{}:
		defer func() { <-r.places }()
	case <-ctx.Done():
		return nil, notStarted(ctx, argv[0], context.Cause(ctx))
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.timeout, fmt.Errorf("not done within %s (timeout of the blocker)", r.timeout))
	defer cancel()
	stdout, stderr := &bounded{limit: maxStdout}, &bounded{limit: maxStderr}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // running the operator's program is what this plugin is for
	cmd.Dir, cmd.Env, cmd.WaitDelay = r.directory, slices.Clone(r.env), r.grace
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), stdout, stderr
	ownGroup(cmd)
	started, err := blocker.Command(cmd)
	switch {
	case !started:
		return nil, notStarted(ctx, argv[0], err)
	case ctx.Err() != nil:
		killGroup(cmd.Process)
		return stdout.Bytes(), &blocker.Error{Class: entity.Unknown, Err: fmt.Errorf("%s was killed: %w", argv[0], context.Cause(ctx))}
	}
	return stdout.Bytes(), r.settle(argv[0], err, stdout, stderr)
}

var errNotStarted = errors.New("was not started")

func notStarted(ctx context.Context, program string, err error) error {
	class := blocker.Permanent
	if ctx.Err() != nil || errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.ENOMEM) || errors.Is(err, syscall.ETXTBSY) {
		class = blocker.Transient
	}
	return &blocker.Error{Class: class, Err: fmt.Errorf("%s %w: %w", program, errNotStarted, cause(err))}
}

func (r runner) settle(program string, err error, stdout, stderr *bounded) error {
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // done; what it left in the background holds the pipe
	case errors.As(err, &exit):
		return ended(program, exit, r.said(stderr.Bytes()))
	default:
		return &blocker.Error{Class: entity.Unknown, Err: fmt.Errorf("%s: %w", program, err)}
	}
	if text := bytes.TrimSpace(stdout.Bytes()); stdout.cut && len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return refused("%s printed more than %d bytes: its receipt could not be read", program, maxStdout)
	}
	return nil
}

// said is the first of what a command wrote to standard error, on one line and without the values
// of its environment.
func (r runner) said(stderr []byte) string {
	const limit = 200
	text := strings.Join(strings.Fields(strings.ToValidUTF8(r.scrub.Text(string(stderr)), "?")), " ")
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return '?'
		}
		return c
	}, text)
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit]) + "…"
	}
	return text
}

func cause(err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// bounded keeps the first bytes of an output and lets the rest go by.
type bounded struct {
	bytes.Buffer
	limit int
	cut   bool
}

// Write takes everything, so that the command is never held up.
func (b *bounded) Write(p []byte) (int, error) {
	room := min(b.limit-b.Len(), len(p))
	b.cut = b.cut || room < len(p)
	_, _ = b.Buffer.Write(p[:room])
	return len(p), nil
}
