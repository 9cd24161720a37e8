package cli

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// slowHook is the other end of a webhook, which lets the first message wait for its answer.
type slowHook struct {
	*httptest.Server
	// asked is closed when the first message is there; it is answered when answer is closed.
	asked, answer chan struct{}

	mu   sync.Mutex
	keys map[string]int
	cut  bool
}

func newSlowHook(t *testing.T) *slowHook {
	t.Helper()
	h := &slowHook{asked: make(chan struct{}), answer: make(chan struct{}), keys: map[string]int{}}
	first := sync.OnceFunc(func() { close(h.asked); <-h.answer })
	h.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		h.keys[r.Header.Get("Idempotency-Key")]++
		h.mu.Unlock()
		first()
		select {
		case <-r.Context().Done():
			h.mu.Lock()
			h.cut = true
			h.mu.Unlock()
		default:
		}
	}))
	t.Cleanup(h.Close)
	return h
}

// told checks that each message was sent once, and answered.
func (h *slowHook) told(t *testing.T) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cut || len(h.keys) == 0 {
		t.Errorf("cut off: %v; messages: %v", h.cut, h.keys)
	}
	for key, times := range h.keys {
		if times > 1 {
			t.Errorf("message %s was sent %d times", key, times)
		}
	}
}

func TestAReloadLetsAMessageEnd(t *testing.T) {
	h, s := newSlowHook(t), newStage(t)
	s.loops(hookAt(h.URL, ""),
		func() bool { <-h.asked; return true },
		func() bool { close(h.answer); return false },
	)
	h.told(t)
}

// The loop is told to end while a message waits for its answer. A loop that cut it off would do so at once.
func TestAStopLetsAMessageEnd(t *testing.T) {
	h, s := newSlowHook(t), newStage(t)
	s.loops(hookAt(h.URL, ""), func() bool {
		<-h.asked
		time.AfterFunc(200*time.Millisecond, func() { close(h.answer) })
		return false
	})
	h.told(t)
}
