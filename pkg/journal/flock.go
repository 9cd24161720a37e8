package journal

import (
	"context"
	"errors"
	"os"
	"time"
)

// errLocked says that another process has a lock.
var errLocked = errors.New("locked by another process")

// within tries to lock until it works or a time is over. Who only looks has a lock for an instant: even a single
// try waits for that.
func within(ctx context.Context, wait time.Duration, lock func(*os.File) error, f *os.File) error {
	end := time.NewTimer(max(wait, shortPause))
	defer end.Stop()
	for {
		err := lock(f)
		if !errors.Is(err, errLocked) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, context.Cause(ctx))
		case <-end.C:
			return err
		case <-time.After(time.Millisecond):
		}
	}
}

// letGo ends a lock and closes its file, which may not be open.
func letGo(f *os.File) error {
	if f == nil {
		return nil
	}
	return errors.Join(unlock(f), f.Close())
}

// closeFile closes a file that may not be open.
func closeFile(f *os.File) error {
	if f == nil {
		return nil
	}
	return f.Close()
}
