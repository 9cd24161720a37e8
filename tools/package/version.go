package main

import (
	"regexp"
	"strings"
	"time"
)

// described is what git describe --tags --always --dirty says of a commit after a tag, such as v1.2.3-rc.1-4-gabcdef0.
var described = regexp.MustCompile(`^v?(\d+(?:\.\d+)*)(?:-([A-Za-z][0-9A-Za-z.]*))?(?:-(\d+)-g([0-9a-f]+))?$`)

// packageVersion is a version as dpkg and rpm order it: a release candidate before its release, commits after a tag
// before the next one, and what has no tag before everything that has one.
//
//	v1.2.3                   1.2.3
//	v1.2.3-rc.1              1.2.3~rc.1
//	v1.2.3-4-gabcdef0        1.2.3+4.gabcdef0
//	v1.2.3-dirty             1.2.3+dirty
//	abcdef0                  0.0.0+20261122100000.abcdef0
func packageVersion(describe string, date time.Time) string {
	clean := strings.TrimSuffix(describe, "-dirty")
	m := described.FindStringSubmatch(clean)
	version := "0.0.0+" + date.UTC().Format("20060102150405") + "." + clean
	later := version
	if m != nil && (strings.Contains(m[1], ".") || strings.HasPrefix(clean, "v")) {
		version = m[1]
		if m[2] != "" {
			version += "~" + m[2]
		}
		later = version
		if m[3] != "" {
			later += "+" + m[3] + ".g" + m[4]
		}
	}
	switch {
	case clean == describe:
		return later
	case later == version && !strings.Contains(version, "+"):
		return later + "+dirty"
	}
	return later + ".dirty"
}
