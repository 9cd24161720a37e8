package blocker

import (
	"os/exec"

	"github.com/var-project/var/pkg/internal/failpoint"
)

// Command runs a program that acts on a device, for plugins that speak to theirs by one, as cmd says, and waits for
// its end. started false: nothing was done, and err says why. Once it was started its effects are there, whatever err is.
func Command(cmd *exec.Cmd) (started bool, err error) {
	failpoint.Hit("command.start")
	if err := cmd.Start(); err != nil {
		return false, err
	}
	failpoint.Hit("command.running")
	err = cmd.Wait()
	failpoint.Hit("command.end")
	return true, err
}
