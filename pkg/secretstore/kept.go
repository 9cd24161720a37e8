package secretstore

import (
	"context"
	"fmt"

	"github.com/var-project/var/pkg/secret"
)

// Kept is what the keyring itself has under a name, wherever else the secret may be found; false when it has nothing.
func (s *Store) Kept(ctx context.Context, name string) (secret.String, bool, error) {
	if err := usable(ctx, name); err != nil {
		return secret.String{}, false, err
	}
	r, err := s.open()
	if err != nil {
		return secret.String{}, false, fmt.Errorf("secret %s: %w", name, err)
	}
	item, err := r.Get(name)
	if absent(err) {
		return secret.String{}, false, nil
	}
	if err != nil {
		return secret.String{}, false, fmt.Errorf("secret %s: keyring %s: %w", name, r.backend, err)
	}
	value := secret.New(string(item.Data))
	s.found(value)
	return value, true, nil
}

// Ready says what keeps secrets from being stored; nil when there is a keyring.
func (s *Store) Ready(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	_, err := s.open()
	return err
}
