package protect

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Flags of routes (linux/route.h).
const (
	routeUp      = 0x1
	routeGateway = 0x2
)

// gateways are the default gateways, of /proc/net/route and /proc/net/ipv6_route.
func gateways(route4, route6 string) []Entry {
	var all []Entry
	for line := range strings.Lines(route4) {
		if a, device, ok := gateway4(strings.Fields(line)); ok {
			all = append(all, single(a, "default gateway "+a.String()+" of "+device))
		}
	}
	for line := range strings.Lines(route6) {
		if a, device, ok := gateway6(strings.Fields(line)); ok {
			all = append(all, single(a, "default gateway "+a.String()+" of "+device))
		}
	}
	return all
}

// gateway4 reads Iface Destination Gateway Flags RefCnt Use Metric Mask …: addresses are in the byte order of the machine.
func gateway4(f []string) (a netip.Addr, device string, ok bool) {
	if len(f) < 8 || f[1] != "00000000" || f[7] != "00000000" || !through(f[3]) {
		return a, "", false
	}
	b, err := hex.DecodeString(f[2])
	if err != nil || len(b) != 4 {
		return a, "", false
	}
	if littleEndian {
		slices.Reverse(b)
	}
	return netip.AddrFrom4([4]byte(b)), f[0], true
}

// gateway6 reads destination, its length, source, its length, gateway, metric, references, use, flags, device.
func gateway6(f []string) (a netip.Addr, device string, ok bool) {
	if len(f) < 10 || strings.Trim(f[0], "0") != "" || strings.Trim(f[1], "0") != "" || !through(f[8]) {
		return a, "", false
	}
	b, err := hex.DecodeString(f[4])
	if err != nil || len(b) != 16 {
		return a, "", false
	}
	return netip.AddrFrom16([16]byte(b)), f[9], true
}

func through(flags string) bool {
	n, err := strconv.ParseUint(flags, 16, 32)
	return err == nil && n&routeUp != 0 && n&routeGateway != 0
}
