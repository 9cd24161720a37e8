// Package journaltest starts a PostgreSQL server of its own for tests: with data of its own, reached through a socket
// that no other user can open, and gone afterwards.
package journaltest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// User and Password are those of the server's database.
const (
	User     = "var"
	Password = "correct horse" // of a server that lives as long as a test
)

// ErrMissing says that PostgreSQL is not installed here.
var ErrMissing = errors.New("PostgreSQL (initdb, postgres) is not installed")

// Server is a running server.
type Server struct {
	folder string
	bin    string
	cmd    *exec.Cmd
	ended  chan struct{}
	log    bytes.Buffer
	places atomic.Int64
}

// Need answers what an attempt to start a server gave. Where there is none the test is skipped, in CI it fails.
func Need(tb testing.TB, s *Server, err error) *Server {
	tb.Helper()
	switch {
	case errors.Is(err, ErrMissing) && os.Getenv("CI") != "true":
		tb.Skipf("not run: %v", err)
	case err != nil:
		tb.Fatal(err)
	}
	return s
}

// Start makes a server in a folder of its own.
func Start(ctx context.Context) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "var-pg-")
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder, bin: bin, ended: make(chan struct{})}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// programs is the folder with the programs of the server.
func programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", ErrMissing
	}
	return filepath.Dir(found[len(found)-1]), nil
}

func (s *Server) start(ctx context.Context) error {
	password := filepath.Join(s.folder, "password")
	if err := os.WriteFile(password, []byte(Password+"\n"), 0o600); err != nil {
		return err
	}
	if err := own(s.folder, password); err != nil {
		return err
	}
	initdb := s.command("initdb", "-D", s.data(), "-A", "scram-sha-256", "-U", User, "--pwfile="+password, "-E", "UTF8", "--locale=C", "-N")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return s.Run(ctx)
}

func (s *Server) data() string { return filepath.Join(s.folder, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...) //nolint:noctx // it ends with Stop, or with this process
	cmd.Dir = s.folder
	cmd.SysProcAttr = unprivileged()
	return cmd
}

// Run starts the server process again after Halt, and waits until it takes connections.
func (s *Server) Run(ctx context.Context) error {
	s.cmd = s.command("postgres", "-D", s.data(), "-k", s.folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200")
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	s.ended = make(chan struct{})
	if err := s.cmd.Start(); err != nil {
		close(s.ended)
		return err
	}
	go func() {
		defer close(s.ended)
		_ = s.cmd.Wait() // the log says why
	}()
	return s.ready(ctx)
}

func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if s.ask(ctx, "select 1") == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server does not start: %w", context.Cause(ctx))
		case <-s.ended:
			return fmt.Errorf("the server ended: %s", s.log.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Halt ends the server process at once; what was committed is there when it runs again.
func (s *Server) Halt() error {
	select {
	case <-s.ended:
		return nil
	default:
	}
	err := s.cmd.Process.Signal(os.Interrupt)
	<-s.ended
	return err
}

// Stop ends the server and removes all that it wrote.
func (s *Server) Stop() error {
	var err error
	if s.cmd != nil {
		err = s.Halt()
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}

// Place is the URL of a schema of its own, empty, for one test. It holds no password.
func (s *Server) Place(tb testing.TB) string {
	tb.Helper()
	schema := "test" + strconv.FormatInt(s.places.Add(1), 10)
	if err := s.ask(tb.Context(), "create schema "+schema); err != nil {
		tb.Fatal(err)
	}
	return s.URL() + "&search_path=" + schema
}

// URL is the address of the server's database. It holds no password.
func (s *Server) URL() string {
	return "postgres://" + User + "@/postgres?host=" + url.QueryEscape(s.folder)
}
