package protect

import (
	"io/fs"
	"net"
	"net/netip"
	"os"
)

// Machine is where a process runs, as far as it cannot work without it. Each part may be nil, and then says nothing.
// Routes and the ancestors of a process are read from /proc: on other systems than Linux there are none.
type Machine struct {
	// Interfaces are those of the machine, with their addresses.
	Interfaces func() ([]Interface, error)
	// Files is the root of the file system.
	Files fs.FS
	// Environ is the environment of the process, as "NAME=value".
	Environ func() []string
	// LookupHost resolves a name to addresses.
	LookupHost Lookup
}

// Interface is one interface of a machine.
type Interface struct {
	Name      string
	Addresses []netip.Addr
}

// Here is the machine that this process runs on.
func Here() Machine {
	return Machine{Interfaces: interfaces, Files: os.DirFS("/"), Environ: os.Environ, LookupHost: net.DefaultResolver.LookupHost}
}

func interfaces() ([]Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	found := make([]Interface, len(all))
	for i, one := range all {
		addresses, err := one.Addrs()
		if err != nil {
			return nil, err
		}
		found[i] = Interface{one.Name, parsed(addresses)}
	}
	return found, nil
}

func parsed(addresses []net.Addr) []netip.Addr {
	var all []netip.Addr
	for _, a := range addresses {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			all = append(all, p.Addr())
		}
	}
	return all
}

// single is an entry for one address.
func single(a netip.Addr, why string) Entry {
	a = a.Unmap() // a prefix has no zone
	return Entry{Prefix: netip.PrefixFrom(a, a.BitLen()), Why: why}
}
