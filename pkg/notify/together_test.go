package notify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/journal/journaltest"
	"github.com/var-project/var/pkg/notify"
)

// What another process of this test needs to know: it is a courier, of this journal, with this other end.
const (
	stateOf = "NOTIFY_TEST_STATE"
	endOf   = "NOTIFY_TEST_END"
)

// post is a channel to a server of the test: a line for each event.
type post string

func (p post) Send(ctx context.Context, b notify.Batch) (int, error) {
	var lines []string
	for _, e := range b.Events {
		lines = append(lines, fmt.Sprint(e.ID))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, string(p), strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		return 0, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	return len(b.Events), res.Body.Close()
}

func (post) Close() error {
	http.DefaultClient.CloseIdleConnections()
	return nil
}

func open(ctx context.Context, state string) (*journal.Journal, error) {
	return journal.Open(ctx, state, "", journal.Password(journaltest.Password))
}

func courier(j *journal.Journal, end string) *notify.Courier {
	return notify.NewCourier(j, j.Owner(), time.Now, slog.New(slog.DiscardHandler), notify.Outlet{Name: "post", Channel: post(end)})
}

// TestTheOtherProcess is the other process of the test below: it tells events and delivers them, again and again.
func TestTheOtherProcess(t *testing.T) {
	if state := os.Getenv(stateOf); state != "" {
		if err := work(t.Context(), state, os.Getenv(endOf), os.Getpid()); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	rounds  = 6
	atATime = 3
)

func work(ctx context.Context, state, end string, who int) error {
	j, err := open(ctx, state)
	if err != nil {
		return err
	}
	c := courier(j, end)
	for round := range rounds {
		var events []entity.Event
		for n := range atATime {
			ref := entity.Ref{Source: "hq", Kind: entity.KindHost, ID: fmt.Sprint(who, "-", round, "-", n)}
			events = append(events, entity.Event{At: time.Now(), Action: "block", Outcome: entity.OutcomeDone, Ref: ref})
		}
		if err := j.Tell(ctx, events...); err != nil {
			return errors.Join(err, j.Close())
		}
		if d := c.Deliver(ctx)[0]; d.Err != nil {
			return errors.Join(d.Err, j.Close())
		}
	}
	return errors.Join(c.Close(), j.Close())
}

// Several processes write and tell at the same time, over a state on a server: each event is told once.
func TestProcessesThatShareAServerTellOnce(t *testing.T) {
	s, err := journaltest.Start(t.Context())
	journaltest.Need(t, s, err)
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	state := s.Place(t)
	end, told := listen(t)
	first, err := open(t.Context(), state)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := first.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := courier(first, end).Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	const processes = 3
	var all sync.WaitGroup
	for range processes - 1 {
		all.Go(func() {
			other := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTheOtherProcess$")
			other.Env = append(os.Environ(), stateOf+"="+state, endOf+"="+end)
			if out, err := other.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	if err := work(t.Context(), state, end, os.Getpid()); err != nil {
		t.Error(err)
	}
	all.Wait()
	if d := courier(first, end).Deliver(t.Context())[0]; d.Err != nil { // what was told while another one sent
		t.Error(d.Err)
	}
	events, err := first.NewEvents(t.Context(), 0, 1000)
	var want []string
	for _, e := range events {
		want = append(want, fmt.Sprint(e.ID))
	}
	if got := told(); err != nil || len(want) != processes*rounds*atATime || !slices.Equal(got, want) {
		t.Errorf("got %v, want %v, %v", got, want, err)
	}
}

// listen is the other end: it answers with the lines that it was sent, in their order.
func listen(t *testing.T) (end string, told func() []string) {
	t.Helper()
	var mu sync.Mutex
	var lines []string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, strings.Split(string(text), "\n")...)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(lines)
	}
}
