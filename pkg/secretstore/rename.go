package secretstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/secret"
)

// Rename moves the secrets of the keyring that belong to one thing, such as "brain.hq", to its new
// name. What was interrupted is finished by another Rename. Where both names hold a secret, and not
// the same, nothing is moved: one of them would be lost. Other places than the keyring are not ours
// to rename in.
func (s *Store) Rename(ctx context.Context, oldPrefix, newPrefix string) error {
	names, err := s.List(ctx)
	if err != nil {
		return err
	}
	moves := map[string]string{}
	for _, name := range names {
		if name == oldPrefix || strings.HasPrefix(name, oldPrefix+".") {
			moves[name] = newPrefix + strings.TrimPrefix(name, oldPrefix)
		}
	}
	for from, to := range moves {
		if err := s.differ(from, to); err != nil {
			return err
		}
	}
	for from, to := range moves {
		if err := s.move(ctx, from, to); err != nil {
			return err
		}
	}
	return nil
}

// differ fails when both names hold a secret, and not the same.
func (s *Store) differ(from, to string) error {
	r, err := s.open()
	if err != nil {
		return err
	}
	there, err := r.Get(to)
	if absent(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("secret %s: keyring %s: %w", to, r.backend, err)
	}
	if err := r.holds(from, secret.New(string(there.Data))); err != nil {
		return fmt.Errorf("secret %s is in the keyring (%s) beside %s: delete one of them with \"var secret delete\"", to, r.backend, from)
	}
	return nil
}

func (s *Store) move(ctx context.Context, from, to string) error {
	r, err := s.open()
	if err != nil {
		return err
	}
	item, err := r.Get(from)
	if err != nil {
		return fmt.Errorf("secret %s: keyring %s: %w", from, r.backend, err)
	}
	if _, err := s.Set(ctx, to, secret.New(string(item.Data))); err != nil {
		return err
	}
	return s.Delete(ctx, from)
}
