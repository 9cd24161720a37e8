package blocker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/var-project/var/pkg/internal/failpoint"
)

// ClientOptions bound what a client does to one device.
type ClientOptions struct {
	TLS TLS
	// Parallel is how many requests may be in flight; less than 1 counts as 1. A request is in
	// flight until its answer's body is closed.
	Parallel int
	// Rate is how many requests may begin per second; 0 is no limit.
	Rate float64
	// Timeout bounds one request with its answer's body; 0 is no limit. Waiting for a turn does not count.
	Timeout time.Duration
}

// NewClient makes an HTTP client for one device. It keeps connections, verifies TLS, takes the
// proxy from the environment, and follows no redirect: a redirect could carry credentials elsewhere.
func NewClient(o ClientOptions) (*http.Client, error) {
	config, err := o.TLS.Config()
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:     config,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: max(o.Parallel, 1),
		MaxConnsPerHost:     max(o.Parallel, 1), // else a request that finds all in use opens one more
		IdleConnTimeout:     90 * time.Second,
	}
	return &http.Client{
		Transport:     newBounded(transport, o),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// timeoutError tells the client's own limit from a deadline of the caller.
type timeoutError struct{ after time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("no complete answer within %s", e.after) }

// Timeout marks the error as one for net.Error.
func (e *timeoutError) Timeout() bool { return true }

// transport is what http.Transport is to its client.
type transport interface {
	http.RoundTripper
	CloseIdleConnections()
}

// bounded keeps what a client does to its device within bounds.
type bounded struct {
	transport
	slots   chan struct{}
	limiter *rate.Limiter
	gate    gate
	timeout time.Duration
}

func newBounded(t transport, o ClientOptions) *bounded {
	limit := rate.Inf
	if o.Rate > 0 {
		limit = rate.Limit(o.Rate)
	}
	return &bounded{
		transport: t, slots: make(chan struct{}, max(o.Parallel, 1)), limiter: rate.NewLimiter(limit, 1), timeout: o.Timeout,
	}
}

// RoundTrip waits for a turn and then makes the request under the timeout.
func (b *bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	t, err := b.turn(req.Context())
	if err != nil {
		return nil, err
	}
	ctx, cancel := b.limited(req.Context())
	done := sync.OnceFunc(func() { cancel(); <-b.slots })
	failpoint.Hit("device.request")
	res, err := b.transport.RoundTrip(req.WithContext(ctx))
	failpoint.Hit("device.answer")
	if err != nil {
		err = told(ctx, err)
		if silence(req.Context(), err) {
			b.gate.unheard(t, err)
		}
		done()
		return nil, err
	}
	body := &heldBody{ReadCloser: res.Body, ctx: ctx, done: done, gate: &b.gate, ticket: t}
	if after, asked := pauseAsked(res); asked {
		body.settled.Store(true)
		b.gate.pause(t, after)
	}
	res.Body = body
	return res, nil
}

// turn waits for a slot, for the rate and for the gate. The gate is asked first too: while it is shut for good,
// nobody need wait for the rate.
func (b *bounded) turn(ctx context.Context) (t ticket, err error) {
	select {
	case b.slots <- struct{}{}:
	case <-ctx.Done():
		return t, unbegun{context.Cause(ctx)}
	}
	defer func() {
		if err != nil {
			<-b.slots
		}
	}()
	if t, err = b.gate.pass(ctx); err != nil {
		return t, err
	}
	if err := b.limiter.Wait(ctx); err != nil {
		if ctx.Err() == nil {
			err = context.DeadlineExceeded
		}
		return t, unbegun{err}
	}
	return b.gate.pass(ctx)
}

func (b *bounded) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if b.timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, b.timeout, &timeoutError{b.timeout})
}

// told gives the cause of a cancelled request, so that the limit which ended it is named.
func told(ctx context.Context, err error) error {
	if own := context.Cause(ctx); isOwn(own) {
		return own
	}
	return err
}

func isOwn(err error) bool {
	var own *timeoutError
	return errors.As(err, &own)
}

// silence reports that a request ended because nothing came back, not because its caller gave up.
func silence(caller context.Context, err error) bool {
	var late interface{ Timeout() bool }
	return caller.Err() == nil && errors.As(err, &late) && late.Timeout()
}

type heldBody struct {
	io.ReadCloser
	ctx  context.Context //nolint:containedctx // the request's own, needed to name the limit that ended it
	done func()
	gate *gate
	ticket
	// settled: the gate knows how it ended.
	settled atomic.Bool
}

// Read names the client's own limit when that cut the body short.
func (b *heldBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		if err = told(b.ctx, err); isOwn(err) && b.settled.CompareAndSwap(false, true) {
			b.gate.unheard(b.ticket, err)
		}
	}
	return n, err
}

// Close gives the turn back.
func (b *heldBody) Close() error {
	defer b.done()
	if b.settled.CompareAndSwap(false, true) {
		b.gate.heard()
	}
	return b.ReadCloser.Close()
}
