package main

import (
	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// version is stamped in by the build.
var version = "dev"

// plugin describes the program to the host.
var plugin = blocker.Plugin[settings]{
	Name:    "fortigate",
	Version: version,
	Help:    "Blocks hosts, detections and static destinations on FortiGate firewalls.",
	Label:   "Fortinet Client",
	Aliases: []string{"fortinet"},
	Kinds:   []entity.Kind{entity.KindHost, entity.KindDetection, entity.KindStatic},
	Open:    open,
}
