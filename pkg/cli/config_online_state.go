package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/internal/inert"
)

// stateRoom reports why this user cannot make, or write, the database of the state; it leaves nothing behind. The
// folder counts too where the database is there: its log and its locks stand beside it.
func stateRoom(path string) error {
	err := roomIn(filepath.Dir(path))
	if info, missing := os.Stat(path); err == nil && missing == nil && info.Mode().IsRegular() {
		err = mayWrite(path)
	}
	if err != nil {
		return fmt.Errorf("%w; make the folder %s for the user that var runs as, or set state", err, filepath.Dir(path))
	}
	return nil
}

// roomIn reports why nothing can be made in a folder, which is made itself where it is missing.
func roomIn(folder string) error {
	info, err := os.Stat(folder)
	switch parent := filepath.Dir(folder); {
	case errors.Is(err, fs.ErrNotExist) && parent != folder:
		return roomIn(parent)
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is no folder", folder)
	}
	return mayWrite(folder)
}

// warnOfState tells of a state that no run of this user could write.
func (a *App) warnOfState(d *config.Document) {
	cfg, _ := d.Salvage()
	if cfg == nil || cfg.StatePath() == "" {
		return
	}
	if err := stateRoom(cfg.StatePath()); err != nil {
		p := cfg.Problem("state", inert.Line(err.Error()))
		p.Warning = true
		a.tell([]config.Problem{p})
	}
}
