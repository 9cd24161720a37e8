package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/blocker/blockertest"
	"github.com/var-project/var/pkg/lab"
)

func TestMain(m *testing.M) { blockertest.Main(m, plugin) }

func TestContract(t *testing.T) {
	for name, timeout := range map[string]string{"lasting blocks": "0s", "expiring blocks": "1h"} {
		t.Run(name, func(t *testing.T) {
			e := newEstate(t, lab.PANOSConfig{}, lab.PANOSConfig{})
			config := e.exam()
			config.Settings["timeout"] = timeout
			blockertest.Run(t, plugin, config)
		})
	}
}

// exam gives the examiner the estate and its levers.
func (e *estate) exam() blockertest.Config {
	devices := make([]any, len(e.ends))
	secrets := map[string]string{}
	for n, end := range e.ends {
		e.prepare(n)
		devices[n] = map[string]any{"name": end.Name, "url": end.URL, "ca_file": e.ca}
		secrets["device."+end.Name+".api_key"] = e.sims[n].Key("admin")
	}
	return blockertest.Config{
		Settings: map[string]any{"capacity": 5000, "device": devices},
		Secrets:  secrets,
		Held:     e.held,
		Break:    func() func() { e.ends[0].Down(true); return func() { e.ends[0].Down(false) } },
		Slow:     func() func() { return e.everywhere(lab.Fault{What: lab.Hang}) },
		Deny: func() func() {
			return e.everywhere(lab.Fault{What: lab.AnswerStatus, Status: 403, Body: "<response status = 'error' code = '403'><result><msg>Invalid Credential</msg></result></response>"})
		},
		Foreign: e.foreign,
	}
}

// held are the elements that bear one of the three tags by firewall.
func (e *estate) held() map[string][]string {
	all := map[string][]string{}
	for n, end := range e.ends {
		all[end.Name] = nil
		for _, pair := range e.holds(n) {
			name, tag, _ := strings.Cut(pair, " ")
			if strings.HasPrefix(tag, "Block_") {
				all[end.Name] = append(all[end.Name], name)
			}
		}
	}
	return all
}

func (e *estate) everywhere(f lab.Fault) (mend func()) {
	for n := range e.ends {
		e.fault(n, f)
	}
	return func() {
		for n := range e.ends {
			e.fault(n)
		}
	}
}

// foreign puts tags of another tool beside ours, on addresses and users of the exam too.
func (e *estate) foreign() (intact func() error) {
	theirs := func() (pairs []string) {
		for n := range e.ends {
			for _, pair := range e.holds(n) {
				if strings.HasSuffix(pair, " theirs") {
					pairs = append(pairs, fmt.Sprint(n, " ", pair))
				}
			}
		}
		return pairs
	}
	for n := range e.ends {
		for i := range 50 {
			e.change(n, "tag", map[string]any{"ip": fmt.Sprintf("198.18.0.%d", i), "tags": []string{"theirs"}})
		}
		e.change(n, "tag", map[string]any{"user": `example\user1`, "tags": []string{"theirs"}})
	}
	before := theirs()
	return func() error {
		if diff := cmp.Diff(before, theirs()); diff != "" {
			return fmt.Errorf("tags of another tool changed:\n%s", diff)
		}
		return nil
	}
}
