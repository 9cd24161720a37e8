package lab

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	defaultTokenLife   = 6 * time.Hour
	defaultRefreshLife = 24 * time.Hour
	// Real tokens are about this long, in bytes, which breaks stores for small values.
	accessLength, refreshLength = 1900, 2500
)

// brainDoor knows who may come in.
type brainDoor struct {
	config BrainConfig

	mu      sync.Mutex
	access  map[string]time.Time
	refresh map[string]time.Time
}

func newBrainDoor(c BrainConfig) *brainDoor {
	return &brainDoor{config: c, access: map[string]time.Time{}, refresh: map[string]time.Time{}}
}

// admits checks the Authorization header of a data call.
func (d *brainDoor) admits(r *http.Request, now time.Time) bool {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch strings.ToLower(scheme) {
	case "token":
		return value != "" && slices.Contains(d.config.Tokens, value)
	case "bearer":
		d.mu.Lock()
		defer d.mu.Unlock()
		return now.Before(d.access[value])
	}
	return false
}

// knows checks the Basic header of a token call.
func (d *brainDoor) knows(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	return ok && id != "" && id == d.config.ClientID && secret == d.config.ClientSecret
}

// issue makes an access token that lives for the second result.
func (d *brainDoor) issue(now time.Time) (string, time.Duration) {
	return d.mint(d.access, accessLength, d.life(), now), d.life()
}

func (d *brainDoor) issueRefresh(now time.Time) (string, time.Duration) {
	life := d.config.RefreshLife
	if life == 0 {
		life = defaultRefreshLife
	}
	return d.mint(d.refresh, refreshLength, life, now), life
}

func (d *brainDoor) life() time.Duration {
	if d.config.TokenLife == 0 {
		return defaultTokenLife
	}
	return d.config.TokenLife
}

func (d *brainDoor) mint(into map[string]time.Time, length int, life time.Duration, now time.Time) string {
	token := "eyJ" + randomHex((length-3)/2)
	d.mu.Lock()
	defer d.mu.Unlock()
	into[token] = now.Add(life)
	return token
}

func (d *brainDoor) refreshes(token string, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return now.Before(d.refresh[token])
}

// forget makes all access tokens, or all refresh tokens, worthless.
func (d *brainDoor) forget(refresh bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if refresh {
		clear(d.refresh)
		return
	}
	clear(d.access)
}
