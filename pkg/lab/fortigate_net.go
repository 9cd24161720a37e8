package lab

import (
	"cmp"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
)

// maskOf is the dotted mask of a prefix length.
func maskOf(length int) string {
	mask := ^uint32(0) << (32 - length)
	if length == 0 {
		mask = 0
	}
	return netip.AddrFrom4([4]byte{byte(mask >> 24), byte(mask >> 16), byte(mask >> 8), byte(mask)}).String()
}

// bitsOf reads a prefix length or a dotted mask; false when it is neither or has holes.
func bitsOf(text string) (int, bool) {
	if n, err := strconv.Atoi(text); err == nil {
		return n, n >= 0 && n <= 32
	}
	ip, err := netip.ParseAddr(text)
	if err != nil || !ip.Is4() {
		return 0, false
	}
	b := ip.As4()
	mask := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	length := bits.LeadingZeros32(^mask)
	return length, maskOf(length) == ip.String()
}

// isHostname accepts what DNS accepts, and underscores.
func isHostname(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "-") != label {
			return false
		}
		if strings.ContainsFunc(label, func(r rune) bool { return !isHostnameRune(r) }) {
			return false
		}
	}
	return true
}

func isHostnameRune(r rune) bool {
	return r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127
}

// isAddressEntry tells whether text is an address, a network or a range of addresses.
func isAddressEntry(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	if _, err := netip.ParsePrefix(text); err == nil {
		return true
	}
	from, to, ok := strings.Cut(text, "-")
	first, err1 := netip.ParseAddr(strings.TrimSpace(from))
	last, err2 := netip.ParseAddr(strings.TrimSpace(to))
	return ok && err1 == nil && err2 == nil && first.BitLen() == last.BitLen() && !last.Less(first)
}

// compareReleases orders releases such as "v7.2.1" and "10.1.0-h2" by their numbers.
func compareReleases(a, b string) int {
	x, y := releaseNumbers(a), releaseNumbers(b)
	for i := range x {
		if c := cmp.Compare(x[i], y[i]); c != 0 {
			return c
		}
	}
	return 0
}

func releaseNumbers(release string) (out [3]int) {
	release, _, _ = strings.Cut(strings.TrimPrefix(release, "v"), "-")
	for i, part := range strings.SplitN(release, ".", 3) {
		out[i], _ = strconv.Atoi(part) // what is no number counts as 0
	}
	return out
}
