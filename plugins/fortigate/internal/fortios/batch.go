package fortios

import (
	"context"
	"net/http"
	"net/url"
	"sync"

	"github.com/var-project/var/pkg/blocker"
)

// Batch is a run of requests that belong together. After the first answer that refuses the
// credentials no further request is made: three of them lock the address out, and each lockout
// of an API user doubles. It may be used by several goroutines.
type Batch struct {
	client *Client

	mu      sync.Mutex
	refused error
	version string
	serial  string
}

// Batch begins a run of requests.
func (c *Client) Batch() *Batch { return &Batch{client: c} }

// Get reads a resource.
func (b *Batch) Get(ctx context.Context, path string, query url.Values) (Envelope, error) {
	return b.call(ctx, http.MethodGet, path, query, nil)
}

// Post creates an entry or starts an action.
func (b *Batch) Post(ctx context.Context, path string, body any) (Envelope, error) {
	return b.call(ctx, http.MethodPost, path, nil, body)
}

// Put changes the named fields of an entry and leaves the others.
func (b *Batch) Put(ctx context.Context, path string, body any) (Envelope, error) {
	return b.call(ctx, http.MethodPut, path, nil, body)
}

// Delete removes an entry.
func (b *Batch) Delete(ctx context.Context, path string) error {
	_, err := b.call(ctx, http.MethodDelete, path, nil, nil)
	return err
}

// Device is what the answers so far tell of the device; both are empty before the first.
func (b *Batch) Device() (version, serial string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.version, b.serial
}

func (b *Batch) call(ctx context.Context, method, path string, query url.Values, body any) (Envelope, error) {
	if err := b.stopped(); err != nil {
		return Envelope{}, err
	}
	env, err := b.client.send(ctx, method, path, query, body)
	b.note(env, err)
	return env, err
}

func (b *Batch) stopped() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.refused
}

func (b *Batch) note(env Envelope, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if env.Version != "" {
		b.version, b.serial = env.Version, env.Serial
	}
	if b.refused == nil && blocker.ClassOf(err) == blocker.Unauthorized {
		b.refused = err
	}
}
