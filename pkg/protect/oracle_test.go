package protect_test

import (
	"fmt"
	"math/big"
	"net"
	"strings"
)

// oracle says slowly whether two networks have an address in common: as intervals of numbers, with the library's
// other type of network, and with IPv4 told apart from every way to write it in IPv6.
type interval struct{ low, high *big.Int }

func number(text string) *big.Int { return new(big.Int).SetBytes(net.ParseIP(text).To16()) }

func cidr(text string) interval {
	if !strings.Contains(text, "/") {
		return interval{number(text), number(text)}
	}
	address, length, _ := strings.Cut(text, "/")
	var ones int64
	if _, err := fmt.Sscan(length, &ones); err != nil {
		panic(err)
	}
	total := int64(128)
	if !strings.Contains(address, ":") {
		total = 32
	}
	size := new(big.Int).Exp(big.NewInt(2), big.NewInt(total-ones), nil)
	low := number(address)
	low.Sub(low, new(big.Int).Mod(low, size))
	return interval{low, new(big.Int).Sub(new(big.Int).Add(low, size), big.NewInt(1))}
}

func (i interval) meets(o interval) bool { return i.low.Cmp(o.high) <= 0 && o.low.Cmp(i.high) <= 0 }

// within is the part of i inside o.
func (i interval) within(o interval) interval {
	low, high := i.low, i.high
	if low.Cmp(o.low) < 0 {
		low = o.low
	}
	if high.Cmp(o.high) > 0 {
		high = o.high
	}
	return interval{low, high}
}

// disguises are where IPv4 addresses stand in IPv6: the network, and how many bits follow the address in it.
var disguises = []struct {
	network interval
	behind  uint
}{
	{cidr("2002::/16"), 80}, {cidr("64:ff9b::/96"), 0}, {cidr("64:ff9b:1::/96"), 0}, {cidr("::ffff:0:0:0/96"), 0},
}

var mapped = cidr("::ffff:0:0/96")

// undisguised are the IPv4 addresses, as mapped ones, that the disguised part of i stands for.
func (i interval) undisguised() []interval {
	var all []interval
	four := big.NewInt(1<<32 - 1)
	for _, d := range disguises {
		if !i.meets(d.network) {
			continue
		}
		part := i.within(d.network)
		low := new(big.Int).And(new(big.Int).Rsh(part.low, d.behind), four)
		high := new(big.Int).And(new(big.Int).Rsh(part.high, d.behind), four)
		all = append(all, interval{low.Add(low, mapped.low), high.Add(high, mapped.low)})
	}
	return all
}

// shareAnAddress is what overlap means: one of the two has an address that is one of the other's. An entry that is
// larger than a whole disguise does not mean all of IPv4.
func shareAnAddress(entry, asked string) bool {
	e, a := cidr(entry), cidr(asked)
	protected := []interval{e}
	for _, d := range disguises {
		if e.within(d.network) == e || e.low.Cmp(d.network.low) >= 0 && e.high.Cmp(d.network.high) <= 0 {
			protected = append(protected, e.undisguised()...)
		}
	}
	for _, p := range protected {
		for _, q := range append(a.undisguised(), a) {
			if p.meets(q) {
				return true
			}
		}
	}
	return false
}

// tooLarge says it of a network, with the prefixes that are the default.
func tooLarge(asked string) bool {
	a := cidr(asked)
	size := new(big.Int).Sub(a.high, a.low)
	least := uint(128 - 19)
	if a.low.Cmp(mapped.low) >= 0 && a.high.Cmp(mapped.high) <= 0 {
		least = 32 - 8
	}
	return size.BitLen() > int(least)
}

// compiledIn is the list of the issue, once more.
var compiledIn = []string{
	"127.0.0.0/8", "::1", "169.254.0.0/16", "fe80::/10", "224.0.0.0/4", "ff00::/8", "0.0.0.0/8", "::", "255.255.255.255",
}
