package main

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/secret"
	"github.com/var-project/var/plugins/paloalto/internal/panos"
)

type settings struct {
	InternalTag   string        `toml:"internal_tag" default:"Block_Host" help:"Tag of blocked hosts. All three tags belong to this blocker alone."`
	ExternalTag   string        `toml:"external_tag" default:"Block_Detection" help:"Tag of blocked destinations."`
	AccountTag    string        `toml:"account_tag" default:"Block_Account" help:"Tag of blocked accounts."`
	AccountFormat string        `toml:"account_format" default:"{domain}\\{sam}" help:"How the firewall names a user: text with {sam} {upn} {uid} {domain} {name}; lower case is sent."`
	Domain        string        `toml:"domain" help:"What {domain} stands for, usually the NetBIOS name; when empty, the first label of the account's realm."`
	Timeout       time.Duration `toml:"timeout" default:"0s" min:"0s" max:"720h" help:"After how long a firewall drops a block that is not renewed, in whole seconds; 0 is never. PAN-OS 9.0 or later."`
	Persistent    bool          `toml:"persistent" default:"true" help:"Whether blocked addresses survive a reboot of the firewall."`
	Capacity      int           `toml:"capacity" default:"1000" min:"1" max:"500000" help:"How many registered addresses, of all tools, a firewall may hold before it is asked for no more."`
	Batch         int           `toml:"batch" default:"1000" min:"1" max:"1000" help:"How many entries one message carries."`
	Devices       []device      `toml:"device" min:"1" help:"A firewall, or one firewall behind a Panorama."`
}

type device struct {
	Name    string `toml:"name" required:"true" help:"Name of the firewall in lists, errors and secrets."`
	URL     string `toml:"url" format:"url" required:"true" help:"Management address of the firewall or Panorama, https://host[:port]."`
	Vsys    string `toml:"vsys" default:"vsys1" help:"Virtual system that the blocks belong to."`
	Target  string `toml:"target" help:"Serial number of the firewall when url is a Panorama: one device for each."`
	Release string `toml:"version" help:"PAN-OS version such as 10.1; asked from the device when empty."`
	blocker.TLS
	APIKey   secret.String `toml:"api_key" former:"{url}_API_Key" optional:"true" help:"API key; made once from user and password when missing."`
	User     secret.String `toml:"user" former:"{url}_username" optional:"true" help:"Administrator that the API key is made for."`
	Password secret.String `toml:"password" former:"{url}_password" optional:"true" help:"Password of that administrator."`
}

// Validate finds what tags of the struct cannot say.
func (s settings) Validate() []error {
	errs := s.checkTags()
	if err := checkFormat(s.AccountFormat); err != nil {
		errs = append(errs, &blocker.FieldError{Path: "account_format", Msg: err.Error()})
	}
	if s.Timeout%time.Second != 0 {
		errs = append(errs, &blocker.FieldError{Path: "timeout", Msg: "must be whole seconds"})
	}
	for i, d := range s.Devices {
		errs = append(errs, d.check(fmt.Sprintf("device[%d].", i))...)
	}
	return append(errs, s.checkTwins()...)
}

func (s settings) tags() map[entity.Class]string {
	return map[entity.Class]string{
		entity.ClassSource:      s.InternalTag,
		entity.ClassDestination: s.ExternalTag,
		entity.ClassAccount:     s.AccountTag,
	}
}

// places are where registrations are looked for: another tag, vsys or firewall behind a Panorama is another place.
func (s settings) places() map[string]string {
	all := map[string]string{}
	for class, tag := range s.tags() {
		all[string(class)] = "tag " + tag
	}
	for _, d := range s.Devices {
		place := cmp.Or(d.Vsys, "vsys1")
		if d.Target != "" {
			place += " of " + d.Target
		}
		all["device "+d.Name] = place
	}
	return all
}

func (s settings) checkTags() []error {
	keys := []struct{ path, tag string }{
		{"internal_tag", s.InternalTag}, {"external_tag", s.ExternalTag}, {"account_tag", s.AccountTag},
	}
	var errs []error
	for i, k := range keys {
		if msg := tagFault(k.tag); msg != "" {
			errs = append(errs, &blocker.FieldError{Path: k.path, Msg: msg})
		}
		for _, other := range keys[:i] {
			if strings.EqualFold(other.tag, k.tag) {
				errs = append(errs, &blocker.FieldError{Path: k.path, Msg: "is the same as " + other.path + "; each needs a tag of its own"})
			}
		}
	}
	return errs
}

// tagFault says what PAN-OS would not take as a tag in a group's filter; empty when it would.
func tagFault(tag string) string {
	switch words := strings.Fields(tag); {
	case tag == "":
		return "must not be empty"
	case len(tag) > 127:
		return "must have at most 127 characters"
	case strings.ContainsAny(tag, `'"`):
		return "must not contain quotes"
	case strings.Join(words, " ") != tag:
		return "must not contain double spaces or spaces at its ends"
	case slices.ContainsFunc(words, reserved):
		return "must not contain the words and, or, not: they join tags in the filter of a group"
	}
	return ""
}

func reserved(word string) bool {
	return slices.Contains([]string{"and", "or", "not"}, strings.ToLower(word))
}

var (
	vsysName     = regexp.MustCompile(`^vsys[1-9][0-9]*$`)
	serialNumber = regexp.MustCompile(`^[0-9A-Za-z]{6,32}$`)
)

func (d device) check(path string) []error {
	var errs []error
	add := func(key, msg string) { errs = append(errs, &blocker.FieldError{Path: path + key, Msg: msg}) }
	if _, err := base(d.URL); err != nil {
		add("url", err.Error())
	}
	if d.Vsys != "" && !vsysName.MatchString(d.Vsys) {
		add("vsys", "must be the name of a virtual system such as vsys1")
	}
	if d.Target != "" && !serialNumber.MatchString(d.Target) {
		add("target", "must be one serial number; write one device for each firewall")
	}
	if _, err := panos.ParseVersion(d.Release); d.Release != "" && err != nil {
		add("version", err.Error())
	}
	return errs
}

// checkTwins refuses two devices that are one: the second would undo what the first reports.
func (s settings) checkTwins() []error {
	type place struct{ url, vsys, target string }
	seen := map[place]string{}
	var errs []error
	for i, d := range s.Devices {
		address, err := base(d.URL)
		if err != nil {
			continue
		}
		p := place{address, cmp.Or(d.Vsys, "vsys1"), d.Target}
		if twin, ok := seen[p]; ok {
			errs = append(errs, &blocker.FieldError{Path: fmt.Sprintf("device[%d].url", i), Msg: "is the same firewall and vsys as device " + twin})
		}
		seen[p] = d.Name
	}
	return errs
}

// base is a management address without its path.
func base(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" {
		return "", fmt.Errorf("must be https://host[:port]")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" && strings.Trim(u.Path, "/") != "api" {
		return "", fmt.Errorf("must be https://host[:port] and nothing else")
	}
	return "https://" + strings.ToLower(u.Host), nil
}
