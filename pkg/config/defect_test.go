package config

import "testing"

// BUG-35: the predecessor verified no certificate unless it was told to.
func TestBUG35CertificatesAreVerifiedUnlessToldOtherwise(t *testing.T) {
	if mustParse(t, least).Brains["hq"].InsecureSkipVerify {
		t.Error("a brain's certificate is not verified by default")
	}
}
