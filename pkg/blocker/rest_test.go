package blocker

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wait"
)

// httpDevice is a device with a client of its own; a batch is a request for each target.
type httpDevice struct {
	device
	client *http.Client
}

func (d httpDevice) block(ctx context.Context, t *testing.T, ts []entity.Target) []Outcome {
	all := make([]Outcome, len(ts))
	for i := range ts {
		_, err := ask(ctx, t, d.client)
		all[i] = Outcome{Receipt: Receipt{Elements: []string{ts[i].ID}}, Err: err}
	}
	return all
}

func TestASilentDeviceHoldsUpNoFurtherBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const timeout = 30 * time.Second
		dead, well := &fakeDevice{answer: hang}, &fakeDevice{answer: fine}
		devices := []httpDevice{
			{"fw1", dead.client(ClientOptions{Parallel: 4, Timeout: timeout})},
			{"fw2", well.client(ClientOptions{Parallel: 4, Timeout: timeout})},
		}
		begun := time.Now()
		for range 5 {
			outcomes := BlockOn(t.Context(), devices, hosts("192.0.2.1", "192.0.2.2", "192.0.2.3"),
				func(ctx context.Context, d httpDevice, ts []entity.Target) []Outcome { return d.block(ctx, t, ts) })
			for _, o := range outcomes {
				errs := entity.Errors(o.Err)
				if len(errs) != 1 || errs[0].Device != "fw1" || errs[0].Class != Transient || len(o.Receipt.Elements) != 1 {
					t.Fatalf("outcome is %+v, want fw1's failure and a receipt", o)
				}
			}
		}
		if got := time.Since(begun); got != patience*timeout {
			t.Errorf("five batches took %s, want only the first to wait", got)
		}
		if dead.requests() != patience || well.requests() != 15 {
			t.Errorf("%d requests to the silent device, %d to the other; want %d and 15", dead.requests(), well.requests(), patience)
		}
	})
}

func TestARestAsksForMoreTimeThanRepetitionsHave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDevice{answer: hang}
		c := d.client(ClientOptions{Timeout: time.Second})
		for range patience {
			if _, err := ask(t.Context(), t, c); Unbegun(err) {
				t.Fatalf("got %v, want the timeout", err)
			}
		}
		_ = wait.For(t.Context(), rest-time.Second)
		_, err := ask(t.Context(), t, c)
		if ClassOf(err) != Transient || entity.RetryAfter(err) != rest || !Unbegun(err) || !strings.Contains(err.Error(), "did not answer within 1s; it rests until ") {
			t.Errorf("got %v after %s, want transient and the whole rest", err, entity.RetryAfter(err))
		}
	})
}

func TestAfterItsRestADeviceGetsOneMoreChance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		well := false
		d := &fakeDevice{answer: func(n int, req *http.Request) (*http.Response, error) {
			if well {
				return fine(n, req)
			}
			return hang(n, req)
		}}
		c := d.client(ClientOptions{Timeout: time.Second})
		for range patience + 3 {
			_, _ = ask(t.Context(), t, c)
		}
		_ = wait.For(t.Context(), rest)
		_, _ = ask(t.Context(), t, c)
		_, _ = ask(t.Context(), t, c)
		if got := d.requests(); got != patience+1 {
			t.Errorf("%d requests reached the device, want one after the rest", got)
		}
		_ = wait.For(t.Context(), rest)
		well = true
		for range 3 {
			if status, err := ask(t.Context(), t, c); status != http.StatusOK {
				t.Errorf("got %d, %v of a device that answers again", status, err)
			}
		}
	})
}

func TestOneSlowRequestAmongAnsweredOnesIsNoReasonToRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDevice{answer: func(n int, req *http.Request) (*http.Response, error) {
			if n%2 == 0 {
				return hang(n, req)
			}
			return fine(n, req)
		}}
		c := d.client(ClientOptions{Timeout: time.Second})
		for range 10 {
			if _, err := ask(t.Context(), t, c); Unbegun(err) {
				t.Fatalf("it rests: %v", err)
			}
		}
		var wg sync.WaitGroup
		d = &fakeDevice{answer: func(n int, req *http.Request) (*http.Response, error) {
			if n < 3 {
				return hang(n, req)
			}
			return fine(n, req)
		}}
		c = d.client(ClientOptions{Timeout: time.Second, Parallel: 4})
		for range 10 {
			wg.Go(func() {
				if _, err := ask(t.Context(), t, c); Unbegun(err) {
					t.Errorf("it rests: %v", err)
				}
			})
		}
		wg.Wait()
	})
}

func TestOnlyTheDevicesOwnSilenceCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDevice{answer: hang}
		c := d.client(ClientOptions{Timeout: time.Minute})
		for range 4 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, _ = ask(ctx, t, c)
			cancel()
		}
		if got := d.requests(); got != 4 {
			t.Errorf("%d requests reached the device: it rests because callers gave up", got)
		}
		d.answer = func(int, *http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }
		for range 4 {
			_, _ = ask(t.Context(), t, c)
		}
		if got := d.requests(); got != 8 {
			t.Errorf("%d requests reached the device: it rests because it refused", got)
		}
	})
}

func TestABodyThatDoesNotComeIsSilenceToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &fakeDevice{answer: func(_ int, req *http.Request) (*http.Response, error) {
			res := saying(http.StatusOK, "")
			res.Body = stuck{req.Context()}
			return res, nil
		}}
		c := d.client(ClientOptions{Timeout: time.Second})
		for range 5 {
			_, _ = ask(t.Context(), t, c)
		}
		if got := d.requests(); got != patience {
			t.Errorf("%d requests reached the device, want %d", got, patience)
		}
	})
}

// stuck is a body that does not come.
type stuck struct{ ctx context.Context } //nolint:containedctx // stands for a connection

func (s stuck) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

func (stuck) Close() error { return nil }

var _ io.ReadCloser = stuck{}
