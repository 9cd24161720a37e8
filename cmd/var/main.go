// Command var keeps what a security console decides in force on the devices that can act.
package main

import (
	"os"

	"github.com/var-project/var/pkg/cli"
)

func main() { os.Exit(cli.Main()) }
