package main_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/var-project/var/pkg/lab"
)

const (
	// roster is how many hosts take turns to be wanted and not.
	roster = 20
	// firstOfRoster is the id of the first.
	firstOfRoster = 50_001
)

// manyPasses is how long the loop runs. Every so many passes the configuration is read anew, and after that the dead
// device is asked for something, and alive for a moment.
func manyPasses() (passes, everyReload int) {
	if os.Getenv("VAR_TEST_ALL") != "" {
		return 5000, 100
	}
	return 120, 40
}

// TestALoopLeavesNothingBehind makes pass after pass in one process, with a change in each, a device that is dead, tokens
// that last ten seconds, and reloads. What it has of anything in the end is what it had after the first fifth.
func TestALoopLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	l := newLong(t)
	passes, everyReload := manyPasses()
	l.goOn(t)
	for n := range passes {
		l.change(t, n)
		switch n % everyReload {
		case everyReload / 2:
			l.reload(t, n/everyReload)
		case everyReload/2 + 1:
			l.want(t, "detection", player, n/everyReload%2 == 0)
		case everyReload/2 + 2:
			l.world.End("fw2").Down(false)
		case everyReload/2 + 4:
			l.world.End("fw2").Down(true)
		}
		l.tell(t, syscall.SIGUSR1)
		l.samples = append(l.samples, l.look(t, l.goOn(t)))
	}
	l.end(t)
	l.worked(t, passes, passes/everyReload)
	flat(t, l.samples[passes/5:])
}

// long is a loop that is told when to make a pass: nothing comes by itself.
type long struct {
	*stage
	*watched
	brain   *lab.Brain
	samples []having
	reloads int
}

func newLong(t *testing.T) *long {
	t.Helper()
	f := families[2]
	f.life = 10 * time.Second
	l := &long{stage: newStage(t, f, panos{}, fortigates{"address-group"})}
	l.brain = l.world.End(brainName).Simulator().(*lab.Brain)
	l.interval = "24h"
	l.settle(t, 90)
	l.world.End("fw2").Down(true)
	l.watched = watch(t, l.stage)
	return l
}

// settle writes a configuration: hosts go to the firewall that lives, detections to two gates of which one is dead.
func (l *long) settle(t *testing.T, urgency int) {
	t.Helper()
	l.adjust = func(text string) string {
		return strings.NewReplacer(
			"[run]\n", "[run]\nkeep_history = \"1m\"\n",
			"urgency = 90\n", fmt.Sprintf("urgency = %d\n", urgency),
			`plugin = "paloalto"`, "plugin = \"paloalto\"\nkinds = [\"host\"]",
			`plugin = "fortigate"`, "plugin = \"fortigate\"\nkinds = [\"detection\"]",
		).Replace(text)
	}
	l.configure(t)
}

// change has one host more be wanted, or one less, each time at another address.
func (l *long) change(t *testing.T, n int) {
	t.Helper()
	id, wanted := firstOfRoster+n%roster, n/roster%2 == 0
	host, known := l.brain.Host(id)
	if !known {
		host = lab.Host{
			Subject: lab.Subject{ID: id, Threat: 1, Certainty: 1, Tags: []string{analyst}}, Scored: lab.Scored{Name: fmt.Sprintf("ws-%d", id)}, Traffic: true,
		}
	}
	host.IP = fmt.Sprintf("10.64.%d.%d", n/250, n%250+1)
	l.brain.PutHosts(host)
	l.want(t, "host", id, wanted)
}

func (l *long) want(t *testing.T, kind string, id int, wanted bool) {
	t.Helper()
	op := map[bool]string{true: "add_tag", false: "remove_tag"}[wanted]
	l.admin.change(t, brainName, op, map[string]any{"kind": kind, "id": id, "tag": blockTags[kind]})
}

// reload has the configuration read that is another one each time; first one that is none, which changes nothing.
func (l *long) reload(t *testing.T, nth int) {
	t.Helper()
	l.write(t, "config.toml", "urgency = \n")
	l.tell(t, syscall.SIGHUP)
	l.comes(t, "reload: nothing is changed")
	l.settle(t, 80+nth%10)
	l.tell(t, syscall.SIGHUP)
	l.comes(t, "reload: the configuration of now is in force")
	l.reloads++
}

// worked wants the passes to have done something: what is flat because nothing happens proves nothing.
func (l *long) worked(t *testing.T, passes, reloads int) {
	t.Helper()
	notes := 0
	for name, told := range l.stage.brain(t).notes() {
		if strings.HasPrefix(name, "host ") {
			notes += len(told)
		}
	}
	if notes != passes {
		t.Errorf("%d notes of %d changes", notes, passes)
	}
	if l.reloads != reloads {
		t.Errorf("%d reloads in %d passes, want %d", l.reloads, passes, reloads)
	}
}
