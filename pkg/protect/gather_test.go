package protect_test

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/var-project/var/pkg/protect"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	route4 = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0102000A	0003	0	0	100	00000000	0	0	0
eth1	00000000	00000000	0001	0	0	0	00000000	0	0	0
wan	00000000	090200C0	0002	0	0	0	00000000	0	0	0
tun0	00000000	0108000A	0003	0	0	0	00000080	0	0	0
eth0	0000000A	00000000	0001	0	0	100	00FFFFFF	0	0	0
eth0	0000010A	FE02000A	0003	0	0	100	0000FFFF	0	0	0
garbage
`
	route6 = `00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8000000000000000000000001 00000400 00000001 00000000 00000003 eth0
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 lo
20010db8000000000000000000000000 40 00000000000000000000000000000000 00 20010db80000000000000000000000ff 00000100 00000001 00000000 00000003 eth0
`
)

// desk is a machine on which every category has something to protect.
func desk() protect.Machine {
	return protect.Machine{
		Interfaces: func() ([]protect.Interface, error) {
			return []protect.Interface{{Name: "eth0", Addresses: []netip.Addr{
				netip.MustParseAddr("10.0.2.15"), netip.MustParseAddr("2001:db8::15%eth0"),
			}}}, nil
		},
		Files: fstest.MapFS{
			"proc/net/route":                  {Data: []byte(route4)},
			"proc/net/ipv6_route":             {Data: []byte(route6)},
			"etc/resolv.conf":                 {Data: []byte("# made by hand\nnameserver 127.0.0.53\noptions edns0\nnameserver\nnameserver nonsense\n")},
			"run/systemd/resolve/resolv.conf": {Data: []byte("nameserver 10.0.5.3\nnameserver fe80::1%eth0\nsearch example.net")},
			"proc/self/status":                {Data: []byte("Name:\tvar\nPPid:\t40\n")},
			"proc/40/status":                  {Data: []byte("Name:\tsudo\nPPid:\t30\n")},
			"proc/30/environ":                 {Data: []byte("HOME=/root\x00SSH_CONNECTION=10.0.7.7 50000 10.0.2.15 22\x00")},
			"proc/30/status":                  {Data: []byte("PPid:\t30\n")},
		},
		Environ: func() []string {
			return []string{"SSH_CONNECTION=2001:db8:7::7%eth0 50000 2001:db8::15 22", "HTTPS_PROXY=http://proxy.example.net:3128", "all_proxy=10.0.8.8:1080"}
		},
		LookupHost: answers(map[string][]string{
			"proxy.example.net": {"10.0.8.1"}, "brain.example.net": {"10.0.9.2", "10.0.9.1", "2001:db8:9::1%eth0", "nonsense"},
		}),
	}
}

func answers(known map[string][]string) protect.Lookup {
	return func(_ context.Context, host string) ([]string, error) {
		if texts, ok := known[host]; ok {
			return texts, nil
		}
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
}

// memory is a journal's, in a map.
type memory map[string]string

func (m memory) Recall(_ context.Context, key string) (string, bool, error) {
	value, ok := m[key]
	return value, ok, nil
}

func (m memory) Remember(_ context.Context, key, value string) error {
	m[key] = value
	return nil
}

func whys(entries []protect.Entry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Why)
	}
	return all
}

func TestGatherFindsWhatTheMachineHangsOn(t *testing.T) {
	wants := protect.Wants{Hosts: []protect.Named{
		{Why: "brain hq", Host: "Brain.Example.Net."}, {Why: "device fw1", Host: "[2001:db8:1::1]"}, {Why: "nothing", Host: ""},
	}}
	entries, errs := desk().Gather(t.Context(), wants, memory{})
	if len(errs) > 0 {
		t.Error(errs)
	}
	want := []string{
		"own address 10.0.2.15 of eth0", "own address 2001:db8::15 of eth0",
		"default gateway 10.0.2.1 of eth0", "default gateway 2001:db8::1 of eth0",
		"name server 127.0.0.53 of /etc/resolv.conf", "name server 10.0.5.3 of /run/systemd/resolve/resolv.conf",
		"name server fe80::1%eth0 of /run/systemd/resolve/resolv.conf",
		"SSH session from 2001:db8:7::7%eth0", "SSH session from 10.0.7.7",
		"proxy of HTTPS_PROXY proxy.example.net", "proxy of HTTPS_PROXY proxy.example.net (10.0.8.1)", "proxy of all_proxy 10.0.8.8",
		"brain hq brain.example.net", "brain hq brain.example.net (10.0.9.1)", "brain hq brain.example.net (10.0.9.2)",
		"brain hq brain.example.net (2001:db8:9::1)", "device fw1 2001:db8:1::1",
	}
	if d := cmp.Diff(want, whys(entries)); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
}

// Each category guards its address, and nothing else does: without it the address may be blocked.
func TestEachCategoryGuardsItsAddress(t *testing.T) {
	brain := protect.Wants{Hosts: []protect.Named{{Why: "brain hq", Host: "brain.example.net"}}}
	without := func(name string) func(*protect.Machine) {
		return func(m *protect.Machine) {
			files := maps.Clone(m.Files.(fstest.MapFS))
			delete(files, name)
			m.Files = files
		}
	}
	environ := func(m *protect.Machine) { m.Environ = nil }
	tests := map[string]struct {
		address string
		remove  func(*protect.Machine)
		wants   protect.Wants
	}{
		"own address":                    {"10.0.2.15", func(m *protect.Machine) { m.Interfaces = nil }, brain},
		"own address of IPv6":            {"2001:db8::15", func(m *protect.Machine) { m.Interfaces = nil }, brain},
		"default gateway":                {"10.0.2.1", without("proc/net/route"), brain},
		"default gateway of IPv6":        {"2001:db8::1", without("proc/net/ipv6_route"), brain},
		"name server behind the cache":   {"10.0.5.3", without("run/systemd/resolve/resolv.conf"), brain},
		"SSH session":                    {"2001:db8:7::7", environ, brain},
		"SSH session above sudo":         {"10.0.7.7", without("proc/30/environ"), brain},
		"proxy":                          {"10.0.8.1", environ, brain},
		"proxy without a scheme":         {"10.0.8.8", environ, brain},
		"a host that is needed":          {"10.0.9.2", func(*protect.Machine) {}, protect.Wants{}},
		"name server of the resolv.conf": {"10.0.5.9", without("etc/resolv.conf"), brain},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := desk()
			if strings.HasSuffix(name, "resolv.conf") {
				m.Files.(fstest.MapFS)["etc/resolv.conf"] = &fstest.MapFile{Data: []byte("nameserver 10.0.5.9\n")}
			}
			covered := func(m protect.Machine, wants protect.Wants) bool {
				entries, _ := m.Gather(t.Context(), wants, nil)
				_, covered := protect.New(entries, protect.Options{}).Covers(host(tt.address, "x"), nil)
				return covered
			}
			if !covered(m, brain) {
				t.Errorf("%s may be blocked", tt.address)
			}
			tt.remove(&m)
			if covered(m, tt.wants) {
				t.Errorf("%s is guarded by something else too: the test proves nothing", tt.address)
			}
		})
	}
}

func TestANameThatDoesNotResolveKeepsItsLastAnswer(t *testing.T) {
	wants := protect.Wants{Hosts: []protect.Named{{Why: "brain hq", Host: "brain.example.net"}}}
	kept, m := memory{}, desk()
	before, errs := m.Gather(t.Context(), wants, kept)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	m.LookupHost = answers(nil)
	after, errs := m.Gather(t.Context(), wants, kept)
	if d := cmp.Diff(before, after, cmpopts.EquateComparable(netip.Prefix{})); d != "" || len(errs) > 0 {
		t.Errorf("errors %v, got (+), want (-):\n%s", errs, d)
	}
	m.LookupHost = answers(map[string][]string{"brain.example.net": {"10.0.9.77"}})
	moved, _ := m.Gather(t.Context(), wants, kept)
	set := protect.New(moved, protect.Options{})
	for address, want := range map[string]bool{"10.0.9.77": true, "10.0.9.1": false} {
		if _, covered := set.Covers(host(address, "x"), nil); covered != want {
			t.Errorf("after the move %s is covered: %v, want %v", address, covered, want)
		}
	}
}

func TestANameThatNeverResolvedIsToldAndProtectedAsAName(t *testing.T) {
	wants := protect.Wants{Hosts: []protect.Named{
		{Why: "device fw1", Host: "fw1.example.net"}, {Why: "never_block", Host: "dc01", Quiet: true},
	}}
	entries, errs := desk().Gather(t.Context(), wants, memory{})
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), "device fw1 fw1.example.net: only the name is protected") {
		t.Errorf("errors are %v, want one about fw1", errs)
	}
	set := protect.New(entries, protect.Options{})
	for _, name := range []string{"fw1", "dc01.example.net"} {
		if _, covered := set.Covers(host("10.9.9.9", name), nil); !covered {
			t.Errorf("%s may be blocked", name)
		}
	}
}

// A name server that is down is trouble even for a name that need not resolve.
func TestADeadNameServerIsToldAndHoldsNothingUp(t *testing.T) {
	m := protect.Machine{LookupHost: func(context.Context, string) ([]string, error) {
		return nil, &net.DNSError{Err: "server misbehaving", IsTemporary: true}
	}}
	wants := protect.Wants{Hosts: []protect.Named{{Why: "never_block", Host: "dc01.example.net", Quiet: true}}}
	if _, errs := m.Gather(t.Context(), wants, nil); len(errs) != 1 {
		t.Errorf("errors are %v, want one", errs)
	}
	gone, stop := context.WithCancelCause(t.Context())
	stop(errors.New("interrupted"))
	m.LookupHost = func(ctx context.Context, _ string) ([]string, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if _, errs := m.Gather(gone, wants, nil); len(errs) != 1 || !strings.Contains(errs[0].Error(), "interrupted") {
		t.Errorf("errors are %v, want why it ended", errs)
	}
}

func TestARunThatOnlyRecallsNeedsNothingMore(t *testing.T) {
	m := protect.Machine{}
	wants := protect.Wants{Hosts: []protect.Named{{Why: "brain hq", Host: "brain.example.net"}}}
	entries, errs := m.Gather(t.Context(), wants, memory{"resolved:brain.example.net": "10.0.9.1"})
	if len(errs) > 0 || len(entries) != 2 {
		t.Errorf("got %v, %v, want the name and its last address", whys(entries), errs)
	}
}

func TestAnAnswerIsWrittenOnlyWhenItChanged(t *testing.T) {
	wants := protect.Wants{Hosts: []protect.Named{{Why: "brain hq", Host: "brain.example.net"}}}
	full := refusing{memory{"resolved:brain.example.net": "10.0.9.1 10.0.9.2 2001:db8:9::1", "resolved:proxy.example.net": "10.0.8.1"}}
	if _, errs := desk().Gather(t.Context(), wants, full); len(errs) > 0 {
		t.Error(errs)
	}
	entries, errs := desk().Gather(t.Context(), wants, refusing{memory{}})
	if len(errs) != 2 {
		t.Errorf("errors are %v, want that two answers are not remembered", errs)
	}
	if _, covered := protect.New(entries, protect.Options{}).Covers(host("10.0.9.1", ""), nil); !covered {
		t.Error("an answer that could not be remembered does not count")
	}
}

// refusing is a memory on a full disk.
type refusing struct{ memory }

func (refusing) Remember(context.Context, string, string) error { return errors.New("disk full") }

func TestHereKnowsThisMachine(t *testing.T) {
	m := protect.Here()
	m.LookupHost = answers(nil)
	entries, errs := m.Gather(t.Context(), protect.Wants{}, nil)
	own := func(why string) bool { return strings.HasPrefix(why, "own address 127.0.0.1 of ") }
	if !slices.ContainsFunc(whys(entries), own) {
		t.Errorf("no address of the loopback interface among %v, %v", whys(entries), errs)
	}
}
