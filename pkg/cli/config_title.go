package cli

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/var-project/var/pkg/config"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/journal"
	"github.com/var-project/var/pkg/reconcile"
	"github.com/var-project/var/pkg/view"
)

// title is a name that becomes another: "brain.hq", or "blocker.edge.device.fw1", which is what secrets begin with.
type title struct {
	former, name string
	// group is what both are below: "brain", "blocker", "blocker.edge.device".
	group    string
	old, new string
}

var titled = regexp.MustCompile(`^(brain|blocker|blocker\.([a-z0-9_-]+)\.([A-Za-z0-9_-]+))\.([a-z0-9_-]+)$`)

func parseRename(former, name string) (title, error) {
	parts := titled.FindStringSubmatch(former)
	if strings.HasPrefix(former, "notify.") {
		return title{}, fmt.Errorf("%q: names of channels are not changed, for nothing is held under them: make a table with the new name, "+
			"store its secrets, and take the old one out", former)
	}
	if parts == nil {
		return title{}, fmt.Errorf("%q has no name that can be changed: want brain.NAME, blocker.NAME or blocker.NAME.device.NAME", former)
	}
	t := title{former: former, group: parts[1], old: parts[4], new: strings.TrimPrefix(name, parts[1]+".")}
	t.name = t.group + "." + t.new
	if strings.Contains(t.new, ".") || t.new == t.old {
		return title{}, fmt.Errorf("%q is no other name for %s: want %s.NAME", name, former, t.group)
	}
	return t, nil
}

func (t title) String() string { return t.former + " " + t.name }

// device is the blocker and the key of the tables when the name is a device's.
func (t title) device() (blocker, key string, is bool) {
	parts := strings.Split(t.group, ".")
	if len(parts) != 3 {
		return "", "", false
	}
	return parts[1], parts[2], true
}

// change writes the new name into a document. A blocker's marks on devices keep the old one.
func (t title) change(d *config.Document) error {
	if blocker, key, is := t.device(); is {
		return t.changeDevice(d, "blocker."+blocker+".settings."+key)
	}
	mark := t.old
	if text, _ := d.Get(t.former + ".mark"); text != nil && text != "" {
		mark, _ = text.(string)
	}
	if err := d.Rename(t.former, t.new); err != nil {
		return err
	}
	if err := t.changeFilters(d); err != nil || t.group != "blocker" {
		return err
	}
	if mark == t.new {
		return d.Remove(t.name + ".mark")
	}
	return d.Set(t.name+".mark", mark)
}

func (t title) changeDevice(d *config.Document, array string) error {
	devices, _ := d.Get(array)
	list, _ := devices.([]any)
	at := -1
	for i, one := range list {
		table, _ := one.(map[string]any)
		switch table["name"] {
		case t.old:
			at = i
		case t.new:
			return fmt.Errorf("there is a %s already", t.name)
		}
	}
	if at < 0 {
		return fmt.Errorf("there is no %s", t.former)
	}
	return d.Set(fmt.Sprintf("%s[%d].name", array, at), t.new)
}

// done reports that a document has the new name and not the old one.
func (t title) done(d *config.Document) bool {
	back := title{former: t.name, name: t.former, group: t.group, old: t.new, new: t.old}
	return back.change(d.Clone()) == nil
}

// mine reports that a secret belongs to what has the new name.
func (t title) mine(secret string) bool { return strings.HasPrefix(secret, t.name+".") }

func (t title) inJournal() journal.Renaming {
	r := journal.Renaming{Old: t.old, New: t.new}
	blocker, _, device := t.device()
	switch {
	case device:
		r.Kind, r.Blocker, r.Fact = journal.RenamedDevice, blocker, reconcile.DeviceFact(blocker, t.old, t.new)
	case t.group == "blocker":
		r.Kind, r.Fact = journal.RenamedBlocker, reconcile.BlockerFact(t.old, t.new)
	default:
		r.Kind, r.Fact = journal.RenamedSource, func(key, value string) (string, string) {
			if key == view.CompleteKey(t.old) {
				return view.CompleteKey(t.new), value
			}
			return reconcile.SourceFact(t.old, t.new)(key, value)
		}
	}
	fact := r.Fact
	r.Fact = func(key, value string) (string, string) {
		if key == strandedKey {
			return key, renamedStranded(value, r)
		}
		return fact(key, value)
	}
	return r
}

// isIn says whether a configuration has a brain or blocker of a name. Devices are their plugins' matter.
func (t title) isIn(cfg *config.Config, name string) bool {
	_, brain := cfg.Brains[name]
	_, blocker := cfg.Blockers[name]
	return t.group == "brain" && brain || t.group == "blocker" && blocker
}

// holds says whether something is held under the new name.
func (t title) holds(h entity.Holding) bool {
	return t.group == "brain" && h.Target.Source == t.new || t.group == "blocker" && h.Blocker == t.new
}
