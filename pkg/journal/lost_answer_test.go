package journal_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	neturl "net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/var-project/var/pkg/journal"
)

// socket is the name of the server's socket in its folder.
const socket = ".s.PGSQL.5432"

// wire is a way to the server on which the answer to a commit can get lost.
type wire struct {
	to       string
	armed    atomic.Bool
	swallows chan struct{}
	wg       sync.WaitGroup
	mu       sync.Mutex
	ends     []net.Conn
}

// throughWire is a place behind a wire.
func throughWire(t *testing.T, at place) (place, *wire) {
	t.Helper()
	u, err := neturl.Parse(at.url)
	must(t, err)
	query := u.Query()
	folder := t.TempDir()
	w := &wire{to: filepath.Join(query.Get("host"), socket), swallows: make(chan struct{}, 1)}
	listener, err := net.Listen("unix", filepath.Join(folder, socket))
	must(t, err)
	w.wg.Go(func() { w.accept(listener) })
	t.Cleanup(func() { w.close(listener) })
	query.Set("host", folder)
	u.RawQuery = query.Encode()
	at.url = u.String()
	return at, w
}

func (w *wire) accept(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", w.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		w.mu.Lock()
		w.ends = append(w.ends, client, server)
		w.mu.Unlock()
		w.wg.Go(func() { _, _ = io.Copy(server, client); _ = server.Close() })
		w.wg.Go(func() { w.answers(client, server); _ = client.Close() })
	}
}

// answers passes on what the server says, until it is to lose that something was committed.
func (w *wire) answers(client, server net.Conn) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := server.Read(buffer)
		if err != nil {
			return
		}
		if bytes.Contains(buffer[:n], []byte("COMMIT\x00")) && w.armed.CompareAndSwap(true, false) {
			w.swallows <- struct{}{}
			continue
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (w *wire) close(listener net.Listener) {
	_ = listener.Close()
	w.mu.Lock()
	for _, end := range w.ends {
		_ = end.Close()
	}
	w.mu.Unlock()
	w.wg.Wait()
}

// Who is interrupted while the server's answer is on its way keeps nobody from the lease that it does not know to have.
func TestALeaseWhoseAnswerIsLostIsGivenBack(t *testing.T) {
	at := onServer(t)
	behind, w := throughWire(t, at)
	j, other := behind.open(t), at.open(t)
	ctx, interrupt := context.WithCancel(t.Context())
	w.armed.Store(true)
	ended := make(chan error)
	go func() {
		_, err := j.Acquire(ctx, edge, 0)
		ended <- err
	}()
	<-w.swallows
	leased(t, other, edge) // the server has written it down
	interrupt()
	if err := <-ended; !errors.Is(err, context.Canceled) || errors.As(err, new(*journal.LeasedError)) || !strings.Contains(err.Error(), "journal") {
		t.Errorf("got %v", err)
	}
	acquire(t, other, edge, 0)()
}
