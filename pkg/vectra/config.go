package vectra

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/var-project/var/pkg/internal/wait"
)

// Defaults of a Config.
const (
	DefaultParallel = 8
	DefaultTimeout  = time.Minute
	DefaultAgent    = "var"
)

// Config says how one brain is reached. Name, URL, API and Auth are needed.
type Config struct {
	// Name is the brain's name: the source of all that is read from it.
	Name string
	// URL is the brain's origin, without "/api/…".
	URL string
	// API is the version: "2.5", "3.4".
	API  string
	Auth Auth
	// Tokens keep an OAuth login for other runs; nil keeps none.
	Tokens Tokens
	// TLS is verified by default; nil uses the system's authorities.
	TLS *tls.Config
	// Proxy finds the proxy of a request; nil is the environment's.
	Proxy func(*http.Request) (*url.URL, error)
	// Parallel bounds the requests in flight, Timeout one request with its answer.
	Parallel int
	Timeout  time.Duration
	// Rate is how many requests may begin per second; 0 is no limit.
	Rate float64
	// Agent is the User-Agent.
	Agent string
	Log   *slog.Logger
	// Now and Wait are the clock: nil is the real one. Wait ends early with the context's error.
	Now  func() time.Time
	Wait func(ctx context.Context, d time.Duration) error
}

func (cfg Config) filled() Config {
	cfg.Parallel = cmp.Or(cfg.Parallel, DefaultParallel)
	cfg.Timeout = cmp.Or(cfg.Timeout, DefaultTimeout)
	cfg.Agent = cmp.Or(cfg.Agent, DefaultAgent)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Proxy == nil {
		cfg.Proxy = http.ProxyFromEnvironment
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Wait == nil {
		cfg.Wait = wait.For
	}
	return cfg
}

func (cfg Config) check(v version) error {
	var problems []error
	if cfg.Name == "" {
		problems = append(problems, errors.New("a brain needs a name"))
	}
	if cfg.Parallel < 1 || cfg.Timeout < 0 || cfg.Rate < 0 {
		problems = append(problems, errors.New("parallel, timeout and rate must be positive"))
	}
	return errors.Join(append(problems, cfg.Auth.check(v))...)
}

// brainURL checks the URL of a brain. Credentials travel without TLS to this machine only.
func brainURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(text), "/"))
	if err != nil {
		return nil, errors.New("url cannot be read: write https:// and the brain's name")
	}
	switch {
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("url must be https:// and the brain's name, nothing more")
	case u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("url %q: write https:// and the brain's name", text)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, fmt.Errorf("url %q: credentials must not travel without TLS; write https://", text)
	case strings.Contains(u.Path, "/api/v"):
		return nil, fmt.Errorf("url %q: leave the path out; the version is said with api", text)
	}
	return u, nil
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}
