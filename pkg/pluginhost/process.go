package pluginhost

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin/runner"
)

const (
	// graceful is how long a plugin may take to end by itself, and then its guard to end it.
	graceful = 2 * time.Second
	// trailing is how long output is awaited after the end.
	trailing = time.Second
)

// process runs one plugin program: on Linux the guard, which runs the plugin proper (see
// wire.GuardEnv). It is the runner of a go-plugin client. The plugin lives no longer than the
// pipe to its standard input is open, which this process alone holds.
type process struct {
	path string
	env  []string
	// dir holds the plugin's socket and nothing else.
	dir string
	log *lines

	mu             sync.Mutex
	cmd            *exec.Cmd
	ended          bool
	leash          io.Closer
	stdout, stderr *os.File

	output sync.WaitGroup
	done   chan struct{}
	err    error
}

func newProcess(path, dir string, env []string, log *lines) *process {
	return &process{path: path, dir: dir, env: env, log: log, done: make(chan struct{})}
}

// run takes over the environment that go-plugin made. The socket's folder is in it.
func (p *process) run(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
	p.env = append(p.env, spec.Env...)
	return p, nil
}

// Start starts the program, unless it was ended before.
func (p *process) Start(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return errors.New("ended before it was started")
	}
	cmd := command(p.path, p.dir)
	cmd.Env = append(cmd.Env, p.env...)
	leash, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := p.startWithOutput(cmd); err != nil {
		_ = leash.Close()
		return err
	}
	p.cmd, p.leash = cmd, leash
	p.output.Go(func() { p.log.read(p.stderr) })
	go p.wait()
	return nil
}

func (p *process) startWithOutput(cmd *exec.Cmd) error {
	stdout, out, err := os.Pipe()
	if err != nil {
		return err
	}
	stderr, errs, err := os.Pipe()
	if err != nil {
		return errors.Join(err, stdout.Close(), out.Close())
	}
	cmd.Stdout, cmd.Stderr = out, errs
	err = cmd.Start()
	_, _ = out.Close(), errs.Close()
	if err != nil {
		_, _ = stdout.Close(), stderr.Close()
		return err
	}
	p.stdout, p.stderr = stdout, stderr
	return nil
}

// wait ends what the guard could not, when it was killed itself, and lets the readers finish.
func (p *process) wait() {
	if !awaitEnd(p.cmd.Process.Pid) {
		sweep(p.cmd.Process.Pid)
	}
	p.err = p.cmd.Wait()
	deadline := time.Now().Add(trailing)
	_, _ = p.stdout.SetReadDeadline(deadline), p.stderr.SetReadDeadline(deadline)
	p.output.Wait()
	_ = p.stderr.Close()
	_ = os.RemoveAll(p.dir)
	close(p.done)
}

// end has the plugin's guard kill all of it, kills the guard if that takes too long, and waits.
func (p *process) end() {
	p.mu.Lock()
	first := !p.ended
	p.ended = true
	cmd := p.cmd
	if first && p.leash != nil {
		_ = p.leash.Close()
	}
	p.mu.Unlock()
	if cmd == nil {
		_ = os.RemoveAll(p.dir)
		return
	}
	wake(cmd.Process)
	select {
	case <-p.done:
	case <-time.After(graceful):
		_ = cmd.Process.Kill()
		<-p.done
	}
}

// Wait waits for the end and gives the program's way of ending.
func (p *process) Wait(context.Context) error {
	<-p.done
	return p.err
}

// Kill ends the plugin with all that it started.
func (p *process) Kill(context.Context) error {
	p.end()
	return nil
}

// Stdout is where go-plugin reads the handshake.
func (p *process) Stdout() io.ReadCloser { return p.stdout }

// Stderr is empty for go-plugin: the lines are read here, with their attributes whole, and a
// hostile line cannot make its parser panic.
func (p *process) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Name is the program's path.
func (p *process) Name() string { return p.path }

// ID is the number of the process; empty when there is none.
func (p *process) ID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return ""
	}
	return strconv.Itoa(p.cmd.Process.Pid)
}

// Diagnose gives the last lines that the plugin wrote.
func (p *process) Diagnose(context.Context) string { return p.log.last() }

// PluginToHost leaves addresses as they are.
func (p *process) PluginToHost(network, addr string) (string, string, error) {
	return network, addr, nil
}

// HostToPlugin leaves addresses as they are.
func (p *process) HostToPlugin(network, addr string) (string, string, error) {
	return network, addr, nil
}
