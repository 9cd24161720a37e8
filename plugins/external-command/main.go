// Command var-plugin-external-command blocks by running the operator's own
// programs.
package main

import "github.com/var-project/var/pkg/blocker"

// version is stamped in by the build.
var version = "dev"

func main() { blocker.Serve(plugin) }
