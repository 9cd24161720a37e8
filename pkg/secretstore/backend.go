package secretstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/99designs/keyring"

	"github.com/var-project/var/pkg/secret"
)

// choose takes readable files when they were asked for; the backend that VAR_KEYRING_BACKEND names; else
// encrypted files where there is a pass phrase for them; else what the desktop has; else pass. The kernel's
// keyring forgets when the machine starts anew, so it must be named. The name "none" wants no keyring.
func (s *Store) choose() (*ring, error) {
	if s.plain {
		return s.openPlain()
	}
	name, _ := s.lookup("VAR_KEYRING_BACKEND")
	if name == "none" {
		return nil, ErrNoKeyring
	}
	phrase, hasPhrase, err := s.phrase()
	s.found(secret.New(phrase))
	if err != nil {
		return nil, err
	}
	switch backend := keyring.BackendType(name); {
	case backend == keyring.FileBackend && !hasPhrase:
		return nil, s.orClosed(errors.New("the keyring of encrypted files needs a pass phrase: set "+phrasePlaces), true)
	case backend == keyring.FileBackend, name == "" && hasPhrase:
		return s.openFiles(phrase)
	case name != "" && !slices.Contains(keyring.AvailableBackends(), backend):
		return nil, fmt.Errorf("VAR_KEYRING_BACKEND %q is not available here: there are %v", name, keyring.AvailableBackends())
	case name != "":
		return s.openOne(backend)
	}
	return s.openFirst()
}

// openFirst opens the first that is there without being named.
func (s *Store) openFirst() (*ring, error) {
	for _, backend := range []keyring.BackendType{
		keyring.WinCredBackend, keyring.KeychainBackend, keyring.SecretServiceBackend, keyring.KWalletBackend, keyring.PassBackend,
	} {
		if r, err := s.openOne(backend); err == nil {
			return r, nil
		}
	}
	return nil, s.orClosed(ErrNoKeyring, false)
}

// loginCollection is what desktops unlock when somebody logs in. One of our own would have to be made with a
// question on the screen, which fails where nobody looks at it.
const loginCollection = "login"

func (s *Store) openOne(backend keyring.BackendType) (*ring, error) {
	if backend == keyring.PassBackend {
		if err := s.passReady(); err != nil {
			return nil, err
		}
	}
	k, err := keyring.Open(keyring.Config{
		AllowedBackends: []keyring.BackendType{backend}, ServiceName: service, KeychainTrustApplication: true,
		LibSecretCollectionName: loginCollection, KWalletAppID: service, KWalletFolder: service,
		PassPrefix: service, WinCredPrefix: service, KeyCtlScope: "user",
	})
	if err != nil {
		return nil, fmt.Errorf("keyring %s: %w", backend, err)
	}
	if backend == keyring.SecretServiceBackend {
		k = shared{k}
	}
	return &ring{k, backend, k.Set}, nil
}

// passReady reports why pass cannot keep anything: its program says so only when something is stored.
func (s *Store) passReady() error {
	dir, ok := s.lookup("PASSWORD_STORE_DIR")
	if !ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return fmt.Errorf("keyring pass: %w", err)
		}
		dir = filepath.Join(home, ".password-store")
	}
	if _, err := os.Stat(filepath.Join(dir, ".gpg-id")); err != nil {
		return fmt.Errorf("keyring pass: no store was made yet, see \"pass init\": %w", err)
	}
	return nil
}

// shared is a keyring that holds items of other programs too: ours bear a prefix.
type shared struct{ keyring.Keyring }

const sharedPrefix = service + ":"

// Get reads one of our items.
func (s shared) Get(key string) (keyring.Item, error) { return s.Keyring.Get(sharedPrefix + key) }

// Set stores one of our items.
func (s shared) Set(item keyring.Item) error {
	item.Key = sharedPrefix + item.Key
	return s.Keyring.Set(item)
}

// Remove deletes one of our items.
func (s shared) Remove(key string) error { return s.Keyring.Remove(sharedPrefix + key) }

// Keys lists our items.
func (s shared) Keys() ([]string, error) {
	all, err := s.Keyring.Keys()
	var ours []string
	for _, key := range all {
		if name, ok := strings.CutPrefix(key, sharedPrefix); ok {
			ours = append(ours, name)
		}
	}
	return ours, err
}
