package stage

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/var-project/var/tools/bench/internal/scenario"
)

const (
	noBlockHosts    = "NoBlock"
	noBlockAccounts = "NoBlockAccounts"
	// panosCapacity is how many addresses var puts on a PAN-OS firewall unless it is told otherwise.
	panosCapacity = 1000
)

// table is a table of the configuration with its lines.
type table struct {
	name  string
	lines []string
}

// rules want something of every kind of request that a pass may have. Hosts and detections are wanted by tag.
var rules = []table{
	{"hosts", []string{
		`no_block_group = "` + noBlockHosts + `"`, `score = { threat = 80, match = "and", certainty = 80 }`,
		`detection_types = ["Ransomware File Activity"]`,
	}},
	{"accounts", []string{`no_block_group = "` + noBlockAccounts + `"`, `score = { threat = 80, match = "and", certainty = 80 }`}},
	{"detections", []string{`types = ["Ransomware File Activity"]`}},
	{"gate", []string{"max_blocks = 0", "max_releases = 0", "max_releases_percent = 0"}},
}

// Settings are the lines of the configuration that are not defaults, but for addresses, credentials and names.
func Settings(s scenario.Setup) []string {
	tables := rulesOf(s)
	for n := range s.Blockers {
		own, settings := blockerTables(s, n)
		tables = append(tables, own, settings)
	}
	var lines []string
	for _, t := range tables {
		for _, line := range t.lines {
			lines = append(lines, t.name+"."+line)
		}
	}
	return lines
}

func rulesOf(s scenario.Setup) []table {
	if !s.ByType {
		return rules
	}
	byType := table{"hosts", append([]string{}, rules[0].lines...)}
	byType.lines[2] = fmt.Sprintf("detection_types = [%q]", tunnels)
	return append([]table{byType}, rules[1:]...)
}

// blockerTables are what the bench chooses for a blocker, and for its plugin.
func blockerTables(s scenario.Setup, n int) (own, settings table) {
	own.name, settings.name = "blocker."+blockerName(n), "blocker."+blockerName(n)+".settings"
	if len(s.Blockers) > 1 {
		own.lines = []string{fmt.Sprintf("label = %q", blockerName(n))}
	}
	settings.lines = meansLines(s, s.Blockers[n].Means)
	return own, settings
}

func meansLines(s scenario.Setup, m scenario.Means) []string {
	switch m {
	case scenario.Groups:
		return []string{fmt.Sprintf("internal_group = %q", internalGroup), fmt.Sprintf("external_group = %q", externalGroup)}
	case scenario.Quarantine:
		return []string{`mode = "quarantine"`}
	case scenario.Feed:
		return []string{`mode = "feed"`, fmt.Sprintf("feed = %q", feedName)}
	case scenario.PaloAlto:
		if n := s.Elements(); n > panosCapacity {
			return []string{fmt.Sprintf("capacity = %d", n)}
		}
	}
	return nil
}

func (s *Stage) label(n int) string {
	if len(s.setup.Blockers) > 1 {
		return blockerName(n)
	}
	return labels[s.setup.Blockers[n].Means.Plugin()]
}

// config is the whole file.
func (s *Stage) config() string {
	var b strings.Builder
	fmt.Fprintf(&b, "state = %q\n", "sqlite://"+filepath.Join(s.dir, stateFile))
	for n := range s.brains {
		end := s.world.End(brainName(n))
		fmt.Fprintf(&b, "[brain.%s]\nurl = %q\nca_file = %q\napi = %q\n", end.Name, end.URL, authorityFile, s.setup.API)
	}
	for _, t := range rulesOf(s.setup) {
		t.write(&b)
	}
	for n, blocker := range s.setup.Blockers {
		own, settings := blockerTables(s.setup, n)
		own.write(&b)
		fmt.Fprintf(&b, "plugin = %q\n", blocker.Means.Plugin())
		settings.write(&b)
		for _, d := range s.devices[n] {
			s.writeDevice(&b, settings.name, d)
		}
	}
	return b.String()
}

func (t table) write(b *strings.Builder) {
	fmt.Fprintf(b, "[%s]\n", t.name)
	for _, line := range t.lines {
		fmt.Fprintln(b, line)
	}
}

func (s *Stage) writeDevice(b *strings.Builder, settings string, d device) {
	if c, ok := d.(*command); ok {
		fmt.Fprintf(b, "host_block = [%q, \"{ip}\"]\nhost_unblock = [%q, \"{ip}\"]\n", c.path, c.path)
		return
	}
	fmt.Fprintf(b, "[[%s.device]]\nname = %q\nurl = %q\nca_file = %q\n",
		settings, d.name(), s.world.End(d.name()).URL, filepath.Join(s.dir, authorityFile))
}
