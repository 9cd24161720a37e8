package secretstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/99designs/keyring"

	"github.com/var-project/var/pkg/secret"
)

// ring is an opened keyring.
type ring struct {
	keyring.Keyring
	backend keyring.BackendType
	// write stores an item, whole or not at all.
	write func(keyring.Item) error
}

// service is the name under which desktop keyrings show our items.
const service = "var"

// ErrNoKeyring says that this machine has no keyring that could be used, and how it gets one.
var ErrNoKeyring = errors.New("no keyring is available here: set VAR_KEYRING_PASSPHRASE_FILE for one of encrypted files, " +
	"or give the secret in the environment, a file or a credentials directory")

// open opens the keyring once. What fails is tried again the next time.
func (s *Store) open() (*ring, error) {
	s.door.mu.Lock()
	defer s.door.mu.Unlock()
	if s.door.ring != nil {
		return s.door.ring, nil
	}
	r, err := s.choose()
	if err == nil {
		s.door.ring = r
	}
	return r, err
}

func (s *Store) fromKeyring(missed *NotFoundError) (string, Origin, error) {
	r, err := s.open()
	if errors.Is(err, ErrNoKeyring) {
		missed.Looked = append(missed.Looked, "the keyring (none is available here)")
		return "", Origin{}, s.shutAway(missed.Name)
	}
	if err != nil {
		return "", Origin{Store: StoreKeyring}, err
	}
	origin := Origin{StoreKeyring, string(r.backend)}
	item, err := r.Get(missed.Name)
	if absent(err) {
		missed.Looked = append(missed.Looked, "the keyring ("+string(r.backend)+")")
		return "", origin, s.shutAway(missed.Name)
	}
	if err != nil {
		return "", origin, fmt.Errorf("keyring %s: %w", r.backend, err)
	}
	return string(item.Data), origin, unlessEmpty(string(item.Data), "the item in the keyring")
}

// absent tells a missing item from a keyring that failed; backends differ in how they say it.
func absent(err error) bool {
	return errors.Is(err, keyring.ErrKeyNotFound) || errors.Is(err, fs.ErrNotExist)
}

// Set puts a secret into the keyring in place of what is there, and says which keyring that is.
func (s *Store) Set(ctx context.Context, name string, value secret.String) (Origin, error) {
	if err := usable(ctx, name); err != nil {
		return Origin{}, err
	}
	if value.Empty() || len(value.Reveal()) > maxSecret {
		return Origin{}, fmt.Errorf("secret %s: must not be empty or longer than %d KiB", name, maxSecret>>10)
	}
	s.found(value)
	r, err := s.open()
	if err != nil {
		return Origin{}, fmt.Errorf("secret %s: %w", name, err)
	}
	origin := Origin{StoreKeyring, string(r.backend)}
	item := keyring.Item{Key: name, Data: []byte(value.Reveal()), Label: "var: " + name}
	if err := r.write(item); err != nil {
		return origin, fmt.Errorf("secret %s: keyring %s: %w", name, r.backend, err)
	}
	if err := r.holds(name, value); err != nil {
		return origin, fmt.Errorf("secret %s: keyring %s does not give back what was stored: %w", name, r.backend, err)
	}
	return origin, nil
}

func (r *ring) holds(name string, value secret.String) error {
	item, err := r.Get(name)
	if err == nil && string(item.Data) != value.Reveal() {
		return errors.New("it holds something else")
	}
	return err
}

// Delete takes a secret out of the keyring; ErrNotFound when it is not there.
func (s *Store) Delete(ctx context.Context, name string) error {
	if err := usable(ctx, name); err != nil {
		return err
	}
	r, err := s.open()
	if err != nil {
		return fmt.Errorf("secret %s: %w", name, err)
	}
	if _, err := r.Get(name); absent(err) {
		return fmt.Errorf("secret %s %w in the keyring (%s)", name, ErrNotFound, r.backend)
	}
	if err := r.Remove(name); err != nil && !absent(err) {
		return fmt.Errorf("secret %s: keyring %s: %w", name, r.backend, err)
	}
	return nil
}

// List gives the names of the secrets in the keyring, sorted; none when there is no keyring. One that is closed is an
// error.
func (s *Store) List(ctx context.Context) ([]string, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	r, err := s.open()
	var closed *ClosedError
	if errors.Is(err, ErrNoKeyring) && !errors.As(err, &closed) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	keys, err := r.Keys()
	if err != nil {
		return nil, fmt.Errorf("keyring %s: %w", r.backend, err)
	}
	names := slices.DeleteFunc(keys, func(key string) bool { return !namePattern.MatchString(key) || key == canary })
	slices.Sort(names)
	return names, nil
}
