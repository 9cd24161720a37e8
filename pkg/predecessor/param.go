package predecessor

import (
	"fmt"
	"strings"
)

// source is one file of the predecessor, with the importer that is told of what is wrong in it.
type source struct {
	*module
	to *importer
}

// param is one parameter as a file has it.
type param struct {
	Origin
	value any
	// there: the file has it, and its value can be read.
	there bool
}

// none reports that a parameter says nothing: missing, None, or an empty text.
func (p param) none() bool {
	if !p.there {
		return true
	}
	text, is := p.value.(string)
	return is && text == ""
}

// get reads a parameter that counts; one that cannot be read without executing it speaks against the import.
func (s source) get(name string) param {
	p, err := s.peek(name)
	if err != nil {
		s.to.refuse(p.Origin, "%v", err)
	}
	return p
}

// peek is get without a refusal.
func (s source) peek(name string) (param, error) {
	if s.module == nil {
		return param{Origin: Origin{Name: name}}, nil
	}
	p := param{Origin: Origin{s.file, s.values[name].line, name}}
	if line := s.touched[name]; line != 0 {
		p.Line = line
		return p, fmt.Errorf("is used by a statement that is no plain assignment; nothing is executed: write %s = and its value instead", name)
	}
	v, ok := s.values[name]
	if !ok || v.err != nil {
		return p, v.err
	}
	if _, is := v.value.(none); is {
		return p, nil
	}
	p.value, p.there = v.value, true
	return p, nil
}

func (s source) wrong(p param, want string) {
	s.to.refuse(p.Origin, "is %s; want %s", shown(p.value), want)
}

// text is a parameter that is a text; missing and None are the empty one.
func (s source) text(name string) (string, param) {
	p := s.get(name)
	text, is := p.value.(string)
	if p.there && !is {
		s.wrong(p, "a text in quotes")
	}
	return text, p
}

// flag is a parameter that is True or False; missing is false.
func (s source) flag(name string) (bool, param) {
	p := s.get(name)
	on, is := p.value.(bool)
	if p.there && !is {
		s.wrong(p, "True or False")
	}
	return on, p
}

// texts is a parameter that is a list of texts. One text alone is taken for a list of it.
func (s source) texts(name string) ([]string, param) {
	p := s.get(name)
	if !p.there {
		return nil, p
	}
	var all []string
	for _, v := range items(p.value) {
		text, is := v.(string)
		if !is {
			s.wrong(p, "a list of texts in quotes")
			return nil, p
		}
		all = append(all, text)
	}
	return all, p
}

// items are the parts of a list or tuple; a single value is a list of one.
func items(v any) []any {
	switch v := v.(type) {
	case list:
		return v
	case tuple:
		return v
	case nil, none:
		return nil
	}
	return []any{v}
}

// shown is a value as Python writes it, cut to fit a line.
func shown(v any) string {
	text := python(v)
	if len(text) > 60 {
		text = text[:60] + "…"
	}
	return text
}

func python(v any) string {
	switch v := v.(type) {
	case nil, none:
		return "None"
	case string:
		return fmt.Sprintf("%q", v)
	case bool:
		if v {
			return "True"
		}
		return "False"
	case list:
		return "[" + pythons(v) + "]"
	case tuple:
		return "(" + pythons(v) + ")"
	case dict:
		return "a dictionary"
	}
	return fmt.Sprint(v)
}

func pythons(vs []any) string {
	texts := make([]string, len(vs))
	for i, v := range vs {
		texts[i] = python(v)
	}
	return strings.Join(texts, ", ")
}
