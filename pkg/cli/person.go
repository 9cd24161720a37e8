package cli

import (
	"cmp"
	"errors"
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"github.com/var-project/var/pkg/entity"
)

// by is the person at the command line, with why, now.
func (a *App) by(reason string) entity.By {
	return entity.By{Who: a.who(), Reason: strings.TrimSpace(reason), At: a.Now().UTC()}
}

// who is the person behind sudo, else the user that runs this.
func (a *App) who() string {
	name := a.Getenv("SUDO_USER")
	if u, err := user.Current(); name == "" && err == nil {
		name = cmp.Or(u.Username, "uid "+u.Uid)
	}
	return cmp.Or(name, "unknown")
}

// reasonFlag takes why something is done; it stands in the history.
func reasonFlag(cmd *cobra.Command, reason *string) {
	cmd.Flags().StringVar(reason, "reason", "", "why; it is kept in the history")
}

// needReason asks for a reason where others will want to know it.
func needReason(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return usage(errors.New(`--reason: say why in a few words, as in --reason "tested with the network team": others will want to know`))
	}
	return nil
}
