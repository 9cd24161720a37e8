// Command var-plugin-fortigate blocks on FortiGate firewalls: by address groups, by the ban list
// (quarantine), or by a pushed threat feed.
package main

import (
	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// version is stamped in by the build.
var version = "dev"

// allKinds are what the plugin can block with some settings.
var allKinds = []entity.Kind{entity.KindHost, entity.KindDetection, entity.KindStatic}

// plugin describes the program to the host.
func plugin() blocker.Plugin[settings] {
	return blocker.Plugin[settings]{
		Name:    "fortigate",
		Version: version,
		Help:    "Blocks hosts, detections and static destinations on FortiGate firewalls.",
		Label:   "Fortinet Client",
		Aliases: []string{"fortinet"},
		Kinds:   allKinds,
		Open:    open,
	}
}

func main() { blocker.Serve(plugin()) }
