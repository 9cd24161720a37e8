// Command var-plugin-paloalto blocks on Palo Alto Networks firewalls: hosts and destinations as
// registered addresses, accounts as registered users, each with a tag that dynamic groups match.
package main

import (
	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// version is stamped in by the build.
var version = "dev"

func main() { blocker.Serve(plugin) }

var plugin = blocker.Plugin[settings]{
	Name:    "paloalto",
	Version: version,
	Help:    "Palo Alto Networks firewalls, direct or through Panorama: tags on addresses and users, matched by dynamic groups.",
	Label:   "PAN Client",
	Aliases: []string{"pan"},
	Kinds:   entity.Kinds(),
	Open:    open,
}
