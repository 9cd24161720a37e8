// Command var keeps what a security console decides in force on the devices that can act.
package main

import (
	"os"
	_ "time/tzdata" // images made from scratch have no time zones

	"github.com/var-project/var/pkg/cli"
)

func main() { os.Exit(cli.Main()) }
