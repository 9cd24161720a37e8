package predecessor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/var-project/var/pkg/secret"
)

// blocklist carries over the config.json of VAE-DBL, as far as var has the same: it serves no lists.
func (i *importer) blocklist(file string, text []byte) (*Import, error) {
	i.Kind = "VAE-DBL"
	var values map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&values); err != nil {
		return nil, fmt.Errorf("%s: is no JSON object: %w", file, err)
	}
	if i.options.Flags != "" {
		i.refuse(Origin{Name: "--flags"}, "VAE-DBL has no flags")
	}
	s := jsonSource{file, values, i}
	s.brain()
	s.hosts()
	s.detections()
	s.rest()
	i.leave(Origin{File: file}, "VAE-DBL serves lists, which var does not: add a blocker that firewalls obey, var config set blocker.NAME.plugin …")
	return i.result()
}

// jsonSource is the configuration of VAE-DBL.
type jsonSource struct {
	file   string
	values map[string]any
	to     *importer
}

func (s jsonSource) origin(name string) Origin { return Origin{File: s.file, Name: name} }

func (s jsonSource) brain() {
	raw, _ := s.values["brain"].(string)
	url, err := address(raw)
	if err != nil {
		s.to.leave(s.origin("brain"), "%v: var config set brain.NAME.url https://…", err)
		return
	}
	path := "brain." + distinct(nameOf(url), map[string]bool{"static": true, "hand": true})
	s.to.set(path+".url", url, "", s.origin("brain"))
	s.to.set(path+".auth", "token", "VAE-DBL logs in with a token", s.origin("token"))
	s.to.secret(path+".token", raw, "Token")
	if token, _ := s.values["token"].(string); token != "" {
		s.to.Secrets[0].Clear = secret.New(token)
		s.to.leave(s.origin("token"), "a secret stands there in clear: --keyring keeps it as %s.token; then take it out of the file", path)
	}
}

// texts is a list, or what is written with commas.
func (s jsonSource) texts(name string) []string {
	var all []string
	switch v := s.values[name].(type) {
	case nil:
	case string:
		all = strings.Split(v, ",")
	case []any:
		for _, item := range v {
			text, is := item.(string)
			if !is {
				s.to.refuse(s.origin(name), "want a list of texts")
				return nil
			}
			all = append(all, text)
		}
	default:
		s.to.refuse(s.origin(name), "want a list of texts")
	}
	return filled(all)
}

func (s jsonSource) number(name string) int {
	switch v := s.values[name].(type) {
	case nil:
	case json.Number:
		if n, err := v.Float64(); err == nil {
			score, _ := least(n, false)
			return score
		}
		s.to.refuse(s.origin(name), "want a score from 0 to 99")
	default:
		s.to.refuse(s.origin(name), "want a score from 0 to 99")
	}
	return 0
}

// one is the first of a list, where var has one; the rest is named.
func (s jsonSource) one(path, name, what string) {
	all := s.texts(name)
	if len(all) == 0 {
		s.to.set(path, "", "", s.origin(name))
		return
	}
	if ownTag(all[0]) {
		s.to.refuse(s.origin(name), "%q is how the record of what is blocked begins", all[0])
	}
	s.to.set(path, all[0], "", s.origin(name))
	for _, more := range all[1:] {
		s.to.leave(s.origin(name), "%q: there is one %s; bring them together in the brain", more, what)
	}
}

func (s jsonSource) hosts() {
	s.one("hosts.block_tag", "tags", "tag that blocks")
	s.one("hosts.no_block_group", "src_wl", "no-block group")
	c := condition{s.number("threat_gte"), s.number("certainty_gte"), false}
	from := []Origin{s.origin("threat_gte"), s.origin("certainty_gte")}
	if c.never() || c.always() {
		s.to.off("hosts.score", "off", from...)
	} else {
		s.to.set("hosts.score", c.table(), "", from...)
	}
	s.to.set("hosts.detection_types", s.texts("src_detection_types"), "", s.origin("src_detection_types"))
	s.to.set("accounts.enabled", false, "VAE-DBL knows no accounts")
}

func (s jsonSource) detections() {
	s.to.set("detections.block_tag", "", "VAE-DBL goes by types alone")
	name := "dest_detection_types"
	if s.values[name] == nil {
		name = "detection_types"
	}
	s.to.set("detections.types", s.texts(name), "", s.origin(name))
}

// notCarried says of the other parameters why.
var notCarried = map[string]string{
	"active_only":      "var goes by active detections, and by hosts in every state",
	"untriaged_only":   "var goes by detections that are not triaged",
	"bogon":            "var serves no lists, so none is empty",
	"dst_wl":           "write the networks of these groups into never_block.targets",
	"c2_certainty_gte": "var has no rule for command and control alone; see detections.host_score",
	"c2_threat_gte":    "var has no rule for command and control alone; see detections.host_score",
	"mail":             "it sent the whole list at every refresh; var mails what it has changed: set [notify.mail] up",
}

func (s jsonSource) rest() {
	carried := []string{"brain", "token", "tags", "src_wl", "threat_gte", "certainty_gte", "src_detection_types", "dest_detection_types", "detection_types"}
	for _, name := range slices.Sorted(maps.Keys(s.values)) {
		why, known := notCarried[name]
		switch {
		case slices.Contains(carried, name):
		case known:
			s.to.leave(s.origin(name), "%s", why)
		default:
			s.to.leave(s.origin(shown(name)), "is no parameter of VAE-DBL")
		}
	}
}
