package config

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/schema"
)

// checker collects what is wrong beyond single keys.
type checker struct{ wrong schema.Problems }

func (k *checker) add(path, format string, args ...any) {
	k.wrong = append(k.wrong, schema.Problem{Path: path, Message: fmt.Sprintf(format, args...)})
}

// check looks at the decoded values; the raw ones tell what the file has at all.
func (c *Config) check(values map[string]any) schema.Problems {
	k := &checker{}
	k.enough(values)
	k.state(c.State)
	k.owner(c.Owner)
	k.window(c.Window)
	for _, name := range slices.Sorted(maps.Keys(c.Brains)) {
		k.brain("brain."+name, name, c.Brains[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.Blockers)) {
		k.blocker("blocker."+name, name, c.Blockers[name])
	}
	k.labels(c.Blockers)
	k.marks(c.Blockers)
	k.tags("hosts", c.Run, c.Hosts.Enabled, c.Hosts.BlockTag, c.Hosts.UnblockTag)
	k.rules("hosts", c.Hosts.Rules)
	k.tags("accounts", c.Run, c.Accounts.Enabled, c.Accounts.BlockTag, c.Accounts.UnblockTag)
	k.rules("accounts", c.Accounts.Rules)
	k.tags("detections", c.Run, c.Detections.Enabled, c.Detections.BlockTag, c.Detections.UnblockTag)
	k.texts("detections.types", c.Detections.Types)
	k.score("detections.host_score", c.Detections.HostScore)
	k.permit(c.Static.Permit)
	k.neverBlock(c.NeverBlock.Targets)
	k.notify(c.Notify, values)
	k.admin(c.Admin)
	k.files(c)
	return k.wrong
}

// enough asks for somewhere to read from and something to block with.
func (k *checker) enough(values map[string]any) {
	static, _ := values["static"].(map[string]any)
	if file, _ := static["destinations"].(string); empty(values["brain"]) && file == "" {
		k.add("", "there is nothing to read: add a [brain.NAME] with its url, or [static] with destinations")
	}
	if empty(values["blocker"]) {
		k.add("", "there is nothing to block with: add a [blocker.NAME] with its plugin")
	}
}

func empty(table any) bool {
	t, ok := table.(map[string]any)
	return table == nil || ok && len(t) == 0
}

var ownerPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{0,40}$`)

func (k *checker) owner(owner string) {
	if !ownerPattern.MatchString(owner) {
		k.add("owner", "must be at most 40 letters, digits, dots, hyphens and underscores: it is part of names on devices")
	}
}

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

func (k *checker) name(path, name string) {
	if !namePattern.MatchString(name) {
		k.add(path, "%q cannot be a name: write at most 40 lower-case letters, digits, hyphens and underscores, a letter or digit first", name)
	}
}

// localNetworks is the length of fc00::/7, all networks of IPv6 that are a site's own.
const localNetworks = 7

func (k *checker) permit(networks []string) {
	for i, text := range networks {
		path := index("static.permit", i)
		d, err := parseDestination(text)
		switch {
		case err != nil || !d.prefix.IsValid():
			k.add(path, "%s is neither an address nor a network", shown(text))
		case tooBroad(d.prefix, broadest4, localNetworks) != nil:
			k.add(path, "%s is %v", shown(text), tooBroad(d.prefix, broadest4, localNetworks))
		}
	}
}

// address checks a URL that may hold no secret; the schemes that fit are named in the cure.
func address(text string, schemes ...string) (*url.URL, error) {
	wanted := strings.Join(schemes, ":// or ") + "://"
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("is not a URL: write %s and a host", wanted)
	case u.User != nil:
		return nil, fmt.Errorf("holds a user name: secrets never stand in the file")
	case !slices.Contains(schemes, u.Scheme) || u.Hostname() == "":
		return nil, fmt.Errorf("must be %s and a host", wanted)
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, fmt.Errorf("must end with the host, without ? and #")
	}
	return u, nil
}
