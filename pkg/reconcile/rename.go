package reconcile

import (
	"encoding/json"
	"strings"
)

// aboutSource is how the keys of facts about a source begin; its name follows.
var aboutSource = []string{"selection:", "devices:", "read:", "gate:", "tag:", "unread:", "silent:"}

// SourceFact is the fact that was remembered of a source under its old name, as it is under the new one. Facts about
// others stay as they are.
func SourceFact(former, name string) func(key, value string) (string, string) {
	return func(key, value string) (string, string) { return ofSource(aboutSource, former, name, key), value }
}

func ofSource(prefixes []string, former, name, key string) string {
	for _, prefix := range prefixes {
		rest, is := strings.CutPrefix(key, prefix+former)
		if is && (rest == "" || strings.ContainsAny(rest[:1], ":/")) {
			return prefix + name + rest
		}
	}
	return key
}

// BlockerFact is what was remembered of a blocker under its old name, as it is under the new one.
func BlockerFact(former, name string) func(key, value string) (string, string) {
	return named(func(blocker, device string) (string, string) {
		if blocker == former {
			return name, device
		}
		return blocker, device
	})
}

// DeviceFact is what was remembered of a device of a blocker under its old name, as it is under the new one.
func DeviceFact(blocker, former, name string) func(key, value string) (string, string) {
	return named(func(of, device string) (string, string) {
		if of == blocker && device == former {
			return of, name
		}
		return of, device
	})
}

// named changes the names of blockers and devices in facts that hold some.
func named(change func(blocker, device string) (string, string)) func(key, value string) (string, string) {
	return func(key, value string) (string, string) {
		switch {
		case strings.HasPrefix(key, serialsKey("")):
			return key, rewritten(value, func(all serials) serials { return renamedSerials(all, change) })
		case key == enforcementKey:
			return key, rewritten(value, func(all []Enforcement) []Enforcement {
				for i, e := range all {
					all[i].Blocker, all[i].Device = change(e.Blocker, e.Device)
				}
				return all
			})
		}
		return key, value
	}
}

func renamedSerials(all serials, change func(blocker, device string) (string, string)) serials {
	next := serials{}
	for blocker, devices := range all {
		for device, serial := range devices {
			of, now := change(blocker, device)
			if next[of] == nil {
				next[of] = map[string]string{}
			}
			next[of][now] = serial
		}
	}
	return next
}

// rewritten changes a fact that is kept as JSON. One that cannot be read is left to who reads it.
func rewritten[T any](text string, change func(T) T) string {
	var v T
	if json.Unmarshal([]byte(text), &v) != nil {
		return text
	}
	next, err := json.Marshal(change(v))
	if err != nil {
		return text
	}
	return string(next)
}
