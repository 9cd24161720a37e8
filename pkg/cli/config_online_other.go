//go:build !unix

package cli

// mayWrite knows nothing where only writing would show it.
func mayWrite(string) error { return nil }
