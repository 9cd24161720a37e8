//go:build !failpoints

package failpoint

// Hit marks an instant.
func Hit(string) {}
