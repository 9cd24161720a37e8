package main

import (
	"errors"
	"strings"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
)

// wish is what one target or release asks of every device. err is what none of them can do.
type wish struct {
	keys []key
	err  error
}

// wanted is what blocking the target puts in place.
func (n naming) wanted(t entity.Target) wish {
	class := t.Kind.Class()
	if class == entity.ClassAccount {
		return n.wantedAccount(t)
	}
	texts := addressesOf(t)
	if len(texts) == 0 {
		return wish{err: &blocker.Error{Class: blocker.Absent, Err: errors.New("the target has no address")}}
	}
	return wishOf(class, texts)
}

func (n naming) wantedAccount(t entity.Target) wish {
	if t.Account == nil {
		return wish{err: &blocker.Error{Class: blocker.Absent, Err: errors.New("nothing is known of the account")}}
	}
	name, err := n.nameOf(t)
	if err != nil {
		return wish{err: err}
	}
	return wish{keys: []key{{entity.ClassAccount, name}}}
}

func addressesOf(t entity.Target) []string {
	texts := t.Destinations()
	if t.Host != nil {
		texts = []string{t.Host.IP}
	}
	var filled []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			filled = append(filled, text)
		}
	}
	return filled
}

func wishOf(class entity.Class, texts []string) wish {
	var w wish
	for _, text := range entity.Union(texts) {
		k, err := keyOf(class, text)
		if err != nil {
			w.err = errors.Join(w.err, err)
			continue
		}
		w.keys = append(w.keys, k)
	}
	return w
}

// held is what a release takes off. What no device can hold is off already; a receipt that was
// lost is derived from the target.
func (n naming) held(r blocker.Release) wish {
	w := n.wanted(r.Target)
	if len(r.Receipt.Elements) > 0 {
		w = wishOf(r.Target.Kind.Class(), r.Receipt.Elements)
	}
	if blocker.ClassOf(w.err) == blocker.Unsupported {
		w.err = nil
	}
	if blocker.ClassOf(w.err) == blocker.Absent {
		w.err = &blocker.Error{Class: blocker.Permanent, Err: errors.New("the receipt was lost and the target does not tell what was blocked")}
	}
	return w
}

// keysOf lists the keys of wishes in their order, each once.
func keysOf(wishes []wish) []key {
	var all []key
	seen := map[key]bool{}
	for _, w := range wishes {
		for _, k := range w.keys {
			if !seen[k] {
				seen[k] = true
				all = append(all, k)
			}
		}
	}
	return all
}
