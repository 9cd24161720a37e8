package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

const maxLabel = 40

var (
	hashPattern     = regexp.MustCompile(`^([0-9a-f]{64})?$`)
	variablePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

func (k *checker) blocker(path, name string, b Blocker) {
	k.name(path, name)
	k.name(join(path, "plugin"), b.Plugin)
	k.label(join(path, "label"), b.Label)
	if b.Mark != "" {
		k.name(join(path, "mark"), b.Mark)
	}
	if !hashPattern.MatchString(b.SHA256) {
		k.add(join(path, "sha256"), "must be 64 hexadecimal digits, as sha256sum prints them")
	}
	for i, variable := range b.Env {
		k.variable(index(join(path, "env"), i), variable)
	}
	k.devices(join(path, "settings"), b.Settings)
}

func (k *checker) label(path, label string) {
	switch {
	case len(label) > maxLabel:
		k.add(path, "is longer than %d bytes: it is part of tags", maxLabel)
	case strings.ContainsAny(label, ":,") || !printable(label):
		k.add(path, "must be printable ASCII without colon and comma: it is part of tags")
	case label != strings.TrimSpace(label):
		k.add(path, "must not begin or end with a space")
	}
}

func printable(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// labels refuses a label that two blockers share: receipt tags would not tell them apart.
func (k *checker) labels(blockers map[string]Blocker) {
	taken := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(blockers)) {
		label := blockers[name].Label
		if label == "" {
			continue
		}
		if other, ok := taken[strings.ToLower(label)]; ok {
			k.add("blocker."+name+".label", "%q is the label of blocker %s: receipt tags would not tell them apart", label, other)
		}
		taken[strings.ToLower(label)] = name
	}
}

// marks refuses a mark that two blockers share: each would take what the other put on a device for its own.
func (k *checker) marks(blockers map[string]Blocker) {
	for _, name := range slices.Sorted(maps.Keys(blockers)) {
		mark := blockers[name].Mark
		for _, other := range slices.Sorted(maps.Keys(blockers)) {
			if mark != "" && other != name && mark == blockers[other].MarkOf(other) {
				k.add("blocker."+name+".mark", "%q is what blocker %s marks with: neither would know what on a device is its own", mark, other)
			}
		}
	}
}

func (k *checker) variable(path, name string) {
	switch {
	case !variablePattern.MatchString(name):
		k.add(path, "%s is no name of an environment variable", shown(name))
	case strings.HasPrefix(strings.ToUpper(name), "VAR_"):
		k.add(path, "%s is var's own: secrets may be among such variables", name)
	}
}

// devices checks the names of the tables in settings, which are the identities of devices.
func (k *checker) devices(path string, settings map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		for i, t := range tablesOf(settings[key]) {
			if name, ok := t["name"].(string); ok {
				k.name(join(index(join(path, key), i), "name"), name)
			}
		}
	}
}
