package vectra

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/var-project/var/pkg/entity"
)

// Console is one brain. It is safe for concurrent use; all users share its bounds on requests, its login, and the
// pause that the brain asks for with 429.
type Console struct {
	name    string
	api     version
	origin  *url.URL
	agent   string
	http    *http.Client
	slots   chan struct{}
	gate    gate
	pace    *rate.Limiter
	login   login
	tokens  Tokens
	veil    veil
	timeout time.Duration
	log     *slog.Logger
	now     func() time.Time
	wait    func(context.Context, time.Duration) error
	// refused remembers optional parameters by path that this brain answered with 400.
	refused sync.Map
	// noBulk is set when the brain has no bulk tagging route.
	noBulk sync.Map
}

// New checks a Config and makes its Console. No request is made.
func New(cfg Config) (*Console, error) {
	cfg = cfg.filled()
	v, err := parseVersion(cfg.API)
	if err != nil {
		return nil, fmt.Errorf("brain %s: %w", cfg.Name, err)
	}
	if err := cfg.check(v); err != nil {
		return nil, fmt.Errorf("brain %s: %w", cfg.Name, err)
	}
	at, err := brainURL(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("brain %s: %w", cfg.Name, err)
	}
	c := stranger(cfg, v, at)
	c.login = cfg.Auth.login(c)
	return c, nil
}

// stranger makes a Console that cannot log in.
func stranger(cfg Config, v version, at *url.URL) *Console {
	return &Console{
		name: cfg.Name, api: v, origin: at, agent: cfg.Agent, http: client(cfg), slots: make(chan struct{}, cfg.Parallel), pace: pace(cfg.Rate),
		timeout: cfg.Timeout, tokens: cfg.Tokens, log: cfg.Log.With("source", cfg.Name), now: cfg.Now, wait: cfg.Wait,
	}
}

// client keeps as many connections as there are requests in flight, and follows no redirect:
// a redirected request would carry the credentials elsewhere.
func client(cfg Config) *http.Client {
	var secure *tls.Config
	if cfg.TLS != nil {
		secure = cfg.TLS.Clone()
	}
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy: cfg.Proxy, TLSClientConfig: secure, ForceAttemptHTTP2: true,
			MaxIdleConns: cfg.Parallel, MaxIdleConnsPerHost: cfg.Parallel, IdleConnTimeout: 90 * time.Second,
			MaxConnsPerHost:     cfg.Parallel, // else a request that finds all in use opens one more
			TLSHandshakeTimeout: cfg.Timeout, MaxResponseHeaderBytes: 1 << 20,
		},
	}
}

// Close lets go of the kept connections.
func (c *Console) Close() { c.http.CloseIdleConnections() }

// Name is the brain's name: the source of its targets.
func (c *Console) Name() string { return c.name }

// Family is "qux" or "rux".
func (c *Console) Family() string {
	if c.api.rux {
		return "rux"
	}
	return "qux"
}

// Urgency reports that the brain rates entities by urgency (RUX since v3.1).
func (c *Console) Urgency() bool { return c.api.since(never, 1) }

// path is where a resource is below the brain's origin.
func (c *Console) path(resource string) string { return "/api/v" + c.api.text + "/" + resource }

func (c *Console) ref(kind entity.Kind, id string) entity.Ref {
	return entity.Ref{Source: c.name, Kind: kind, ID: id}
}
