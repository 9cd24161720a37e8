// Package config turns the configuration file into checked values. Whatever is
// wrong is told in one run, each with file, line, key and cure. It also reads the
// static destination list.
package config

import (
	"cmp"
	"time"

	"github.com/var-project/var/pkg/entity"
)

// Config is a configuration that was checked: every value is there, defaults
// included, and relative paths start at the folder of the file.
type Config struct {
	State      string             `toml:"state" default:"sqlite:///var/lib/var/var.db" help:"Where var remembers what it did: sqlite:// and the absolute path of a file, or postgres:// and the address of a database."`
	Owner      string             `toml:"owner" help:"Marks what this installation puts on devices. Empty: made once and kept in the state."`
	Run        Run                `toml:"run" help:"How passes are made."`
	Window     Window             `toml:"window" help:"When new blocks are allowed. What is held stays held outside of it, is kept in repair, and is released."`
	Brains     map[string]Brain   `toml:"brain" help:"One table for each Vectra brain. Its name is its identity: it stands in the state and in the names of its secrets."`
	Hosts      Hosts              `toml:"hosts" help:"Which hosts are blocked."`
	Accounts   Accounts           `toml:"accounts" help:"Which accounts are blocked."`
	Detections Detections         `toml:"detections" help:"Of which detections the destinations are blocked."`
	Static     Static             `toml:"static" help:"A list of destinations that are blocked whatever brains say."`
	Gate       Gates              `toml:"gate" help:"Limits on what one pass may do to the targets of one kind of one source. Beyond them it does nothing of that kind in that direction, and the run ends with 3. Releases by a release tag, a no-block group, never-block or a person do not count."`
	NeverBlock NeverBlock         `toml:"never_block" help:"What nothing may ever block, whoever asks. This machine, its gateways and name servers, the brains, the firewalls and the session you are logged in from are found by themselves."`
	Notify     Notify             `toml:"notify" help:"Who is told what var does."`
	Log        Log                `toml:"log" help:"What var writes about its own work."`
	Admin      Admin              `toml:"admin" help:"Where var run --loop answers questions about itself: health, metrics and a page to look at."`
	Blockers   map[string]Blocker `toml:"blocker" help:"One table for each use of a plugin. Its name is its identity: it stands in the state, in the names of its secrets, and in its marks on devices."`

	file  string
	lines map[string]int
}

// TLS are the three keys of every end that is spoken to over TLS.
type TLS struct {
	CAFile             string `toml:"ca_file" help:"PEM file of the authorities that may sign the certificate; empty: the system's."`
	ServerName         string `toml:"server_name" help:"Name that the certificate must bear, when it is not the one in the URL."`
	InsecureSkipVerify bool   `toml:"insecure_skip_verify" default:"false" help:"Accept any certificate. Every pass warns while this is set."`
}

// Brain is one Vectra console. Its secrets are kept elsewhere, under the names that Secrets gives.
type Brain struct {
	URL      string        `toml:"url" required:"true" help:"Address of the brain: https:// and its name."`
	API      string        `toml:"api" enum:"2.1,2.2,2.3,2.4,2.5,3.3,3.4" help:"Version of the API. Empty: 3.4 when the host ends in portal.vectra.ai, else 2.5."`
	Auth     string        `toml:"auth" default:"oauth" enum:"oauth,token" help:"How to log in: oauth (2.5 and 3.x) or token (2.x)."`
	Parallel int           `toml:"parallel" default:"8" min:"1" max:"64" help:"Requests in flight at the same time."`
	Rate     float64       `toml:"rate" default:"0" min:"0" max:"1000" help:"Requests that may begin per second; 0: no limit."`
	Timeout  time.Duration `toml:"timeout" default:"1m" min:"1s" max:"30m" help:"Longest wait for one complete answer."`
	Proxy    string        `toml:"proxy" help:"URL of a proxy. Empty: HTTPS_PROXY and NO_PROXY of the environment."`
	TLS
}

// Run says how passes are made.
type Run struct {
	Interval        time.Duration `toml:"interval" default:"5m" min:"1s" max:"24h" help:"Time from the start of one pass to the start of the next with --loop."`
	Jitter          int           `toml:"jitter" default:"10" min:"0" max:"50" help:"Percent of the interval by which a pass comes earlier or later by chance, so that many installations do not ask at the same moment."`
	StopTimeout     time.Duration `toml:"stop_timeout" default:"30s" min:"0s" max:"1h" help:"How long what is in flight may go on after SIGTERM or SIGINT; then it is cut off, and the next pass recovers it."`
	Deadline        time.Duration `toml:"deadline" default:"30m" min:"0s" max:"24h" help:"Longest time in which a pass begins something; what is not begun by then is left for the next pass. 0: none."`
	ExplicitUnblock bool          `toml:"explicit_unblock" default:"false" help:"A block ends only by the release tag, a no-block group or a person, not when no rule matches any more."`
	Groom           bool          `toml:"groom" default:"false" help:"Block anew what has changed its address, as with --groom."`
	Compare         int           `toml:"compare" default:"1" min:"0" max:"10000" help:"Compare what is held with what the devices list in every n-th pass, and repair it; 0: never."`
	KeepHistory     time.Duration `toml:"keep_history" default:"2160h" min:"1m" max:"87600h" help:"How long var history remembers."`
}

// Window is when new blocks are allowed; see Config.Schedule.
type Window struct {
	Days     []string `toml:"days" help:"Days on which blocking is allowed: week, weekday, weekend, or names of days. Empty: every day."`
	Start    string   `toml:"start" help:"Time of the day from which on it is allowed: HH:MM. Empty, or the same as end: all day."`
	End      string   `toml:"end" help:"Time of the day up to which it is allowed: HH:MM. Before start: on the day after. Empty: all day."`
	Timezone string   `toml:"timezone" help:"Time zone of start and end, such as Europe/Brussels. Empty: this machine's."`
	Releases string   `toml:"releases" default:"always" enum:"always,window" help:"When what has no reason any more is released: always, or only in the window. Release tags, no-block groups and persons release at any time."`
}

// Gates are limits on what one pass may do to the targets of one kind of one source. Beyond them it does nothing of
// that kind in that direction.
type Gates struct {
	Limits
	Hosts      KindLimits `toml:"hosts"`
	Accounts   KindLimits `toml:"accounts"`
	Detections KindLimits `toml:"detections"`
	Static     KindLimits `toml:"static"`
}

// Limits count targets; 0 is no limit, except as a floor.
type Limits struct {
	MaxBlocks          int `toml:"max_blocks" default:"50" min:"0" max:"1000000" help:"Most targets that one pass blocks; 0: no limit."`
	MaxReleases        int `toml:"max_releases" default:"50" min:"0" max:"1000000" help:"Most targets that one pass releases for want of a reason; 0: no limit."`
	MaxReleasesPercent int `toml:"max_releases_percent" default:"30" min:"0" max:"100" help:"The same as a share of what is held, once more than floor are; 0: no limit."`
	Floor              int `toml:"floor" default:"10" min:"0" max:"1000000" help:"Up to so many are never too many by share, nor after an upgrade or a change of the rules."`
}

// KindLimits are the limits of one kind; nil: as for all.
type KindLimits struct {
	MaxBlocks          *int `toml:"max_blocks" min:"0" max:"1000000" help:"Most targets of this kind that one pass blocks; 0: no limit. Absent: as for all."`
	MaxReleases        *int `toml:"max_releases" min:"0" max:"1000000" help:"Most targets of this kind that one pass releases for want of a reason; 0: no limit. Absent: as for all."`
	MaxReleasesPercent *int `toml:"max_releases_percent" min:"0" max:"100" help:"The same as a share of what is held; 0: no limit. Absent: as for all."`
	Floor              *int `toml:"floor" min:"0" max:"1000000" help:"Up to so many of this kind are never too many by share. Absent: as for all."`
}

// NeverBlock is what nothing may ever block, besides what is computed: this machine and what it cannot work without.
type NeverBlock struct {
	Targets         []string `toml:"targets" help:"Addresses, networks, host names, accounts, and domains with everything below them."`
	PublicResolvers bool     `toml:"public_resolvers" default:"true" help:"Never block the well-known public name servers as destinations."`
	MinPrefixIPv4   int      `toml:"min_prefix_ipv4" default:"8" min:"8" max:"32" help:"Networks with a shorter prefix are never blocked: 8 bits or more."`
	MinPrefixIPv6   int      `toml:"min_prefix_ipv6" default:"19" min:"19" max:"128" help:"The same for IPv6: 19 bits or more."`
}

// Score is a condition on threat and certainty, each reached with ≥.
type Score struct {
	Threat    int    `toml:"threat" required:"true" min:"0" max:"100" help:"Least threat; a brain never gives more than 99."`
	Match     string `toml:"match" default:"and" help:"and: both are needed; or: one is enough."`
	Certainty int    `toml:"certainty" required:"true" min:"0" max:"100" help:"Least certainty; a brain never gives more than 99."`
}

// Either reports that one of threat and certainty is enough.
func (s Score) Either() bool { return s.Match == matchOr }

// Rules are the reasons that hosts and accounts have in common.
type Rules struct {
	BlockGroup          string   `toml:"block_group" help:"Group whose members are blocked. Empty: none. One that is named must exist in every brain."`
	NoBlockGroup        string   `toml:"no_block_group" help:"Group whose members are never blocked, and released when they are. Empty: none. One that is named must exist in every brain."`
	Score               *Score   `toml:"score" help:"Blocks from these scores on. Absent: off."`
	Urgency             *int     `toml:"urgency" min:"1" max:"100" help:"Blocks from this urgency on (3.x; wins over score there). Absent: off."`
	DetectionTypes      []string `toml:"detection_types" help:"Blocks what has an active detection of one of these types."`
	DetectionTypesScore *Score   `toml:"detection_types_score" help:"Scores that are needed besides such a detection. Absent: any."`
}

// Hosts are the rules for hosts.
type Hosts struct {
	Enabled    bool   `toml:"enabled" default:"true" help:"Look at hosts at all. What is held stays held while this is false."`
	BlockTag   string `toml:"block_tag" default:"vectra_host_block" help:"Blocks hosts with this tag. Empty: none."`
	UnblockTag string `toml:"unblock_tag" default:"vectra_host_unblock" help:"Releases hosts with this tag, for as long as they carry it. Empty: none."`
	Rules
	SpareKeyAssets bool          `toml:"spare_key_assets" default:"false" help:"Never block hosts that the brain calls key assets, and release them when they are blocked."`
	SpareUnseen    time.Duration `toml:"spare_unseen" default:"0s" min:"0s" max:"87600h" help:"Do not block a host that was last seen longer ago than this: its address may be another's by now. 0: block it."`
}

// Accounts are the rules for accounts.
type Accounts struct {
	Enabled    bool   `toml:"enabled" default:"true" help:"Look at accounts at all. What is held stays held while this is false."`
	BlockTag   string `toml:"block_tag" default:"vectra_account_block" help:"Blocks accounts with this tag. Empty: none."`
	UnblockTag string `toml:"unblock_tag" default:"vectra_account_unblock" help:"Releases accounts with this tag, for as long as they carry it. Empty: none."`
	Rules
}

// Detections are the rules for the destinations of detections.
type Detections struct {
	Enabled     bool     `toml:"enabled" default:"true" help:"Look at detections at all. What is held stays held while this is false."`
	BlockTag    string   `toml:"block_tag" default:"block" help:"Blocks the destinations of detections with this tag. Empty: none."`
	UnblockTag  string   `toml:"unblock_tag" default:"unblock" help:"Releases the destinations of detections with this tag, for as long as they carry it. Empty: none."`
	Types       []string `toml:"types" help:"Blocks the destinations of active detections of these types."`
	HostScore   *Score   `toml:"host_score" help:"Blocks the destinations of all active detections of hosts from these scores on. Absent: off."`
	HostUrgency *int     `toml:"host_urgency" min:"1" max:"100" help:"The same by the urgency of the host (3.x; wins over host_score there). Absent: off."`
}

// Static says where the static destination list is.
type Static struct {
	Destinations string   `toml:"destinations" help:"File with one address, network or domain per line. Empty: off."`
	Permit       []string `toml:"permit" help:"Networks that may be listed although they are not public."`
	TakenOver    string   `toml:"taken_over" help:"File that tells which of them a predecessor had blocked: the first pass takes these over, rather than block them anew. Empty: none."`
}

// Blocker is one configured instance of a plugin.
type Blocker struct {
	Enabled  bool           `toml:"enabled" default:"true" help:"Use this blocker. What it holds stays held while this is false."`
	Plugin   string         `toml:"plugin" required:"true" help:"Program to run: var-plugin-NAME."`
	Label    string         `toml:"label" help:"Its name in receipt tags, different for each blocker. Empty: the plugin's."`
	Mark     string         `toml:"mark" help:"Its name in the marks that it puts on devices. Empty: the blocker's own name; var config rename sets it, so that marks stay known."`
	Kinds    []string       `toml:"kinds" enum:"host,account,detection,static" help:"What it blocks. Empty: all that the plugin can."`
	Parallel int            `toml:"parallel" default:"4" min:"1" max:"64" help:"Requests in flight per device."`
	Rate     float64        `toml:"rate" default:"0" min:"0" max:"1000" help:"Requests that may begin per second and device; 0: no limit."`
	Timeout  time.Duration  `toml:"timeout" default:"30s" min:"1s" max:"30m" help:"Longest wait for one answer of a device, or for one run of a command."`
	SHA256   string         `toml:"sha256" help:"SHA-256 of the plugin's executable in hex; one that differs is not run. Empty: not checked."`
	Env      []string       `toml:"env" help:"Environment variables that are passed on to the plugin; it gets no others."`
	Settings map[string]any `toml:"settings" help:"The plugin's own keys: var plugin describe NAME."`
}

// EntityKinds are the configured kinds; nil means all that the plugin can.
func (b Blocker) EntityKinds() []entity.Kind { return kindsOf(b.Kinds) }

func kindsOf(texts []string) []entity.Kind {
	var kinds []entity.Kind
	for _, k := range texts {
		kinds = append(kinds, entity.Kind(k))
	}
	return kinds
}

// MarkOf is the name that stands in the marks of the blocker of this name on devices.
func (b Blocker) MarkOf(name string) string { return cmp.Or(b.Mark, name) }
