package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

func TestMistakesInSettingsNameTheirKey(t *testing.T) {
	cases := map[string]struct {
		edit func(*settings)
		want []string
	}{
		"none":              {func(*settings) {}, nil},
		"tag shared":        {func(s *settings) { s.ExternalTag = s.InternalTag }, []string{"external_tag"}},
		"tags all the same": {func(s *settings) { s.ExternalTag, s.AccountTag = "Block_Host", "Block_Host" }, []string{"external_tag", "account_tag", "account_tag"}},
		"tag empty":         {func(s *settings) { s.AccountTag = "" }, []string{"account_tag"}},
		"tag too long":      {func(s *settings) { s.InternalTag = strings.Repeat("x", 128) }, []string{"internal_tag"}},
		"tag quoted":        {func(s *settings) { s.InternalTag = "a'b" }, []string{"internal_tag"}},
		"tag with spaces":   {func(s *settings) { s.InternalTag = "a  b" }, []string{"internal_tag"}},
		"tag that joins":    {func(s *settings) { s.InternalTag = "this OR that" }, []string{"internal_tag"}},
		"format unknown":    {func(s *settings) { s.AccountFormat = "{email}" }, []string{"account_format"}},
		"format constant":   {func(s *settings) { s.AccountFormat = `{domain}\x` }, []string{"account_format"}},
		"timeout broken":    {func(s *settings) { s.Timeout = 1500 * time.Millisecond }, []string{"timeout"}},
		"url without TLS":   {func(s *settings) { s.Devices[0].URL = "http://fw1" }, []string{"device[0].url"}},
		"url with user":     {func(s *settings) { s.Devices[0].URL = "https://a:b@fw1" }, []string{"device[0].url"}},
		"url with path":     {func(s *settings) { s.Devices[0].URL = "https://fw1/php/login" }, []string{"device[0].url"}},
		"url with api":      {func(s *settings) { s.Devices[0].URL = "https://fw1/api/" }, nil},
		"vsys":              {func(s *settings) { s.Devices[0].Vsys = "one']" }, []string{"device[0].vsys"}},
		"two targets":       {func(s *settings) { s.Devices[0].Target = "001,002" }, []string{"device[0].target"}},
		"version":           {func(s *settings) { s.Devices[0].Release = "latest" }, []string{"device[0].version"}},
		"twins": {func(s *settings) {
			s.Devices = append(s.Devices, device{Name: "fw2", URL: "https://FW1/", Vsys: ""})
		}, []string{"device[1].url"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := settings{
				InternalTag: "Block_Host", ExternalTag: "Block_Detection", AccountTag: "Block_Account",
				AccountFormat: `{domain}\{sam}`, Devices: []device{{Name: "fw1", URL: "https://fw1", Vsys: "vsys1"}},
			}
			c.edit(&s)
			var got []string
			for _, err := range s.Validate() {
				var at *blocker.FieldError
				if errors.As(err, &at) {
					got = append(got, at.Path)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestAccountIsNamedAsTheFirewallNamesIt(t *testing.T) {
	full := entity.Target{
		Ref: entity.Ref{Kind: entity.KindAccount}, Name: "Doe, Jane",
		Account: &entity.Account{UID: "JDoe@EXAMPLE.NET", FakeSAM: "guess", LDAP: entity.LDAP{SAM: "JDoe", UPN: "jane.doe@corp.example.net"}},
	}
	bare := account("jdoe@example.net")
	cloud := account("O365:jdoe@tenant.example")
	cases := map[string]struct {
		naming naming
		target entity.Target
		want   string
		class  blocker.ErrorClass
	}{
		"domain and sam":                  {naming{`{domain}\{sam}`, "EXAMPLE"}, full, `example\jdoe`, ""},
		"domain of the UPN":               {naming{`{domain}\{sam}`, ""}, full, `corp\jdoe`, ""},
		"domain of the realm":             {naming{`{domain}\{sam}`, ""}, bare, `example\jdoe`, ""},
		"no domain is guessed of a cloud": {naming{`{domain}\{sam}`, ""}, cloud, "", blocker.Absent},
		"UPN":                             {naming{"{upn}", ""}, full, "jane.doe@corp.example.net", ""},
		"UPN missing":                     {naming{"{upn}", ""}, bare, "", blocker.Absent},
		"UID":                             {naming{"{uid}", ""}, bare, "jdoe@example.net", ""},
		"name that no tag can hold":       {naming{"{name}", ""}, full, "", blocker.Unsupported},
		"too long":                        {naming{"{uid}" + strings.Repeat("x", 250), ""}, bare, "", blocker.Unsupported},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := c.naming.nameOf(c.target)
			if got != c.want || blocker.ClassOf(err) != c.class {
				t.Errorf("%q, %v; want %q and class %q", got, err, c.want, c.class)
			}
		})
	}
}

func TestElementThatIsNoneIsNeverSent(t *testing.T) {
	for text, class := range map[string]blocker.ErrorClass{
		"10.0.0.1": "", "10.0.0.0/8": "", "10.0.0.1-10.0.0.9": "", "::ffff:10.0.0.1": "",
		"10.0.0.9-10.0.0.1": blocker.Permanent, "~0011": blocker.Permanent, "localhost": blocker.Permanent,
		"fe80::1%eth0": blocker.Permanent, "2001:db8::1-2001:db8::9": blocker.Permanent,
		"evil.example": blocker.Unsupported, "2001:db8::/32": blocker.Unsupported,
	} {
		if _, err := keyOf(entity.ClassDestination, text); blocker.ClassOf(err) != class {
			t.Errorf("%s: %v, want class %q", text, err, class)
		}
	}
}
