// Command var-plugin-example keeps its blocks in JSON files. It has every
// power of a plugin and can be told to fail in every way: for trying var out,
// for its scripts and tests, and to copy from.
package main

import "github.com/var-project/var/pkg/blocker"

// version is stamped in by the build.
var version = "dev"

func main() { blocker.Serve(plugin()) }
