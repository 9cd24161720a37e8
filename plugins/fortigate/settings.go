package main

import (
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/plugins/fortigate/internal/addrgroup"
)

// The three ways of blocking.
const (
	modeGroup      = "address-group"
	modeQuarantine = "quarantine"
	modeFeed       = "feed"
)

// settings are what the operator configures of one blocker.
type settings struct {
	Mode string `toml:"mode" default:"address-group" enum:"address-group,quarantine,feed" help:"How to block: address-group (hosts, detections, static), quarantine (hosts) or feed (detections, static)."`

	InternalGroup  string `toml:"internal_group" when:"mode=address-group" help:"IPv4 address group for hosts, which a deny policy has as its source."`
	ExternalGroup  string `toml:"external_group" when:"mode=address-group" help:"IPv4 address group for destinations and domains, which a deny policy has as its destination."`
	InternalGroup6 string `toml:"internal_group6" when:"mode=address-group" help:"The group for IPv6 hosts; the name of internal_group with a 6 at its end when empty."`
	ExternalGroup6 string `toml:"external_group6" when:"mode=address-group" help:"The group for IPv6 destinations; the name of external_group with a 6 at its end when empty."`
	TakeOver       bool   `toml:"take_over" when:"mode=address-group" help:"Have objects of the predecessor that no tag tells of, its static destinations, go with the release of their address: those named by the bare address, of type iprange, without a comment."`
	MemberLimit    int    `toml:"member_limit" default:"250" min:"2" max:"5000" when:"mode=address-group" help:"How many members one nested group gets, the placeholder counted, before the next is made."`

	Feed string `toml:"feed" when:"mode=feed" help:"Name of the external resource of type address that entries are pushed to."`

	Expiry time.Duration `toml:"expiry" default:"24h" min:"0s" max:"8760h" when:"mode=quarantine" help:"How long a ban lasts unless it is renewed; 0 is without end."`

	Device []deviceSettings `toml:"device" min:"1" help:"The FortiGates, each of which gets every block."`
}

// deviceSettings are what is configured of one FortiGate.
type deviceSettings struct {
	Name string `toml:"name" required:"true" help:"What this device is called in logs and secrets."`
	URL  string `toml:"url" format:"url" required:"true" help:"Management address, such as https://fw1.example.net:8443."`
	VDOM string `toml:"vdom" default:"root" help:"The one virtual domain to block in."`
	blocker.TLS
	Token secret.String `toml:"token" former:"Fortinet_{url.host}" help:"Token of a REST API administrator."`
}

// groups are the base groups by class.
func (s settings) groups() map[entity.Class]addrgroup.Pair {
	groups := map[entity.Class]addrgroup.Pair{}
	if s.InternalGroup != "" {
		groups[entity.ClassSource] = addrgroup.Pair{Four: s.InternalGroup, Six: s.InternalGroup6}
	}
	if s.ExternalGroup != "" {
		groups[entity.ClassDestination] = addrgroup.Pair{Four: s.ExternalGroup, Six: s.ExternalGroup6}
	}
	return groups
}

// places are where blocks are looked for: another way, group, feed or VDOM is another place.
func (s settings) places() map[string]string {
	all := map[string]string{}
	switch s.Mode {
	case modeQuarantine:
		all[string(entity.ClassSource)] = s.Mode
	case modeFeed:
		all[string(entity.ClassDestination)] = s.Mode + " " + s.Feed
	default:
		for class, pair := range s.groups() {
			all[string(class)] = s.Mode + " " + pair.Four + ", " + pair.SixOrDefault()
		}
	}
	for _, d := range s.Device {
		all["device "+d.Name] = "vdom " + d.VDOM
	}
	return all
}

// kinds are what these settings can block.
func (s settings) kinds() []entity.Kind {
	var kinds []entity.Kind
	if s.Mode == modeQuarantine || (s.Mode == modeGroup && s.InternalGroup != "") {
		kinds = append(kinds, entity.KindHost)
	}
	if s.Mode == modeFeed || (s.Mode == modeGroup && s.ExternalGroup != "") {
		kinds = append(kinds, entity.KindDetection, entity.KindStatic)
	}
	return kinds
}
