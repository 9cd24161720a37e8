package schema

import (
	"net"
	"net/url"
	"strings"
)

// The formats of texts that name an end on the network.
const (
	// FormatURL is an address such as "https://fw1.example.net:8443".
	FormatURL = "url"
	// FormatHost is a host name or address, with a port or without.
	FormatHost = "host"
)

// Host is an end on the network that settings name.
type Host struct {
	// Path is where it stands; a table of an array bears its own name: "device.fw1.url".
	Path string
	// Host is a name or an address, without a port.
	Host string
}

// Hosts lists the ends that values name, in the order of the description: what stands in a field of
// format url or host, and every other text that is a URL.
func Hosts(d Description, values map[string]any) []Host {
	return hosts("", d.Fields, values)
}

func hosts(prefix string, fields []Field, values map[string]any) []Host {
	var all []Host
	for _, f := range fields {
		path := join(prefix, f.Name)
		for _, text := range f.texts(values[f.Name]) {
			if host := f.host(text); host != "" {
				all = append(all, Host{path, host})
			}
		}
		for _, t := range f.inside(path, values[f.Name]) {
			all = append(all, hosts(t.path, f.Fields, t.values)...)
		}
	}
	return all
}

// texts are those of a field that holds texts, its default when v is nothing.
func (f Field) texts(v any) []string {
	if v == nil {
		v = f.defaulted()
	}
	switch f.Type {
	case Text:
		text, _ := v.(string)
		return []string{text}
	case Texts:
		all, _ := texts(v)
		return all
	}
	return nil
}

func (f Field) host(text string) string {
	if f.Format == FormatHost && !strings.Contains(text, "://") {
		if host, _, err := net.SplitHostPort(text); err == nil {
			return host
		}
		return strings.Trim(text, "[]")
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" {
		return ""
	}
	return u.Hostname()
}

type inner struct {
	path   string
	values map[string]any
}

// inside are the tables that a field holds, under the names by which secrets call them.
func (f Field) inside(path string, v any) []inner {
	var all []inner
	switch f.Type {
	case Table:
		t, _ := v.(map[string]any)
		all = append(all, inner{path, t})
	case Tables:
		ts, _ := tables(v)
		for _, t := range ts {
			name, _ := t[identity].(string)
			all = append(all, inner{join(path, name), t})
		}
	case Named:
		ts, _ := named(v)
		for _, name := range sortedKeys(ts) {
			all = append(all, inner{join(path, name), ts[name]})
		}
	}
	return all
}
