package protect

import (
	"io/fs"
	"net/netip"
	"net/url"
	"strings"
)

// peers are the far ends of the SSH sessions that a process was started in. SSH_CONNECTION says "address port address
// port"; sudo takes it away from its child, but not from itself and the shell above.
func (m Machine) peers() []Entry {
	var all []Entry
	for _, environment := range append([][]string{m.environ()}, m.ancestors()...) {
		far, _, _ := strings.Cut(lookup(environment, "SSH_CONNECTION"), " ")
		if a, err := netip.ParseAddr(far); err == nil {
			all = append(all, single(a, "SSH session from "+a.String()))
		}
	}
	return all
}

func (m Machine) environ() []string {
	if m.Environ == nil {
		return nil
	}
	return m.Environ()
}

// maxAncestors bounds the walk up to the first process.
const maxAncestors = 64

// ancestors are the environments of the processes above this one, as far as they may be read.
func (m Machine) ancestors() [][]string {
	var all [][]string
	for pid, n := m.parent("self"), 0; pid != "" && pid != "0" && n < maxAncestors; pid, n = m.parent(pid), n+1 {
		if text := m.read("proc/" + pid + "/environ"); text != "" {
			all = append(all, strings.Split(text, "\x00"))
		}
	}
	return all
}

func (m Machine) parent(pid string) string {
	for line := range strings.Lines(m.read("proc/" + pid + "/status")) {
		if ppid, ok := strings.CutPrefix(line, "PPid:"); ok {
			return strings.TrimSpace(ppid)
		}
	}
	return ""
}

// read is the text of a file; empty when there is none, or it may not be read.
func (m Machine) read(path string) string {
	if m.Files == nil {
		return ""
	}
	text, err := fs.ReadFile(m.Files, path)
	if err != nil {
		return ""
	}
	return string(text)
}

func lookup(environment []string, name string) string {
	for _, pair := range environment {
		if key, value, ok := strings.Cut(pair, "="); ok && key == name {
			return value
		}
	}
	return ""
}

// proxies are the hosts of the proxy variables.
func (m Machine) proxies() []Named {
	var all []Named
	environment := m.environ()
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"} {
		if host := proxyHost(lookup(environment, name)); host != "" {
			all = append(all, Named{Host: host, Why: "proxy of " + name})
		}
	}
	return all
}

// proxyHost is the host of a proxy variable, which may lack its scheme.
func proxyHost(value string) string {
	if value != "" && !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
