package lab

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"sync"
	"time"
)

// PANOSConfig is what a simulated firewall or Panorama is delivered with. Zero values mean what a device has by
// default.
type PANOSConfig struct {
	// Admins may use the API. Default: admin with the password admin and all rights.
	Admins []PANOSAdmin
	// Serial, Version (as "10.1.0") and Model are shown by the device. The version decides what it can.
	Serial, Version, Model string
	// VSYS are the virtual systems. Default: vsys1.
	VSYS []string
	// Targets are the serial numbers of managed firewalls; with some, the device is a Panorama.
	Targets []string
	// Capacity is the number of registered addresses of all virtual systems together. 0: none.
	Capacity int
	// Concurrent is the number of calls that are answered at one time. Default: 5.
	Concurrent int
	// Clock is the device's time. Default: time.Now.
	Clock func() time.Time
}

// PANOSAdmin is an administrator and what the role permits.
type PANOSAdmin struct {
	Name, Password string
	// Key is the API key. Default: one that depends on name and password, as on a device without a key lifetime.
	Key string
	// NoUserID and NoOperations take the rights to register and to show.
	NoUserID, NoOperations bool
}

// PANOS is a simulated PAN-OS firewall, or a Panorama with firewalls behind it, that speaks the XML API.
type PANOS struct {
	mu      sync.Mutex
	cfg     PANOSConfig
	ahead   time.Duration
	devices map[string]*panDevice
	// passive makes the device refuse registrations, as the passive member of a cluster does.
	passive bool
	// refresh makes a second registration of a tag renew its timeout, which real devices are not known to do.
	refresh  bool
	inFlight int
	held     chan struct{} // calls wait for it to be closed; nil: they do not wait
	backups  map[string]panConfig
}

// NewPANOS builds a device that has nothing registered.
func NewPANOS(cfg PANOSConfig) *PANOS {
	cfg.Serial = cmp.Or(cfg.Serial, "007200001234")
	cfg.Version = cmp.Or(cfg.Version, "10.1.0")
	cfg.Model = cmp.Or(cfg.Model, "PA-VM")
	cfg.Concurrent = cmp.Or(cfg.Concurrent, 5)
	cfg.Admins = slices.Clone(cfg.Admins)
	if len(cfg.Admins) == 0 {
		cfg.Admins = []PANOSAdmin{{Name: "admin", Password: "admin"}}
	}
	if len(cfg.VSYS) == 0 {
		cfg.VSYS = []string{"vsys1"}
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	for i, a := range cfg.Admins {
		cfg.Admins[i].Key = cmp.Or(a.Key, panKey(a.Name, a.Password))
	}
	p := &PANOS{cfg: cfg, devices: map[string]*panDevice{}, backups: map[string]panConfig{}}
	for _, serial := range append([]string{cfg.Serial}, cfg.Targets...) {
		p.devices[serial] = newPanDevice(serial, cfg.VSYS, p.now().Add(-longSince))
	}
	return p
}

// panKey looks like a key of a device without a key lifetime, characters that need encoding included.
func panKey(name, password string) string {
	sum := sha256.Sum256([]byte(name + "\x00" + password))
	return "LUFRPT1" + base64.StdEncoding.EncodeToString(sum[:]) + "="
}

// Key is the API key of an administrator, "" when there is none of that name.
func (p *PANOS) Key(admin string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.cfg.Admins {
		if a.Name == admin {
			return a.Key
		}
	}
	return ""
}

// ServeHTTP answers one call of the XML API.
func (p *PANOS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	wait, ok := p.enter()
	if !ok {
		panPage(http.StatusServiceUnavailable).send(w)
		return
	}
	defer p.leave()
	if wait != nil {
		select {
		case <-wait:
		case <-r.Context().Done():
			return
		}
	}
	p.answer(r).send(w)
}

// enter counts a call in; false when too many are being answered (panos-api.md, section 1).
func (p *PANOS) enter() (<-chan struct{}, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.inFlight >= p.cfg.Concurrent {
		return nil, false
	}
	p.inFlight++
	return p.held, true
}

func (p *PANOS) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight--
}

func (p *PANOS) answer(r *http.Request) panAnswer {
	q, refused := readPanRequest(r)
	if refused != nil {
		return *refused
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch q.kind {
	case "":
		return panMissing("type")
	case "keygen":
		return p.keygen(q)
	}
	admin, ok := p.admin(q.key)
	if !ok {
		return panForbidden(http.StatusForbidden)
	}
	switch q.kind {
	case "user-id":
		return p.userID(admin, q)
	case "op":
		return p.operation(admin, q)
	case "config":
		return p.configuration(admin, q)
	case "version":
		return panResult(p.versionInfo())
	}
	return panError(panInvalidCommand, "Invalid type "+q.kind)
}

func (p *PANOS) now() time.Time { return p.cfg.Clock().Add(p.ahead) }

func (p *PANOS) atLeast(release string) bool { return compareReleases(p.cfg.Version, release) >= 0 }
