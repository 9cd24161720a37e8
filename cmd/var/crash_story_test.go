package main_test

import (
	"fmt"
	"testing"
)

// story is one thing that var does, and that it may be killed at.
type story struct {
	name   string
	family family
	means  means
	// settings are more of those of the blocker.
	settings string
	// before makes the world in which var is about to do it.
	before func(*testing.T, *crashWorld)
	// args is the command that is killed, and that is run again afterwards; by default a pass that grooms. DIR is
	// the folder that var works in.
	args []string
	// then is what people do between the run that dies and the one that does not.
	then func(*testing.T, *crashWorld)
	// stopped says that passes end with the exit code for what a person stopped.
	stopped bool
	// refused says that the command refuses its work the first time, and may then be run again.
	refused bool
}

func (s story) String() string { return s.name }

func (s story) command() []string {
	if s.args != nil {
		return s.args
	}
	return []string{"run", "--groom"}
}

// alarm is the command that takes everything off.
var alarm = []string{"panic", "--yes", "--reason", "drill"}

// orders is the command by which a person decides about the host of a role.
func orders(verb string, role int, more ...string) []string {
	return append([]string{verb, fmt.Sprintf("ws-%d", role), "--reason", "ticket 7"}, more...)
}

var (
	quxToken, quxOAuth, rux34, rux33 = families[0], families[1], families[2], families[3]
	addressGroups, quarantine, feed  = fortigates{"address-group"}, fortigates{"quarantine"}, fortigates{"feed"}
)

// withdrawn is the story in which only the journal knows what was done: commands cannot be asked.
const withdrawn = "wanted no more after the crash, by command"

// stories are what is told of each way of blocking.
var stories = []story{
	{name: "block on FortiGate groups", family: quxToken, means: addressGroups, before: wished},
	{name: "block on PAN-OS", family: rux34, means: panos{}, before: wished},
	{name: "block by command", family: quxOAuth, means: command{}, before: wished},
	{name: "release on FortiGate groups", family: rux33, means: addressGroups, before: unwished},
	{name: "release on PAN-OS", family: quxToken, means: panos{}, before: unwished},
	{name: "release by command", family: rux34, means: command{}, before: unwished},
	{name: "renew bans", family: quxToken, means: quarantine, settings: "expiry = \"1h\"\n", before: aged},
	{name: "renew on PAN-OS", family: rux34, means: panos{}, settings: "timeout = \"1h\"\n", before: aged},
	{name: "groom on FortiGate groups", family: quxOAuth, means: addressGroups, before: moved},
	{name: "groom on PAN-OS", family: rux33, means: panos{}, before: moved},
	{name: "groom by command", family: quxToken, means: command{}, before: moved},
	{name: "static list in a feed", family: rux34, means: feed, before: relisted},
	{name: "static list by command", family: rux33, means: command{}, before: relisted},
	{name: "all at once on FortiGate groups", family: rux34, means: addressGroups, before: stirred},
	{name: "all at once on PAN-OS", family: quxOAuth, means: panos{}, before: stirred},
	{name: "all at once in a feed", family: rux33, means: feed, before: stirred},
	{name: "one of two holders goes", family: quxToken, means: addressGroups, before: shared},
	{name: "wanted no more after the crash, FortiGate groups", family: quxToken, means: addressGroups, before: wished, then: unwish},
	{name: "wanted no more after the crash, PAN-OS", family: rux34, means: panos{}, before: wished, then: unwish},
	{name: withdrawn, family: rux33, means: command{}, before: wished, then: unwish},
	{name: "wanted again after the crash, FortiGate groups", family: rux34, means: addressGroups, before: unwished, then: wishAgain},
	{name: "an older journal", family: quxToken, means: command{}, before: older},
	{name: "a journal is restored", family: quxOAuth, means: command{}, before: copied, args: []string{"state", "restore", "DIR/copy.db", "--replace"}},
	{name: "a damaged journal is set aside", family: rux33, means: addressGroups, before: damaged, refused: true},
	{name: "a damaged journal is made anew", family: rux34, means: addressGroups, before: setAside},
	{name: "a person blocks, FortiGate groups", family: quxToken, means: addressGroups, before: quiet, args: orders("block", coming, "--for", "4h")},
	{name: "a person blocks, by command", family: rux34, means: command{}, before: quiet, args: orders("block", coming, "--for", "4h")},
	{name: "a person releases, PAN-OS", family: quxOAuth, means: panos{}, before: blocked, args: orders("release", leaving)},
	{name: "a person releases, by command", family: rux33, means: command{}, before: blocked, args: orders("release", leaving)},
	{name: "panic, FortiGate groups", family: rux34, means: addressGroups, before: blocked, args: alarm, stopped: true},
	{name: "panic, PAN-OS", family: quxToken, means: panos{}, before: blocked, args: alarm, stopped: true},
	{name: "panic, by command", family: rux33, means: command{}, before: blocked, args: alarm, stopped: true},
	{name: "moved on after the crash, by command", family: quxToken, means: command{}, before: moved, then: moveOn},
}
