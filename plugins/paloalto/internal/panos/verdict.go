package panos

import "strings"

// Verdict is the device's remark on one entry of a message. Entries without one were applied.
type Verdict struct {
	// Name is the address or user as the device writes it.
	Name string
	// Register tells a remark on a registration from one on its removal.
	Register bool
	Message  string
}

// Exists reports that the pair was registered already and was left as it is, timeout included.
func (v Verdict) Exists() bool { return v.Register && v.ends("already exists, ignore") }

// Gone reports that there was nothing to take away.
func (v Verdict) Gone() bool { return !v.Register && v.ends("does not exist, ignore unreg") }

// Full reports the refusal that is seen when the device's table is full: the entry is not there.
func (v Verdict) Full() bool {
	return v.Register && strings.HasPrefix(strings.ToLower(strings.TrimSpace(v.Message)), "failed to register")
}

// ends compares the tail alone: what stands before it is an address and a tag, which may say anything.
func (v Verdict) ends(tail string) bool {
	return strings.HasSuffix(strings.ToLower(strings.TrimSpace(v.Message)), tail)
}
