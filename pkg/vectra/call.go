package vectra

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/failpoint"
)

// Limits of answers: a page of a list, and everything else.
const (
	maxPage  = 64 << 20
	maxSmall = 1 << 20
)

// call is one request to the brain, which may be sent several times.
type call struct {
	method string
	path   string // below the origin
	query  url.Values
	kind   string // content type of the body
	body   []byte
	limit  int64
	// into is where the answer's body is put, to be used again; nil: somewhere new.
	into *bytes.Buffer
	// once: a repeat would do it twice, so it is repeated only when it cannot have arrived.
	once bool
	// fresh: it says what was read just before, so it is sent at once or not at all. What would have to wait
	// ends as stale.
	fresh bool
	// tries is how often it is sent at most.
	tries int
}

func (k call) String() string { return k.method + " " + k.path }

// answer is what came back, whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// lost is a call that got no whole answer.
type lost struct {
	err error
	// arrived: a connection was made, so the brain may have acted on it.
	arrived bool
}

func (l *lost) Error() string { return l.err.Error() }
func (l *lost) Unwrap() error { return l.err }

// stale is a fresh call that would have had to wait, or to be repeated.
type stale struct{ err error }

func (s *stale) Error() string { return s.err.Error() }
func (s *stale) Unwrap() error { return s.err }

var errShut = &entity.Error{Class: entity.Transient, Err: errors.New("the brain wants to be asked later")}

// send makes one attempt: it takes a slot, which it holds until the answer is read, and waits for its turn. Whatever
// waits for a slot goes by what the brain said meanwhile.
func (c *Console) send(ctx context.Context, k call, credentials string) (answer, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return answer{}, &lost{err: context.Cause(ctx)}
	}
	if err := c.begin(ctx, k); err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, fmt.Errorf("%w within %s", errTimeout, c.timeout))
	defer cancel()
	began := c.now()
	var arrived atomic.Bool
	a, err := c.exchange(traced(ctx, &arrived), k, credentials)
	c.log.DebugContext(ctx, "brain asked", "method", k.method, "path", k.path, "status", a.status, "bytes", len(a.body), "duration_ms", float64(c.now().Sub(began).Microseconds())/1000)
	if err == nil {
		return a, nil
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return answer{}, &lost{err: err, arrived: arrived.Load()}
}

func traced(ctx context.Context, arrived *atomic.Bool) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { arrived.Store(true) }})
}

func (c *Console) exchange(ctx context.Context, k call, credentials string) (answer, error) {
	req, err := c.request(ctx, k, credentials)
	if err != nil {
		return answer{}, err
	}
	failpoint.Hit("brain.request")
	res, err := c.http.Do(req)
	if err != nil {
		return answer{}, bare(err)
	}
	defer func() { _ = res.Body.Close() }()
	a := answer{status: res.StatusCode, header: res.Header}
	a.body, err = k.read(res)
	failpoint.Hit("brain.answer")
	return a, err
}

func (c *Console) request(ctx context.Context, k call, credentials string) (*http.Request, error) {
	at := c.origin.JoinPath(k.path)
	at.RawQuery = k.query.Encode()
	req, err := http.NewRequestWithContext(ctx, k.method, at.String(), bytes.NewReader(k.body))
	if err != nil {
		return nil, bare(err)
	}
	req.Header.Set("User-Agent", c.agent)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Cache-Control", "no-cache")
	if k.kind != "" {
		req.Header.Set("Content-Type", k.kind)
	}
	if credentials != "" {
		req.Header.Set("Authorization", credentials)
	}
	return req, nil
}

// errLarge is an answer beyond its limit, errTimeout one that did not come in time.
var (
	errLarge   = errors.New("the answer is larger than is sensible")
	errTimeout = errors.New("no complete answer came")
)

// read reads an answer to its end.
func (k call) read(res *http.Response) ([]byte, error) {
	into := k.into
	if into == nil {
		into = new(bytes.Buffer)
	}
	into.Reset()
	if n := res.ContentLength; n > 0 && n <= k.limit {
		into.Grow(int(n) + bytes.MinRead)
	}
	_, err := into.ReadFrom(io.LimitReader(res.Body, k.limit+1))
	if err == nil && int64(into.Len()) > k.limit {
		return nil, fmt.Errorf("%w: more than %d MiB", errLarge, k.limit>>20)
	}
	return into.Bytes(), err
}

// bare takes the URL, which an operator knows, off an error of net/http.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// get is a call that reads.
func get(path string, query url.Values) call {
	return call{method: http.MethodGet, path: path, query: query, limit: maxSmall, tries: defaultTries}
}

// put is a call that writes JSON.
func put(method, path string, query url.Values, body []byte) call {
	return call{method: method, path: path, query: query, kind: "application/json", body: body, limit: maxSmall, tries: defaultTries}
}

const defaultTries = 4

// backoff grows from half a second, doubling.
func backoff(try int) time.Duration { return 500 * time.Millisecond << (try - 1) }
