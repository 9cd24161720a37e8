package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// StatePassword is the name of the secret with which var logs in to the database server of its state.
const StatePassword = "state.password"

// The forms of a state.
const (
	stateFile   = "sqlite://"
	stateServer = "postgres://"
)

func (k *checker) state(state string) {
	var err error
	switch {
	case strings.HasPrefix(state, stateFile):
		err = checkStateFile(strings.TrimPrefix(state, stateFile))
	case strings.HasPrefix(state, stateServer):
		err = checkStateServer(state)
	default:
		err = errors.New(`must begin with "sqlite://" or "postgres://"; for example "sqlite:///var/lib/var/var.db"`)
	}
	if err != nil {
		k.add("state", "%v", err)
	}
}

func checkStateFile(path string) error {
	if !filepath.IsAbs(path) || strings.HasSuffix(path, "/") || strings.ContainsAny(path, "?#\x00") {
		return errors.New(`must be an absolute path after "sqlite://", without ? and #; for example "sqlite:///var/lib/var/var.db"`)
	}
	return nil
}

// checkStateServer never repeats what it was given: it may hold a password.
func checkStateServer(state string) error {
	const example = `for example "postgres://var@db.example.net/var?sslmode=verify-full"`
	u, err := url.Parse(state)
	if err != nil {
		return errors.New("is not a URL: write postgres://user@host/database; " + example)
	}
	_, password := u.User.Password()
	query := u.Query()
	host := u.Hostname()
	if host == "" {
		host = query.Get("host")
	}
	switch {
	case password || query.Has("password") || query.Has("sslpassword"):
		return fmt.Errorf(`holds a password: secrets never stand in the file; store it with "var secret set %s"`, StatePassword)
	case host == "" || strings.Trim(u.Path, "/") == "":
		return errors.New("must name a host and a database; " + example)
	case query.Has(leaseTime) && !enough(query.Get(leaseTime)):
		return fmt.Errorf("has no good %s: write a time of at least %v, such as %s=30s", leaseTime, shortestLease, leaseTime)
	case u.Fragment != "":
		return errors.New("must be without #; " + example)
	case !query.Has("sslmode") && !local(host):
		return errors.New("must say how the server proves who it is: add ?sslmode=verify-full, and &sslrootcert=FILE for a CA of your own")
	}
	return nil
}

// leaseTime is the parameter that says how long a process that vanished keeps what it works on.
const (
	leaseTime     = "lease_time"
	shortestLease = time.Second
)

func enough(text string) bool {
	d, err := time.ParseDuration(text)
	return err == nil && d >= shortestLease
}

// local is a host that is reached without a network: a folder with a socket, or this machine.
func local(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.HasPrefix(host, "/") || host == "localhost" || err == nil && addr.IsLoopback()
}

// StatePath is the file of the state database; empty when it is on a server.
func (c *Config) StatePath() string {
	path, onFile := strings.CutPrefix(c.State, stateFile)
	if !onFile {
		return ""
	}
	return path
}

// StateOnServer says that the state is on a database server.
func (c *Config) StateOnServer() bool { return strings.HasPrefix(c.State, stateServer) }
