package protect_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/protect"
)

// addresses lie close together, so that networks meet, and in every disguise.
func addressGen() *rapid.Generator[netip.Addr] {
	return rapid.Custom(func(t *rapid.T) netip.Addr {
		four := [4]byte{rapid.SampledFrom([]byte{9, 10, 127, 198}).Draw(t, "a"), 0, rapid.ByteRange(0, 1).Draw(t, "c"), rapid.ByteRange(0, 3).Draw(t, "d")}
		var b [16]byte
		switch rapid.IntRange(0, 6).Draw(t, "form") {
		case 0:
			return netip.AddrFrom4(four)
		case 1:
			return netip.AddrFrom16(netip.AddrFrom4(four).As16())
		case 2:
			b = [16]byte{0x20, 0x02, four[0], four[1], four[2], four[3], 0, rapid.Byte().Draw(t, "subnet")}
		case 3:
			b = [16]byte{0, 0x64, 0xff, 0x9b, 12: four[0], 13: four[1], 14: four[2], 15: four[3]}
		case 4:
			b = [16]byte{0, 0x64, 0xff, 0x9b, 0, 1, 12: four[0], 13: four[1], 14: four[2], 15: four[3]}
		case 5:
			b = [16]byte{8: 0xff, 9: 0xff, 12: four[0], 13: four[1], 14: four[2], 15: four[3]}
		default:
			b = [16]byte{0x20, 0x01, 0x0d, 0xb8, rapid.ByteRange(0, 1).Draw(t, "site"), 15: rapid.ByteRange(0, 3).Draw(t, "end")}
		}
		return netip.AddrFrom16(b)
	})
}

func networkGen() *rapid.Generator[netip.Prefix] {
	return rapid.Custom(func(t *rapid.T) netip.Prefix {
		a := addressGen().Draw(t, "address")
		bits := rapid.OneOf(rapid.Just(a.BitLen()), rapid.IntRange(a.BitLen()/3, a.BitLen()), rapid.IntRange(0, a.BitLen())).Draw(t, "bits")
		return netip.PrefixFrom(a, bits)
	})
}

func TestNetworksAreCoveredWhenTheyShareAnAddress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		protected := rapid.SliceOfN(networkGen(), 0, 4).Draw(t, "protected")
		asked := networkGen().Draw(t, "asked").String()
		entries := make([]protect.Entry, len(protected))
		want := tooLarge(asked)
		for i, p := range protected {
			entries[i] = protect.Entry{Prefix: p, Why: p.String()}
			want = want || shareAnAddress(p.String(), asked)
		}
		for _, text := range compiledIn {
			want = want || shareAnAddress(text, asked)
		}
		set := protect.New(entries, protect.Options{})
		for _, target := range []entity.Target{static(asked), host(asked, "x"), detection(asked, asked)} {
			if why, got := set.Covers(target, nil); got != want {
				t.Fatalf("%s %s: covered is %v (%s), want %v", target.Kind, asked, got, why, want)
			}
		}
		if _, got := set.Covers(entity.Target{Ref: entity.Ref{Kind: entity.KindHost}}, []string{asked}); got != want {
			t.Fatalf("element %s: covered is %v, want %v", asked, got, want)
		}
	})
}

// More entries never cover less, and the order of entries changes no answer.
func TestASetOnlyGrows(t *testing.T) {
	entry := rapid.Custom(func(t *rapid.T) protect.Entry {
		name := rapid.SampledFrom([]string{"a", "a.b", "a.b.c", "b.c", "c", "d.b.c"}).Draw(t, "name")
		return rapid.SampledFrom([]protect.Entry{
			{Prefix: networkGen().Draw(t, "network")}, {Name: name}, {Domain: name}, {Account: name}, {Account: name + `\x`}, {Account: "x@" + name},
		}).Draw(t, "entry")
	})
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.SliceOfN(entry, 1, 6).Draw(t, "entries")
		text := rapid.OneOf(
			rapid.Map(networkGen(), netip.Prefix.String),
			rapid.SampledFrom([]string{"a", "a.b", "A.B.C.", "b.c", "x.a.b.c", "c", `A\X`, "x@b.c", "x"}),
		).Draw(t, "text")
		fewer := protect.New(entries[1:], protect.Options{})
		more, turned := protect.New(entries, protect.Options{}), slices.Clone(entries)
		slices.Reverse(turned)
		other := protect.New(turned, protect.Options{})
		for _, target := range []entity.Target{static(text), host("", text), person(text)} {
			_, before := fewer.Covers(target, nil)
			_, after := more.Covers(target, nil)
			_, otherwise := other.Covers(target, nil)
			if before && !after || after != otherwise {
				t.Fatalf("%s %s: covered by fewer %v, by more %v, by these turned round %v", target.Kind, text, before, after, otherwise)
			}
		}
	})
}

func TestDomainsAreCoveredWhenOneLiesInTheOther(t *testing.T) {
	name := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab"}), 1, 4), func(l []string) string { return strings.Join(l, ".") })
	rapid.Check(t, func(t *rapid.T) {
		domain, exact, asked := name.Draw(t, "domain"), name.Draw(t, "host"), name.Draw(t, "asked")
		below := func(a, b string) bool { return a == b || strings.HasSuffix("."+a, "."+b) }
		want := below(asked, domain) || below(domain, asked) || below(exact, asked)
		set := protect.New([]protect.Entry{{Domain: domain}, {Name: exact}}, protect.Options{})
		if _, got := set.Covers(static(strings.ToUpper(asked)), nil); got != want {
			t.Fatalf("%s with domain %s and host %s: covered is %v, want %v", asked, domain, exact, got, want)
		}
	})
}

func FuzzCovers(f *testing.F) {
	for _, text := range []string{"10.0.0.1", "::ffff:10.0.0.1", "fe80::1%eth0", "10.0.0.0/8", "2002:a00:1::/48", `CORP\Administrator`, "x@y@z", `\`, "@", ".", "a..b", "O365:", "1.2.3.4/33", "~*", "\x00"} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, protected, asked string) {
		entries := []protect.Entry{{Name: protected}, {Account: protected}, {Domain: protected}}
		p, err := netip.ParsePrefix(protected)
		if err == nil {
			entries = append(entries, protect.Entry{Prefix: p})
		}
		set := protect.New(entries, protect.Options{})
		for _, target := range []entity.Target{host(asked, asked), person(asked), static(asked)} {
			first, covered := set.Covers(target, []string{asked})
			if again, same := set.Covers(target, []string{asked}); again != first || same != covered || covered != (first != "") {
				t.Fatalf("%q: got %q, %v, then %q, %v", asked, first, covered, again, same)
			}
		}
		if _, covered := set.Covers(static(p.String()), nil); err == nil && !covered {
			t.Fatalf("the protected network %s may be blocked", p)
		}
	})
}

// What the machine says of itself is read by others' rules, and may be anything.
func FuzzGather(f *testing.F) {
	f.Add(route4, route6, "nameserver 10.0.5.3\n", "SSH_CONNECTION=10.0.7.7 1 2 3\x00")
	f.Add("eth0\t00000000\tzz\t3\t0\t0\t0\t00000000", strings.Repeat("0 ", 12), "nameserver", "PPid:\t../../etc")
	f.Fuzz(func(t *testing.T, route4, route6, resolv, process string) {
		m := protect.Machine{Files: fstest.MapFS{
			"proc/net/route": {Data: []byte(route4)}, "proc/net/ipv6_route": {Data: []byte(route6)}, "etc/resolv.conf": {Data: []byte(resolv)},
			"proc/self/status": {Data: []byte("PPid:\t2\n")}, "proc/2/environ": {Data: []byte(process)}, "proc/2/status": {Data: []byte(process)},
		}}
		entries, _ := m.Gather(t.Context(), protect.Wants{}, nil)
		for _, e := range entries {
			if !e.Prefix.IsSingleIP() || e.Prefix.Addr().Is4In6() || e.Prefix.Addr().Zone() != "" || e.Why == "" {
				t.Errorf("entry %+v is not one address with a reason", e)
			}
		}
	})
}

func BenchmarkCovers(b *testing.B) {
	set := protect.New(append(protect.PublicResolvers(), configured...), protect.Options{})
	target := host("10.99.1.2", "laptop-17.corp.example.net")
	for b.Loop() {
		set.Covers(target, []string{"10.99.1.2"})
	}
}
