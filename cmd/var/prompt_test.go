package main_test

import (
	"path/filepath"
	"testing"
)

// TestUpdatingSecretsIsLeftAtEachQuestion presses Ctrl-C where --update-secrets asks, once the question is seen: of one that
// is typed ahead nobody knows what it reaches, since a terminal drops with it what was typed before. What was answered
// before is not kept either.
func TestUpdatingSecretsIsLeftAtEachQuestion(t *testing.T) {
	s := newSite(t, newTown(t))
	questions := []string{"brain.hq.client_id", "brain.hq.client_secret"}
	s.config(s.commented(), questions...)
	before := s.photograph()
	p := s.person(manners[1])
	for n := range questions {
		s.updateSecrets(p)
		for _, answered := range questions[:n] {
			p.see(answered + " (")
			p.write("another")
			p.press("Enter")
		}
		p.see(questions[n] + " (")
		p.press("C-c")
		s.leftAsItWas(p, before, questions[n])
	}
}

// TestCtrlCAheadOfTheNextQuestionLeavesATerminalThatCanBeUsed types it together with the answer to the first.
func TestCtrlCAheadOfTheNextQuestionLeavesATerminalThatCanBeUsed(t *testing.T) {
	s := newSite(t, newTown(t))
	s.config(s.commented(), "brain.hq.client_id", "brain.hq.client_secret")
	before := s.photograph()
	p := s.person(manners[1])
	for range 5 {
		s.updateSecrets(p)
		p.see("brain.hq.client_id (")
		p.press("a", "Enter", "C-c")
		s.leftAsItWas(p, before, "the second question, before it was seen")
	}
}

func (s *site) updateSecrets(p *person) {
	p.run(filepath.Join(s.bin, "var"), "run", "--update-secrets", "--config", s.file())
}

func (s *site) leftAsItWas(p *person, before, where string) {
	s.Helper()
	p.end(1)
	if after := s.photograph(); after != before {
		s.Errorf("interrupted at %s it left %s, there was %s", where, after, before)
	}
}
