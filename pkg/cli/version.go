package cli

// What this binary was built from. The linker sets them (see the Makefile);
// a binary built by hand keeps the defaults.
var (
	// Version is the nearest tag, the commits since then and whether the tree was changed.
	Version = "unknown"
	// Commit is the full hash of the commit.
	Commit = "unknown"
	// Date is when that commit was made, in RFC 3339.
	Date = "unknown"
)
