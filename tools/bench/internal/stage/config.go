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
	var lines []string
	for _, t := range append(rulesOf(s), blockerTables(s)...) {
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

// blockerTables are the settings of each blocker that are the bench's choice.
func blockerTables(s scenario.Setup) []table {
	var tables []table
	for n, b := range s.Blockers {
		own := table{name: "blocker." + blockerName(n)}
		if len(s.Blockers) > 1 {
			own.lines = append(own.lines, fmt.Sprintf("label = %q", blockerName(n)))
		}
		tables = append(tables, own, table{own.name + ".settings", meansLines(s, b.Means)})
	}
	return tables
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
		fmt.Fprintf(&b, "[%s]\n%s\n", t.name, strings.Join(t.lines, "\n"))
	}
	for n, t := range blockerTables(s.setup) {
		s.configureBlocker(&b, n/2, t)
	}
	return b.String()
}

// configureBlocker writes one of the two tables of a blocker: the first is its own, the second its plugin's.
func (s *Stage) configureBlocker(b *strings.Builder, n int, t table) {
	fmt.Fprintf(b, "[%s]\n", t.name)
	if !strings.HasSuffix(t.name, ".settings") {
		fmt.Fprintf(b, "plugin = %q\n", s.setup.Blockers[n].Means.Plugin())
	}
	for _, line := range t.lines {
		fmt.Fprintln(b, line)
	}
	if !strings.HasSuffix(t.name, ".settings") {
		return
	}
	for _, d := range s.devices[n] {
		if c, ok := d.(*command); ok {
			fmt.Fprintf(b, "host_block = [%q, \"{ip}\"]\nhost_unblock = [%q, \"{ip}\"]\n", c.path, c.path)
			continue
		}
		fmt.Fprintf(b, "[[%s.device]]\nname = %q\nurl = %q\nca_file = %q\n", t.name, d.name(), s.world.End(d.name()).URL, filepath.Join(s.dir, authorityFile))
	}
}
