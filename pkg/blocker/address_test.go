package blocker

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

func TestAddress(t *testing.T) {
	tests := map[string]string{
		"192.0.2.1":               "192.0.2.1",
		" 192.0.2.1 ":             "192.0.2.1",
		"192.0.2.1/32":            "192.0.2.1",
		"192.0.2.77/24":           "192.0.2.0/24",
		"::ffff:192.0.2.1":        "192.0.2.1",
		"::ffff:192.0.2.1/128":    "192.0.2.1",
		"::ffff:192.0.2.0/120":    "192.0.2.0/24",
		"2001:DB8:0:0::1":         "2001:db8::1",
		"2001:db8::1/128":         "2001:db8::1",
		"2001:db8::1/64":          "2001:db8::/64",
		"fe80::1%eth0":            "",
		"192.0.2.01":              "",
		"192.0.2.0/33":            "",
		"evil.example":            "",
		"":                        "",
		"192.0.2.1\n":             "192.0.2.1",
		"192.0.2.1 192.0.2.2":     "",
		"0000:0000::ffff:1.2.3.4": "1.2.3.4",
	}
	for text, want := range tests {
		got, err := Address(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("Address(%q) is %q, %v; want %q", text, got, err, want)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"192.0.2.1", "::ffff:1.2.3.4/100", "2001:db8::/32", "fe80::1%1", "x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Address(text)
		if err != nil {
			return
		}
		if again, err := Address(got); again != got || err != nil {
			t.Errorf("%q became %q and then %q (%v)", text, got, again, err)
		}
		_, asAddress := netip.ParseAddr(got)
		_, asNetwork := netip.ParsePrefix(got)
		if asAddress != nil && asNetwork != nil {
			t.Errorf("%q became %q, which is neither address nor network", text, got)
		}
	})
}

func TestAddressesAreCanonicalAndLeaveJunkOut(t *testing.T) {
	tests := map[string]struct {
		target entity.Target
		want   []string
	}{
		"host":    {hosts("::ffff:192.0.2.1")[0], []string{"192.0.2.1"}},
		"no ip":   {hosts("")[0], nil},
		"account": {entity.Target{Account: &entity.Account{}}, nil},
		"static":  {entity.Target{Static: &entity.Static{Destination: "203.0.113.9/24"}}, []string{"203.0.113.0/24"}},
		"detection": {
			entity.Target{Detection: &entity.Detection{Destinations: []string{"Evil.Example.", "203.0.113.1/32", "203.0.113.1", "no good"}}},
			[]string{"203.0.113.1", "evil.example"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := AddressElementer{}.Elements(t.Context(), tt.target)
			if !slices.Equal(got, tt.want) || err != nil {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestIsDomain(t *testing.T) {
	for element, want := range map[string]bool{
		"evil.example": true, "_dmarc.evil.example": true, "xn--bcher-kva.example": true, "a-b.c1": true,
		"192.0.2.1": false, "2001:db8::1": false, "localhost": false, "evil..example": false, "-a.example": false,
		"a-.example": false, "sp ace.example": false, "": false, ".": false, "é.example": false,
	} {
		if got := IsDomain(element); got != want {
			t.Errorf("IsDomain(%q) is %v, want %v", element, got, want)
		}
	}
}
