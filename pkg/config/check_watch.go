package config

import (
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// hostPattern is a name of a host: labels of letters, digits, hyphens and underscores.
var hostPattern = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\.?$`)

func (k *checker) admin(a Admin) {
	if a.Listen != "" && !listenable(a.Listen) {
		k.add("admin.listen", `must be an address and a port, such as "127.0.0.1:9753"`)
	}
	for i, host := range a.Hosts {
		if !hostPattern.MatchString(host) {
			k.add(index("admin.hosts", i), "%s is no name of a host: write it without :// and port", shown(host))
		}
	}
}

func listenable(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || strconv.FormatUint(n, 10) != port {
		return false
	}
	_, err = netip.ParseAddr(host)
	return err == nil || host == "localhost"
}

// files refuses one file for two purposes: each would put the other's aside.
func (k *checker) files(c *Config) {
	a := c.Notify.Audit
	if a != nil && a.File != "" && a.File == c.Log.File {
		k.add("notify.audit.file", "is the file of [log] as well: write another")
	}
	for path, file := range map[string]string{"log.file": c.Log.File, "notify.audit.file": auditFile(a)} {
		if strings.HasSuffix(file, "/") || strings.ContainsRune(file, 0) {
			k.add(path, "must be a file, not a folder")
		}
	}
}

func auditFile(a *Audit) string {
	if a == nil {
		return ""
	}
	return a.File
}
