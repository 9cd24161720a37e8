package lab

import (
	"encoding/json"
	"net/http"
)

// author is the user that writes by API appear under.
func (b *Brain) author() string {
	if b.config.ClientID != "" {
		return "api_client_" + b.config.ClientID
	}
	return "api"
}

func notedSubject(c *brainCall, kind string) (*Subject, *brainAnswer) {
	if kind == "entity" {
		e, refusal := findEntity(c)
		if refusal != nil {
			return nil, refusal
		}
		return e.Subject, nil
	}
	if s := c.subject(kind, c.ids[0]); s != nil {
		return s, nil
	}
	missing := notFound()
	return nil, &missing
}

// getNotes is a bare list, newest first.
func getNotes(kind string) func(*Brain, *brainCall) brainAnswer {
	return func(_ *Brain, c *brainCall) brainAnswer {
		s, refusal := notedSubject(c, kind)
		if refusal != nil {
			return *refusal
		}
		out := make([]jsonObject, 0, len(s.Notes))
		for i := len(s.Notes) - 1; i >= 0; i-- {
			out = append(out, showNote(&s.Notes[i], whole))
		}
		return brainAnswer{http.StatusOK, out}
	}
}

func createNote(kind string) func(*Brain, *brainCall) brainAnswer {
	return func(b *Brain, c *brainCall) brainAnswer {
		s, refusal := notedSubject(c, kind)
		if refusal != nil {
			return *refusal
		}
		text, ok := readNote(c)
		if !ok {
			return badValue("note")
		}
		return brainAnswer{http.StatusCreated, showNote(c.addNote(s, text, b.author(), b.now()), stamp)}
	}
}

func readNote(c *brainCall) (string, bool) {
	var in struct {
		Note string `json:"note"`
	}
	err := json.Unmarshal(c.body, &in)
	return in.Note, err == nil && in.Note != ""
}

// oneNote finds the note that a path names and hands it to act.
func oneNote(kind string, act func(b *Brain, c *brainCall, s *Subject, i int) brainAnswer) func(*Brain, *brainCall) brainAnswer {
	return func(b *Brain, c *brainCall) brainAnswer {
		s, refusal := notedSubject(c, kind)
		if refusal != nil {
			return *refusal
		}
		for i := range s.Notes {
			if s.Notes[i].ID == c.ids[1] {
				return act(b, c, s, i)
			}
		}
		return notFound()
	}
}

func getNote(_ *Brain, _ *brainCall, s *Subject, i int) brainAnswer {
	return brainAnswer{http.StatusOK, showNote(&s.Notes[i], whole)}
}

func patchNote(b *Brain, c *brainCall, s *Subject, i int) brainAnswer {
	text, ok := readNote(c)
	if !ok {
		return badValue("note")
	}
	n := &s.Notes[i]
	n.Text, n.Modified, n.ModifiedBy = text, b.now(), b.author()
	return brainAnswer{http.StatusOK, showNote(n, whole)}
}

// deleteNote answers 204 on RUX and 200 on QUX.
func deleteNote(_ *Brain, c *brainCall, s *Subject, i int) brainAnswer {
	s.Notes = append(s.Notes[:i:i], s.Notes[i+1:]...)
	if c.version.rux() {
		return brainAnswer{status: http.StatusNoContent}
	}
	return brainAnswer{http.StatusOK, jsonObject{{"status", "success"}}}
}

// overwriteNote is the note of v2.1: one per object; the empty text takes it away.
func overwriteNote(b *Brain, c *brainCall, s *Subject, text string) {
	s.Notes = nil
	if text != "" {
		c.addNote(s, text, b.author(), b.now())
	}
}
