package protect_test

import (
	"net/netip"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/protect"
)

func prefix(text string) netip.Prefix { return netip.MustParsePrefix(text) }

func host(ip, name string) entity.Target {
	return entity.Target{Ref: entity.Ref{Kind: entity.KindHost}, Name: name, Host: &entity.Host{IP: ip}}
}

func static(destination string) entity.Target {
	return entity.Target{Ref: entity.Ref{Kind: entity.KindStatic}, Static: &entity.Static{Destination: destination}}
}

func detection(destinations ...string) entity.Target {
	return entity.Target{Ref: entity.Ref{Kind: entity.KindDetection}, Detection: &entity.Detection{Destinations: destinations}}
}

func person(uid string) entity.Target {
	return entity.Target{Ref: entity.Ref{Kind: entity.KindAccount}, Name: uid, Account: &entity.Account{UID: uid}}
}

// configured covers what an operator may have written.
var configured = []protect.Entry{
	{Prefix: prefix("10.0.0.1/32"), Why: "default gateway 10.0.0.1 of eth0"},
	{Prefix: prefix("172.20.0.0/16"), Why: "never_block 172.20.0.0/16"},
	{Prefix: prefix("2001:db8:7::/48"), Why: "never_block 2001:db8:7::/48"},
	{Prefix: prefix("8.8.8.8/32"), DestinationOnly: true, Why: "public resolver 8.8.8.8"},
	{Prefix: prefix("2002:c000:207::/48"), Why: "never_block 2002:c000:207::/48"},
	{Name: "dc01.corp.example.net", Why: "never_block dc01.corp.example.net"},
	{Name: "printer", Why: "never_block printer"},
	{Domain: "example.org", Why: "never_block example.org"},
	{Account: `CORP\Administrator`, Why: `never_block CORP\Administrator`},
	{Account: "svc-backup@corp.example.net", Why: "never_block svc-backup@corp.example.net"},
	{Account: "root", Why: "never_block root"},
}

func TestCovers(t *testing.T) {
	tests := map[string]struct {
		target   entity.Target
		elements []string
		why      string
	}{
		"a host at a protected address":            {host("10.0.0.1", "x"), nil, "default gateway 10.0.0.1 of eth0"},
		"a host beside it":                         {host("10.0.0.2", "x"), nil, ""},
		"a host in a protected network":            {host("172.20.9.9", "x"), nil, "172.20.9.9: never_block 172.20.0.0/16"},
		"an address with a zone":                   {host("2001:db8:7::5%eth0", "x"), nil, "2001:db8:7::5%eth0: never_block 2001:db8:7::/48"},
		"a mapped address":                         {host("::ffff:10.0.0.1", "x"), nil, "::ffff:10.0.0.1: default gateway 10.0.0.1 of eth0"},
		"a 6to4 address":                           {static("2002:0a00:0001::99"), nil, "2002:0a00:0001::99: default gateway 10.0.0.1 of eth0"},
		"a NAT64 address":                          {static("64:ff9b::a00:1"), nil, "64:ff9b::a00:1: default gateway 10.0.0.1 of eth0"},
		"what a 6to4 address stands for":           {static("192.0.2.7"), nil, "192.0.2.7: never_block 2002:c000:207::/48"},
		"a network that contains it":               {static("10.0.0.0/24"), nil, "10.0.0.0/24: default gateway 10.0.0.1 of eth0"},
		"a network beside it":                      {static("10.0.1.0/24"), nil, ""},
		"a mapped network that contains it":        {static("::ffff:10.0.0.0/120"), nil, "::ffff:10.0.0.0/120: default gateway 10.0.0.1 of eth0"},
		"a 6to4 network that contains it":          {static("2002:0a00::/24"), nil, "2002:0a00::/24: default gateway 10.0.0.1 of eth0"},
		"a network inside a protected one":         {static("2001:db8:7:1::/64"), nil, "2001:db8:7:1::/64: never_block 2001:db8:7::/48"},
		"everything":                               {static("0.0.0.0/0"), nil, "0.0.0.0/0: a network of more than a /8"},
		"everything of IPv6":                       {static("::/0"), nil, "::/0: a network of more than a /19"},
		"half of everything":                       {static("128.0.0.0/1"), nil, "128.0.0.0/1: a network of more than a /8"},
		"the largest network that may be blocked":  {static("9.0.0.0/8"), nil, ""},
		"larger than that":                         {static("38.0.0.0/7"), nil, "38.0.0.0/7: a network of more than a /8"},
		"the largest of IPv6":                      {static("2a00::/19"), nil, ""},
		"larger than that of IPv6":                 {static("2a00::/18"), nil, "2a00::/18: a network of more than a /19"},
		"loopback of systemd-resolved":             {host("127.0.0.53", "x"), nil, "127.0.0.53: loopback 127.0.0.0/8"},
		"an element though the address is another": {host("10.9.9.9", "x"), []string{"10.0.0.1"}, "default gateway 10.0.0.1 of eth0"},
		"an element alone":                         {entity.Target{Ref: entity.Ref{Kind: entity.KindHost}}, []string{"172.20.1.1"}, "172.20.1.1: never_block 172.20.0.0/16"},
		"an element that is a name":                {host("", ""), []string{"printer"}, "never_block printer"},
		"an element that is nothing known":         {host("10.9.9.9", "x"), []string{"~0123456789abcdef", "*", "", "4c1f-agent"}, ""},
		"a resolver as a destination":              {detection("9.9.9.9", "8.8.8.8"), nil, "public resolver 8.8.8.8"},
		"a resolver as a host":                     {host("8.8.8.8", "x"), nil, ""},
		"a resolver inside a listed network":       {static("8.8.8.0/24"), nil, "8.8.8.0/24: public resolver 8.8.8.8"},

		"a host by its full name":             {host("10.9.9.9", "DC01.Corp.Example.Net."), nil, "DC01.Corp.Example.Net.: never_block dc01.corp.example.net"},
		"a host by its short name":            {host("10.9.9.9", "DC01"), nil, "never_block dc01.corp.example.net"},
		"a short name with a domain":          {host("10.9.9.9", "printer.branch.example.net"), nil, "printer.branch.example.net: never_block printer"},
		"its namesake elsewhere":              {host("10.9.9.9", "dc01.other.example.net"), nil, ""},
		"a host below a protected domain":     {host("10.9.9.9", "laptop.example.org"), nil, ""},
		"a host whose name is an address":     {host("", "10.0.0.1"), nil, "default gateway 10.0.0.1 of eth0"},
		"a host with neither":                 {host("", ""), nil, ""},
		"a protected domain":                  {static("Example.org"), nil, "never_block example.org"},
		"what is below it":                    {static("a.b.example.org"), nil, "a.b.example.org: never_block example.org"},
		"what only ends alike":                {static("badexample.org"), nil, ""},
		"a domain that contains a host":       {static("example.net"), nil, "never_block dc01.corp.example.net"},
		"what is below a host":                {static("x.dc01.corp.example.net"), nil, ""},
		"a destination that is a host":        {detection("dc01.corp.example.net"), nil, "never_block dc01.corp.example.net"},
		"a destination with the short name":   {detection("dc01.evil.example"), nil, ""},
		"an account in the form of old":       {person(`corp\administrator`), nil, `never_block CORP\Administrator`},
		"an account in its realm":             {person("administrator@CORP.EXAMPLE.NET"), nil, `administrator@CORP.EXAMPLE.NET: never_block CORP\Administrator`},
		"an account of another domain":        {person(`OTHER\administrator`), nil, ""},
		"an account without a domain":         {person("Administrator"), nil, `never_block CORP\Administrator`},
		"an account of a service":             {person("O365:svc-backup@corp.example.net"), nil, "O365:svc-backup@corp.example.net: never_block svc-backup@corp.example.net"},
		"an account of a realm below":         {person("svc-backup@emea.corp.example.net"), nil, "svc-backup@emea.corp.example.net: never_block svc-backup@corp.example.net"},
		"an account of a realm beside":        {person("svc-backup@corp.example.com"), nil, ""},
		"a bare name in any domain":           {person("root@anywhere.example"), nil, "root@anywhere.example: never_block root"},
		"an account whose name only ends so":  {person("groot@corp.example.net"), nil, ""},
		"an element that is an account":       {person("x"), []string{`CORP\svc-backup`}, `CORP\svc-backup: never_block svc-backup@corp.example.net`},
		"a host that is called as an account": {host("10.9.9.9", "root"), nil, ""},
		"an account that is called as a host": {person("printer"), nil, ""},
	}
	set := protect.New(configured, protect.Options{})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			why, covered := set.Covers(tt.target, tt.elements)
			if why != tt.why || covered != (tt.why != "") {
				t.Errorf("got %q, %v, want %q", why, covered, tt.why)
			}
		})
	}
}

func TestEveryNameOfATargetCounts(t *testing.T) {
	set := protect.New(configured, protect.Options{})
	h := func(set func(*entity.Host)) entity.Target {
		t := host("10.9.9.9", "x")
		set(t.Host)
		return t
	}
	a := func(set func(*entity.Account)) entity.Target {
		t := person("x@corp.example.net")
		set(t.Account)
		return t
	}
	tests := map[string]entity.Target{
		"full name":       h(func(h *entity.Host) { h.FullName = "dc01.corp.example.net" }),
		"VMware name":     h(func(h *entity.Host) { h.VMwareName = "printer" }),
		"artifact":        h(func(h *entity.Host) { h.Artifacts = []entity.Artifact{{Type: "dhcp", Value: "DC01"}} }),
		"display name":    a(func(a *entity.Account) { a.DisplayName = `CORP\administrator` }),
		"sAMAccountName":  a(func(a *entity.Account) { a.LDAP.SAM = "Administrator" }),
		"principal name":  a(func(a *entity.Account) { a.LDAP.UPN = "root@example.com" }),
		"mail address":    a(func(a *entity.Account) { a.LDAP.Email = "root@example.com" }),
		"normalized name": a(func(a *entity.Account) { a.NormalizedName = "svc-backup@corp.example.net" }),
		"guessed name":    a(func(a *entity.Account) { a.FakeSAM = "root" }),
	}
	for name, target := range tests {
		if _, covered := set.Covers(target, nil); !covered {
			t.Errorf("%s: not covered", name)
		}
	}
}

// A guess at the account's name says nothing of its domain: the other names do.
func TestABareNameIsOfTheDomainThatTheOtherNamesSay(t *testing.T) {
	set := protect.New([]protect.Entry{{Account: "ceo@example.net", Why: "ceo"}}, protect.Options{})
	other := person("ceo@example.com")
	other.Account.FakeSAM = "ceo"
	if why, covered := set.Covers(other, nil); covered {
		t.Errorf("the namesake in another domain is covered: %s", why)
	}
}

func TestWhatIsCompiledInNeedsNoSet(t *testing.T) {
	var none *protect.Set
	for name, set := range map[string]*protect.Set{"nil": none, "empty": protect.New(nil, protect.Options{})} {
		for _, text := range []string{
			"127.0.0.1", "127.0.0.53", "127.255.0.0/16", "::1", "169.254.1.1", "fe80::1", "fe80::/64", "febf::1", "224.0.0.251",
			"239.255.255.250", "ff02::fb", "0.0.0.0", "0.1.2.3", "::", "255.255.255.255", "0.0.0.0/0", "::/0", "64.0.0.0/2", "2000::/3",
			"::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "::ffff:0:127.0.0.1", "::ffff:0:0/96", "2002:7f00::/24",
		} {
			for _, target := range []entity.Target{host(text, ""), static(text), detection("1.2.3.4", text)} {
				if _, covered := set.Covers(target, nil); !covered {
					t.Errorf("%s set: %s %s may be blocked", name, target.Kind, text)
				}
			}
		}
		for _, text := range []string{"10.1.2.3", "198.51.100.0/24", "2a00:1450::1", "128.0.0.1", "evil.example", "1.1.1.1"} {
			if why, covered := set.Covers(static(text), nil); covered {
				t.Errorf("%s set: %s may not be blocked: %s", name, text, why)
			}
		}
		if len(set.Entries()) == 0 {
			t.Errorf("%s set: does not tell what is compiled in", name)
		}
	}
}

func TestTheShortestPrefixesAreThoseConfigured(t *testing.T) {
	set := protect.New(nil, protect.Options{MinPrefix4: 24, MinPrefix6: 48})
	for text, want := range map[string]bool{
		"9.0.0.0/23": true, "9.0.0.0/24": false, "::ffff:9.0.0.0/119": true, "2a00::/47": true, "2a00::/48": false,
	} {
		if _, covered := set.Covers(static(text), nil); covered != want {
			t.Errorf("%s: covered is %v, want %v", text, covered, want)
		}
	}
}

func TestPublicResolversAreDestinationsOnly(t *testing.T) {
	with, without := protect.New(protect.PublicResolvers(), protect.Options{}), protect.New(nil, protect.Options{})
	for _, text := range []string{"8.8.8.8", "1.1.1.1", "9.9.9.9", "208.67.222.222", "2606:4700:4700::1111", "1.1.1.0/24", "dns.google", "dns.quad9.net"} {
		if _, covered := with.Covers(detection(text), nil); !covered {
			t.Errorf("%s may be blocked", text)
		}
		if _, covered := without.Covers(detection(text), nil); covered {
			t.Errorf("%s may not be blocked without the list", text)
		}
		if _, covered := with.Covers(host(text, text), nil); covered {
			t.Errorf("a host called %s may not be blocked", text)
		}
	}
}
