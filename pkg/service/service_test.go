package service

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ear hears what a service tells.
type ear struct {
	heard chan string
	log   bytes.Buffer
}

func newEar() *ear { return &ear{heard: make(chan string, 10)} }

func (e *ear) service(watchdog time.Duration) *Service {
	tell := func(state string) error { e.heard <- state; return nil }
	return New(Manager{Tell: tell, Watchdog: watchdog}, slog.New(slog.NewTextHandler(&e.log, nil)))
}

// A text from elsewhere, such as an error, must not become a message of its own.
func TestAStatusIsOneLine(t *testing.T) {
	e := newEar()
	e.service(0).Doing("refused:\nREADY=1\r\n\tWATCHDOG=trigger")
	if got, want := <-e.heard, "STATUS=refused: READY=1 WATCHDOG=trigger"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestAReloadSaysWhenItBegan(t *testing.T) {
	e := newEar()
	e.service(0).Reloading()
	lines := strings.Split(<-e.heard, "\n")
	if len(lines) != 3 || lines[0] != "RELOADING=1" || !strings.HasPrefix(lines[1], "MONOTONIC_USEC=") || lines[2] != "STATUS=reloading" {
		t.Errorf("told %q", lines)
	}
}

func TestTheEndSaysHowLongItMayTake(t *testing.T) {
	e := newEar()
	e.service(0).Stopping(90*time.Second, "ending")
	if got, want := <-e.heard, "STOPPING=1\nEXTEND_TIMEOUT_USEC=90000000\nSTATUS=ending"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestWhatCannotBeToldIsLogged(t *testing.T) {
	var log bytes.Buffer
	m := Manager{Tell: func(string) error { return errors.New("the socket is gone") }}
	New(m, slog.New(slog.NewTextHandler(&log, nil))).Ready("on the way")
	if !strings.Contains(log.String(), "READY=1") || !strings.Contains(log.String(), "the socket is gone") {
		t.Errorf("logged %q", &log)
	}
	New(Manager{}, slog.New(slog.DiscardHandler)).Ready("nobody listens")
}

// Life is told at each tick while there is some, not while there is none, and again when it is back.
func TestLifeIsToldWhileThereIsSome(t *testing.T) {
	e, ticks, alive := newEar(), make(chan time.Time), make(chan bool)
	stop := e.service(time.Hour).keep(ticks, func() bool { return <-alive })
	alive <- true
	for _, now := range []bool{true, false, false, true} {
		ticks <- time.Time{}
		alive <- now
	}
	stop()
	close(e.heard)
	told := 0
	for state := range e.heard {
		if told++; state != "WATCHDOG=1" {
			t.Errorf("told %q", state)
		}
	}
	if told != 3 {
		t.Errorf("life was told %d times, want 3", told)
	}
	if got := strings.Count(e.log.String(), "nothing happens any more"); got != 1 {
		t.Errorf("the hang is logged %d times, want once\n%s", got, &e.log)
	}
}

func TestLifeIsToldTwiceAsOftenAsItIsWaitedFor(t *testing.T) {
	e := newEar()
	stop := e.service(2 * time.Millisecond).Watchdog(func() bool { return true })
	for range 3 {
		<-e.heard
	}
	go func() { // what is still told while it ends finds room
		for range e.heard {
		}
	}()
	stop()
	close(e.heard)
	newEar().service(0).Watchdog(func() bool { t.Error("nobody waits for it"); return true })()
}

// clock is a time that tests move.
type clock struct{ passed atomic.Int64 }

func (c *clock) now() time.Time { return time.Unix(0, c.passed.Load()) }

func (c *clock) pass(d time.Duration) { c.passed.Add(int64(d)) }

func TestThePulse(t *testing.T) {
	const while = time.Minute
	c := &clock{}
	p := NewPulse(c.now)
	expect := func(when string, want bool) {
		t.Helper()
		if got := p.Within(while); got != want {
			t.Errorf("%s: alive %v, want %v", when, got, want)
		}
	}
	c.pass(while)
	expect("just begun", true)
	c.pass(1)
	expect("nothing for longer", false)
	p.Beat()
	expect("something happened", true)
	over, other := p.During(), p.During()
	c.pass(time.Hour)
	expect("under way", true)
	over()
	c.pass(time.Hour)
	expect("another is under way", true)
	other()
	c.pass(while)
	expect("just ended", true)
	c.pass(1)
	expect("ended long ago", false)
}

func TestAnAnswerIsASignOfLife(t *testing.T) {
	c := &clock{}
	p := NewPulse(c.now)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { c.pass(time.Hour) }))
	defer server.Close()
	req, err := http.NewRequestWithContext(p.Hear(context.WithoutCancel(t.Context())), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if !p.Within(time.Minute) {
		t.Error("an answer came, and that is no sign of life")
	}
}
