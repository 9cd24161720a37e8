package main_test

import (
	"cmp"
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/journal"
)

// picture is everything that a crash could change, without times and ids: what devices hold down to the last
// object, what analysts see, and what the journal knows.
type picture struct {
	Devices     map[string]any
	InForce     map[string][]string
	Tags, Notes map[string][]string
	Held        []held
	// Open counts intents and notes that are still to be settled.
	Open int
}

// held is a holding.
type held struct {
	Target, Blocker, Label, State, Former, Problem string
	Elements, Devices, Missing, Reasons            []string
	Adopted                                        bool
}

func (w *crashWorld) picture(t *testing.T, s story) picture {
	t.Helper()
	p := picture{Devices: map[string]any{}, InForce: w.inForce(t), Tags: w.brain(t).tags(), Notes: map[string][]string{}}
	for _, end := range w.ends() {
		var state any
		w.admin.state(t, end, &state)
		dismantle(state)
		p.Devices[end] = timeless(state)
	}
	for who, row := range w.brain(t).byKind() {
		for _, n := range row.Notes {
			if w.lived {
				n.Text = strings.Replace(n.Text, " (in part):", ":", 1)
			}
			p.Notes[who] = append(p.Notes[who], unmarked([]string{n.Text})...)
		}
		slices.Sort(p.Notes[who])
	}
	p.Held, p.Open = w.journal(t)
	if s.then != nil {
		p.forgetTheWay()
	}
	return p
}

// forgetTheWay leaves out what tells how the world came to be so: whoever dies early does less of what is then
// undone.
func (p *picture) forgetTheWay() {
	p.Notes = nil
	for i := range p.Held {
		p.Held[i].Reasons = nil
	}
}

// timeless makes two states comparable: lists have no order, and how long something lasts is told in tens of
// minutes.
func timeless(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "booted")
		for key, value := range v {
			v[key] = timeless(value)
		}
		if left, ok := v["remaining"].(float64); ok {
			v["remaining"] = (int(left) + 300) / 600
		}
	case []any:
		for i := range v {
			v[i] = timeless(v[i])
		}
		slices.SortFunc(v, func(a, b any) int { return cmp.Compare(asText(a), asText(b)) })
	}
	return v
}

// lasting are the reasons why somebody is held, and not those why something was last done about it: after a crash
// it is done since it was interrupted.
func lasting(reasons []string) []string {
	return slices.DeleteFunc(slices.Clone(reasons), occasion.MatchString)
}

var occasion = regexp.MustCompile(`^(expires .*|moved .*|in part|release interrupted)$`)

// dismantle takes away the groups of ours in which nothing is left: they block nothing and serve the next block. Whoever
// dies early does not build them, or empties them one by one instead of taking them off whole.
func dismantle(v any) {
	object, _ := v.(map[string]any)
	for _, value := range object {
		dismantle(value)
	}
	for _, table := range []string{"groups", "groups6"} {
		all, _ := object[table].(map[string]any)
		for name, members := range all {
			if strings.Contains(name, "-var-") && asText(members) == `["none"]` {
				delete(all, name)
				leave(all, name)
			}
		}
	}
}

// leave takes a name out of every group.
func leave(groups map[string]any, name string) {
	for group, members := range groups {
		list, _ := members.([]any)
		groups[group] = slices.DeleteFunc(list, func(member any) bool { return member == name })
	}
}

// unmarked are texts without their times.
func unmarked(texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = moment.ReplaceAllString(text, "…")
	}
	return all
}

var moment = regexp.MustCompile(`\d{1,2} \w{3} \d{4} at \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z?`)

func asText(v any) string {
	text, _ := json.Marshal(v) // it was JSON a moment ago
	return string(text)
}

func (w *crashWorld) url() string { return "sqlite://" + filepath.Join(w.dir, "var.db") }

// journal reads what is held and counts what is open.
func (w *crashWorld) journal(t *testing.T) (all []held, open int) {
	t.Helper()
	j, err := journal.OpenReadOnly(t.Context(), w.url(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	holdings, err := j.Holdings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range holdings {
		all = append(all, held{
			Target: h.Target.Ref.String(), Blocker: h.Blocker, Label: h.Label, State: string(h.State),
			Former: h.Receipt.Former, Problem: h.Problem, Adopted: h.Receipt.Adopted,
			Elements: slices.Sorted(slices.Values(h.Receipt.Elements)),
			Reasons:  unmarked(lasting(h.Reasons)),
			Devices:  slices.Sorted(slices.Values(h.Devices)), Missing: slices.Sorted(slices.Values(h.Missing)),
		})
	}
	intents, notes, err := j.Unfinished(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all, intents + notes
}
