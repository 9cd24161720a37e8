// Package secretstore finds the secrets of the configuration by their names: in
// the environment, in files, in the credentials directory and in the keyring, in
// this order. It also puts them into the keyring.
package secretstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"regexp"
	"strings"
	"sync"

	"github.com/99designs/keyring"

	"github.com/var-project/var/pkg/secret"
)

// Options say where secrets may be. The zero value is the environment of the process.
type Options struct {
	// LookupEnv reads the environment; nil is os.LookupEnv.
	LookupEnv func(name string) (string, bool)
	// Folder is where the encrypted-file keyring keeps its files; empty is "var/keyring" in the
	// user's configuration folder, or VAR_KEYRING_DIR.
	Folder string
	// Plain keeps secrets in files that whoever may open them can read, instead of a keyring.
	Plain bool
	// Log gets warnings about files that others can read; nil is none.
	Log *slog.Logger
	// Found hears each secret that comes to light, for those who keep it out of sight again; nil is nobody.
	Found func(secret.String)
}

// Store finds and keeps secrets. It may be used by many at once.
type Store struct {
	lookup func(string) (string, bool)
	folder string
	plain  bool
	log    *slog.Logger
	found  func(secret.String)
	warned *sync.Map
	door   *door
	// given are answers that go before every place.
	given map[string]secret.String
}

// door is the way to the keyring, which is opened once.
type door struct {
	mu   sync.Mutex
	ring *ring
}

// New makes a store. Nothing is opened before it is needed.
func New(o Options) *Store {
	s := &Store{lookup: o.LookupEnv, folder: o.Folder, plain: o.Plain, log: o.Log, found: o.Found, warned: &sync.Map{}, door: &door{}}
	if s.found == nil {
		s.found = func(secret.String) {}
	}
	if s.lookup == nil {
		s.lookup = os.LookupEnv
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

// With is a store that has these secrets before it looks anywhere, for trying out what is not stored
// yet. What is set through it goes into the keyring as ever; an empty secret is none.
func (s *Store) With(given map[string]secret.String) *Store {
	with := *s
	with.given = maps.Clone(s.given)
	if with.given == nil {
		with.given = map[string]secret.String{}
	}
	maps.Copy(with.given, given)
	return &with
}

// Origin is where a secret was found.
type Origin struct {
	// Store is one of the Store… constants; Place is the variable, the file or the kind of keyring.
	Store string `json:"store"`
	Place string `json:"place"`
}

// The stores, in the order in which they are asked.
const (
	StoreGiven       = "given"
	StoreEnvironment = "environment"
	StoreFile        = "file"
	StoreCredentials = "credentials directory"
	StoreKeyring     = "keyring"
)

// String is "file /run/secrets/token".
func (o Origin) String() string { return strings.TrimSpace(o.Store + " " + o.Place) }

// Fleeting reports that the place forgets when the machine starts anew.
func (o Origin) Fleeting() bool {
	return o.Store == StoreKeyring && o.Place == string(keyring.KeyCtlBackend)
}

// ErrNotFound says that a secret is in none of the stores.
var ErrNotFound = errors.New("is not set")

// NotFoundError names the places that were looked at, and the cure.
type NotFoundError struct {
	Name   string
	Looked []string
}

// Error says where the secret could be and how to put it there.
func (e *NotFoundError) Error() string {
	return fmt.Sprintf("secret %s %v; looked for in %s; set it with: var secret set %s",
		e.Name, ErrNotFound, strings.Join(e.Looked, ", "), e.Name)
}

// Is makes the error an ErrNotFound.
func (e *NotFoundError) Is(target error) bool { return target == ErrNotFound }

// Get finds a secret. A place that names it but cannot give it (a file that is not there, an empty
// variable, a locked keyring) is an error: the next place might hold an old one. Former are variables in
// which a predecessor had it: they are read as they stand, after every place that is named after the
// secret and before the keyring.
func (s *Store) Get(ctx context.Context, name string, former ...string) (secret.String, Origin, error) {
	if err := usable(ctx, name); err != nil {
		return secret.String{}, Origin{}, err
	}
	if value := s.given[name]; !value.Empty() {
		s.found(value)
		return value, Origin{Store: StoreGiven}, nil
	}
	missed := &NotFoundError{Name: name}
	for _, look := range []func(*NotFoundError) (string, Origin, error){
		s.fromEnvironment, s.fromFile, s.fromCredentials, s.fromFormer(former), s.fromKeyring,
	} {
		text, origin, err := look(missed)
		if err != nil {
			return secret.String{}, origin, fmt.Errorf("secret %s: %w", name, err)
		}
		if text != "" {
			value := secret.New(text)
			s.found(value)
			return value, origin, nil
		}
	}
	return secret.String{}, Origin{}, missed
}

// namePattern keeps names from being paths; see design: "blocker.edge.device.fw1.token".
var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_.-]{0,199}$`)

func usable(ctx context.Context, name string) error {
	if !namePattern.MatchString(name) || name == canary {
		return fmt.Errorf("%q is no name of a secret: they look like brain.hq.token", name)
	}
	return context.Cause(ctx)
}

// Variable is the environment variable of a secret: VAR_SECRET_BRAIN_HQ_TOKEN.
func Variable(name string) string {
	return "VAR_SECRET_" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}
