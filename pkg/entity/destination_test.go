package entity_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func TestPublicAddressKnowsWhatIsNotOnTheInternet(t *testing.T) {
	tests := map[string]bool{
		"8.8.8.8": true, "1.1.1.1": true, "100.63.255.255": true, "100.128.0.0": true, "223.255.255.255": true,
		"198.17.255.255": true, "198.20.0.0": true, "172.15.0.1": true, "172.32.0.1": true, "192.0.1.1": true,
		"::ffff:8.8.8.8": true, "2606:4700::1111": true, "2001:200::1": true, "2002:808:808::1": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "100.64.0.1": false, "100.127.255.255": false,
		"127.0.0.53": false, "169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false,
		"192.0.0.8": false, "192.0.2.1": false, "192.88.99.1": false, "192.168.1.1": false, "198.18.0.1": false,
		"198.19.255.255": false, "198.51.100.7": false, "203.0.113.7": false, "224.0.0.1": false,
		"239.255.255.250": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::ffff:10.0.0.1": false, "64:ff9b::808:808": false, "fe80::1": false,
		"fe80::1%eth0": false, "2606:4700::1%eth0": false, "fc00::1": false, "fd12::1": false, "ff02::1": false, "2001:db8::1": false,
		"3fff::1": false, "2001::1": false, "2001:2::1": false, "2001:20::1": false, "2002:a00:1::1": false,
		"2002:7f00:1::": false, "4000::1": false, "5f00::1": false, "1fff::1": false,
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			if got := entity.PublicAddress(netip.MustParseAddr(text)); got != want {
				t.Errorf("PublicAddress(%s) = %v, want %v", text, got, want)
			}
		})
	}
	if entity.PublicAddress(netip.Addr{}) {
		t.Error("the zero address is public")
	}
}

func TestPublicPrefixHoldsForEveryAddressOfTheNetwork(t *testing.T) {
	tests := map[string]bool{
		"8.8.8.0/24": true, "1.0.0.0/8": true, "2606:4700::/32": true, "2002:808::/32": true, "2002:808:808::/64": true,
		"::ffff:8.8.8.0/120": true, "11.0.0.0/8": true,
		"0.0.0.0/0": false, "::/0": false, "128.0.0.0/1": false, "192.0.0.0/8": false, "8.0.0.0/5": false,
		"2000::/3": false, "2000::/2": false, "2002::/16": false, "2002::/15": false, "2002:a00::/24": false, "2001:d00::/24": false,
		"10.1.2.3/32": false, "203.0.113.0/25": false, "::ffff:0.0.0.0/95": false, "fc00::/7": false, "4000::/3": false,
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			if got := entity.PublicPrefix(netip.MustParsePrefix(text)); got != want {
				t.Errorf("PublicPrefix(%s) = %v, want %v", text, got, want)
			}
		})
	}
	if entity.PublicPrefix(netip.Prefix{}) {
		t.Error("the zero prefix is public")
	}
}

func TestDomainIsCanonicalOrRefused(t *testing.T) {
	long := strings.Repeat("a", 63)
	tests := []struct {
		text, want string
	}{
		{"C2.Example.ORG.", "c2.example.org"},
		{" evil.example.net ", "evil.example.net"},
		{"_dmarc.example.com", "_dmarc.example.com"},
		{"xn--bcher-kva.example", "xn--bcher-kva.example"},
		{long + ".example", long + ".example"},
		{long + "a.example", ""},
		{strings.Repeat(long+".", 4) + "org", ""},
		{"bücher.xn--p1ai", ""},
		{"example.xn--p1ai", "example.xn--p1ai"},
		{"185.199.112.7x", ""},
		{"185.199.112.7.a1", ""},
		{"localhost", ""},
		{"printer.local", ""},
		{"7.113.0.203.in-addr.arpa", ""},
		{"db.corp.internal", ""},
		{"dc01", ""},
		{"", ""},
		{".", ""},
		{"a..b", ""},
		{".example.org", ""},
		{"*.example.org", ""},
		{"-a.example.org", ""},
		{"a-.example.org", ""},
		{"8.8.8.8", ""},
		{"256.1.1.999", ""},
		{"example.o_g", ""},
		{"bücher.example", ""},
		{"a b.example", ""},
		{"http://example.org/x", ""},
		{"2606:4700::1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, ok := entity.Domain(tt.text)
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("Domain(%q) = %q, %v, want %q", tt.text, got, ok, tt.want)
			}
		})
	}
}

func TestPublicDestinationIsAnAddressOrADomain(t *testing.T) {
	tests := []struct {
		text, want string
		ok         bool
	}{
		{"::FFFF:8.8.8.8", "8.8.8.8", true},
		{" 2606:4700:0:0::1111 ", "2606:4700::1111", true},
		{"C2.example.org", "c2.example.org", true},
		{"10.0.0.1", "10.0.0.1", false},
		{"8.8.8.0/24", "", false},
		{"8.8.8.8:53", "", false},
		{"08.8.8.8", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			got, ok := entity.PublicDestination(tt.text)
			if got != tt.want || ok != tt.ok {
				t.Errorf("PublicDestination(%q) = %q, %v, want %q, %v", tt.text, got, ok, tt.want, tt.ok)
			}
		})
	}
}

func FuzzPublicDestination(f *testing.F) {
	for _, seed := range []string{"8.8.8.8", "::ffff:8.8.8.8", "C2.Example.ORG.", "fe80::1%x", "10.0.0.1", "2002:808:808::1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := entity.PublicDestination(text)
		if !ok {
			return
		}
		if again, ok := entity.PublicDestination(got); !ok || again != got {
			t.Fatalf("PublicDestination(%q) = %q, which is not canonical: %q, %v", text, got, again, ok)
		}
		if len(got) > 253 || strings.ContainsAny(got, ", \t\r\n%") {
			t.Fatalf("PublicDestination(%q) = %q, which cannot be an element", text, got)
		}
	})
}
