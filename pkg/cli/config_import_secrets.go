package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/var-project/var/pkg/predecessor"
	"github.com/var-project/var/pkg/secret"
)

// agree asks before secrets are brought over.
func (a *App) agree(ctx context.Context, left *predecessor.Import, o importOptions) error {
	if !o.keyring || len(left.Secrets) == 0 {
		return nil
	}
	return a.confirm(ctx, fmt.Sprintf("read %d secrets of the predecessor and keep them for var?", len(left.Secrets)), o.yes)
}

// bringSecrets keeps under their new names the secrets that the predecessor has, and says where each is then. One that is
// there already stays as it is; what cannot be read or kept hinders no other. Whoever interrupts one question is put no other.
func (a *App) bringSecrets(ctx context.Context, left *predecessor.Import, o importOptions, options predecessor.Options) (map[string]string, error) {
	kept := map[string]string{}
	var troubles []error
	theirs := predecessor.FindKeyring(left.Folder, options, a.Getenv)
	for _, s := range left.Secrets {
		if _, origin, err := a.secretStore().Get(ctx, s.Name, s.System+"_"+s.Key); err == nil {
			kept[s.Name] = origin.String()
			continue
		}
		if !o.keyring {
			continue
		}
		origin, err := a.bring(ctx, s, theirs)
		if origin != "" {
			kept[s.Name] = origin
		}
		if err != nil {
			troubles = append(troubles, fmt.Errorf("secret %s: %w", s.Name, err))
		}
		if errors.Is(err, predecessor.ErrInterrupted) || ctx.Err() != nil {
			break
		}
	}
	return kept, errors.Join(troubles...)
}

// bring keeps one secret; one that the predecessor has nowhere is no error.
func (a *App) bring(ctx context.Context, s predecessor.Secret, theirs predecessor.Keyring) (string, error) {
	value, err := inHand(ctx, s, theirs)
	if err != nil || value.Empty() {
		return "", err
	}
	origin, err := a.secretStore().Set(ctx, s.Name, value)
	if err != nil {
		return "", err
	}
	return origin.String(), nil
}

func inHand(ctx context.Context, s predecessor.Secret, theirs predecessor.Keyring) (secret.String, error) {
	if !s.Clear.Empty() {
		return s.Clear, nil
	}
	return theirs.Get(ctx, s.System, s.Key)
}
