package secretstore

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/var-project/var/pkg/secret"
)

// Login is what the login of a brain is kept as: no secret that somebody gave, but one that can be had anew.
func Login(brain string) string { return "brain." + brain + ".login" }

var loginPattern = regexp.MustCompile(`^brain\.[^.]+\.login$`)

// Rename moves the secrets of the keyring that belong to one thing, such as "brain.hq", to its new
// name. What was interrupted is finished by another Rename. Where both names hold a secret, and not
// the same, nothing is moved: one of them would be lost. A login is dropped. Other places than the
// keyring are not ours to rename in.
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
		if err := s.differ(from, to); err != nil && !loginPattern.MatchString(from) {
			return err
		}
	}
	for from, to := range moves {
		if loginPattern.MatchString(from) {
			err = s.Delete(ctx, from)
		} else {
			err = s.move(ctx, from, to)
		}
		if err != nil {
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
