package main_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// setUpParts are the sections of the questions, by how the last question offers them, with what is chosen in each.
var setUpParts = map[string]map[string][]answer{
	"brains:":      {"brains": {pick("look at hq")}, "brain.hq.client_secret": {typed("another")}},
	"blockers:":    {"blockers": {pick("look at desk")}, "blocker.desk.settings.device": {pick("look at a")}},
	"hosts:":       nil,
	"accounts:":    nil,
	"detections:":  nil,
	"static:":      nil,
	"gate:":        nil,
	"never_block:": nil,
	"window:":      nil,
	"run:":         nil,
}

// TestInterruptedAtAnyQuestionNothingIsLeftBehind presses Ctrl-C at each question of each section, in both ways to ask.
func TestInterruptedAtAnyQuestionNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	programs(t)
	known := newTown(t)
	for _, w := range manners {
		for part, chosen := range setUpParts {
			t.Run(w.name+" "+strings.Trim(part, ":"), func(t *testing.T) {
				t.Parallel()
				s := newSite(t, known)
				s.config(s.commented(), "brain.hq.client_id", "brain.hq.client_secret")
				s.interruptEach(s.person(w), part, chosen)
			})
		}
	}
}

// interruptEach goes once over a section, and then as often as it has questions to one of them and no further.
func (s *site) interruptEach(p *person, part string, chosen map[string][]answer) {
	before := s.photograph()
	s.begin(p, part, chosen, true)
	p.reply(p.question())
	p.answerUntil("what next")
	questions := slices.Clone(p.asked)
	s.interrupt(p, "what next", before)
	for n := range questions {
		s.begin(p, part, chosen, !p.drawn || n%5 == 0) // drawing takes longer
		p.answerTo(n)
		s.interrupt(p, questions[n], before)
	}
}

// begin comes to where the section is chosen, with an answer given that would change the file.
func (s *site) begin(p *person, part string, chosen map[string][]answer, changed bool) {
	s.Helper()
	p.answers = map[string][]answer{"what next": {pick(part)}}
	maps.Copy(p.answers, chosen)
	s.setUp(p)
	if changed {
		p.answers["what next"], p.answers["run.interval"] = []answer{pick("run:"), pick(part)}, []answer{typed("10m")}
		p.reply(p.question())
		p.answerUntil("what next")
	}
	p.asked = nil
}

func (s *site) interrupt(p *person, key, before string) {
	s.Helper()
	if now := p.question(); now != key {
		s.Fatalf("%s is asked, want %s", now, key)
	}
	p.press("C-c")
	if screen := p.end(1); !strings.Contains(screen, "var: nothing was written") || strings.Contains(screen, "another\n") {
		s.Errorf("interrupted at %s it said\n%s", key, screen)
	}
	if after := s.photograph(); after != before {
		s.Errorf("interrupted at %s it left %s, there was %s", key, after, before)
	}
}

// TestThePlanCanBeEndedAndTheFileIsWritten presses Ctrl-C where the plan asks for a secret that is nowhere.
func TestThePlanCanBeEndedAndTheFileIsWritten(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *site, p *person) {
		s.config(s.commented(), "brain.hq.client_id")
		p.answers = map[string][]answer{
			"what next": {pick("run:"), pick("write it")}, "run.interval": {typed("10m")}, "var plan": {say("yes")},
		}
		s.setUp(p)
		p.answerUntil("var plan")
		p.give(say("yes"))
		p.see("brain.hq.client_secret (")
		p.press("C-c")
		if screen := p.end(1); !strings.Contains(screen, s.file()+" is written; only the plan was ended") {
			t.Errorf("it ended with\n%s", screen)
		}
		if !strings.Contains(s.read(s.file()), `interval = "10m"`) {
			t.Error("the file is not written")
		}
	})
}

// TestTheEndOfTheInputIsNoAnswer ends the input where there is something to be written.
func TestTheEndOfTheInputIsNoAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t, newTown(t))
	s.config(s.commented(), "brain.hq.client_id", "brain.hq.client_secret")
	before := s.photograph()
	p := s.person(manners[1])
	p.answers = map[string][]answer{"what next": {pick("run:")}, "run.interval": {typed("10m")}}
	s.setUp(p)
	p.answerUntil("run.more")
	p.answerUntil("what next")
	p.see(`+interval = "10m"`)
	p.press("C-d")
	if screen := p.end(1); !strings.Contains(screen, "var: nothing was written") {
		t.Errorf("it ended with\n%s", screen)
	}
	if after := s.photograph(); after != before {
		t.Errorf("left behind: %s, was %s", after, before)
	}
}

// TestWithoutATerminalNobodyIsAsked has no terminal at either end, and then at one alone.
func TestWithoutATerminalNobodyIsAsked(t *testing.T) {
	t.Parallel()
	s := &site{T: t, bin: programs(t), dir: t.TempDir()}
	e := s.command("config")
	for _, cure := range []string{"var config set KEY VALUE", "var config import FILE"} {
		if e.code != 2 || !strings.Contains(e.err, cure) {
			t.Error(e)
		}
	}
	p := s.person(manners[1])
	for _, redirected := range []string{"</dev/null", ">/dev/null"} {
		p.run("sh", "-c", filepath.Join(s.bin, "var")+" config "+redirected)
		p.see("config asks its questions on a terminal")
		p.end(2)
	}
}
