package panos

import (
	"fmt"
	"strconv"
	"strings"
)

// Version is a PAN-OS release; what follows the minor number changes nothing here.
type Version struct{ Major, Minor int }

// The releases that brought what registrations may carry.
var (
	Timeouts = Version{9, 0}  // timeout of a tag
	Users    = Version{9, 1}  // register-user, dynamic user groups
	Networks = Version{10, 0} // IPv4 networks and ranges as registered addresses
)

// ParseVersion reads a release such as "10.1", "10.1.3-h1" or "11.0.2".
func ParseVersion(text string) (Version, error) {
	major, rest, _ := strings.Cut(text, ".")
	minor, _, _ := strings.Cut(rest, ".")
	minor, _, _ = strings.Cut(minor, "-")
	a, errA := strconv.ParseUint(major, 10, 16)
	b, errB := strconv.ParseUint(minor, 10, 16)
	if errA != nil || errB != nil {
		return Version{}, fmt.Errorf("%q is not a PAN-OS version such as 10.1", text)
	}
	return Version{int(a), int(b)}, nil
}

// AtLeast reports that v is o or later.
func (v Version) AtLeast(o Version) bool {
	return v.Major > o.Major || (v.Major == o.Major && v.Minor >= o.Minor)
}

// String is "10.1".
func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }
