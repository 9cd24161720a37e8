package cli

import (
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"os/user"
	"regexp"
	"slices"
	"strings"
)

// aliases replace names and addresses, each by the same word wherever it stands.
type aliases struct {
	given  map[string]string
	counts map[string]int
	names  []string
	swap   *strings.Replacer
}

func newAliases() *aliases {
	return &aliases{given: map[string]string{}, counts: map[string]int{}}
}

// of is the word for a name.
func (a *aliases) of(kind, name string) string {
	key := strings.ToLower(name)
	if a.given[key] == "" {
		a.counts[kind]++
		a.given[key] = fmt.Sprintf("%s-%d", kind, a.counts[kind])
	}
	return a.given[key]
}

// nameKeys are where JSON of our commands has names and addresses.
var nameKeys = []string{
	"name", "element", "elements", "who", "host", "target", "targets", "server", "server_name", "user", "from", "to", "listen",
	"destination", "destinations", "address", "addresses", "permit", "hosts", "proxy", "url", "holder", "subject",
}

// identities are tables whose names stay: they are the operator's own, and everything refers to them.
var identities = []string{"sources", "leases"}

// collect learns names from a tree.
func (a *aliases) collect(key string, v any) {
	switch v := v.(type) {
	case string:
		if slices.Contains(nameKeys, key) || key == "id" && !isNumber(v) {
			a.learn(v)
		}
	case []any:
		if !slices.Contains(identities, key) {
			for _, e := range v {
				a.collect(key, e)
			}
		}
	case map[string]any:
		for _, k := range sortedKeys(v) {
			a.collect(k, v[k])
		}
	}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// shortestName is how short a name may be to be looked for in texts.
const shortestName = 3

func (a *aliases) learn(name string) {
	if u, err := url.Parse(name); err == nil && u.Host != "" {
		name = u.Hostname()
	}
	name = strings.TrimSpace(name)
	if _, err := netip.ParseAddr(name); err == nil || len(name) < shortestName || isNumber(name) || slices.Contains(ordinary, strings.ToLower(name)) {
		return // addresses are found by their form
	}
	a.names = append(a.names, name)
}

// ordinary are words that are no names, wherever they stand.
var ordinary = []string{"localhost", "static", "hand", "redacted", "[redacted]", "all", "none", "any", "host", "account", "detection"}

// machine learns the names of this machine and of who runs the program.
func (a *aliases) machine() {
	if name, err := os.Hostname(); err == nil {
		a.learn(name)
	}
	if u, err := user.Current(); err == nil && u.Username != "root" {
		a.learn(u.Username)
	}
	// The longest first, lest a name that begins another leave the other's end behind.
	slices.SortFunc(a.names, func(x, y string) int {
		if d := len(y) - len(x); d != 0 {
			return d
		}
		return strings.Compare(x, y)
	})
	var pairs []string
	for _, name := range slices.Compact(a.names) {
		word := a.of("name", name)
		for _, form := range []string{name, strings.ToLower(name), strings.ToUpper(name)} {
			pairs = append(pairs, form, word)
		}
	}
	a.swap = strings.NewReplacer(pairs...)
}

var (
	mailForm = regexp.MustCompile(`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`)
	macForm  = regexp.MustCompile(`\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b`)
	ip4Form  = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	ip6Form  = regexp.MustCompile(`[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}`)
	nameForm = regexp.MustCompile(`(?i)\b(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z]{2,24}\b`)
)

// text is a text with words for names and addresses.
func (a *aliases) text(text string) string {
	text = mailForm.ReplaceAllStringFunc(text, func(m string) string { return a.of("mail", m) })
	text = a.swap.Replace(text)
	text = macForm.ReplaceAllStringFunc(text, func(m string) string { return a.of("mac", m) })
	text = ip4Form.ReplaceAllStringFunc(text, a.address)
	text = ip6Form.ReplaceAllStringFunc(text, a.address)
	return nameForm.ReplaceAllStringFunc(text, func(name string) string {
		if ours(name) {
			return name
		}
		return a.of("name", name)
	})
}

// known is a text with words for the names that were collected, where that is wanted.
func (a *aliases) known(text string, names bool) string {
	if names {
		return text
	}
	return a.swap.Replace(text)
}

func (a *aliases) address(text string) string {
	ip, err := netip.ParseAddr(text)
	if err != nil || ip.IsLoopback() || ip.IsUnspecified() {
		return text
	}
	return a.of("ip", ip.String())
}

// ours reports that what looks like the name of a host is a file, a key of the configuration, or code.
func ours(name string) bool {
	labels := strings.Split(strings.ToLower(name), ".")
	return slices.Contains(tables, labels[0]) || slices.Contains(endings, labels[len(labels)-1]) || slices.Contains(code, strings.Join(labels[max(0, len(labels)-2):], "."))
}

var (
	tables = []string{
		"brain", "blocker", "run", "window", "hosts", "accounts", "detections", "static", "gate", "never_block", "log", "admin", "notify",
		"settings", "device", "config",
		"runtime", "sync", "net", "os", "main", "context", "testing", "internal", "syscall", "time", "io", "bufio", "cobra",
	}
	endings = []string{"toml", "go", "log", "json", "jsonl", "db", "txt", "md", "sock", "service", "timer", "gz", "pem", "crt", "key", "conf", "so", "sh", "exe", "html", "s"}
	code    = []string{"github.com", "golang.org", "modernc.org", "gopkg.in", "google.golang.org", "charm.land", "go.starlark", "starlark.net", "vectra.ai"}
)
