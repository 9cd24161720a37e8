package setup

import (
	"bytes"
	"context"
	"fmt"
)

// write puts the secrets into the keyring, unless the file alone is wanted, and then the text into the file. When one
// of them fails, the other is as it was. It does not stop half way.
func (t *talk) write(ctx context.Context, choice string) (told []string, err error) {
	ctx = context.WithoutCancel(ctx)
	undo := func() error { return nil }
	if t.KeepSecrets && choice == toWrite {
		if undo, told, err = store(ctx, t.Keyring, t.given); err != nil {
			return nil, fmt.Errorf("nothing was written: %w", err)
		}
	}
	if bytes.Equal(t.draft.Bytes(), t.original.Bytes()) {
		return told, nil
	}
	if err := t.draft.Save(); err != nil {
		if back := undo(); back != nil {
			return nil, fmt.Errorf("the file was not written: %w; and the keyring could not be put back: %w", err, back)
		}
		return nil, fmt.Errorf("nothing was written: %w", err)
	}
	return told, nil
}
