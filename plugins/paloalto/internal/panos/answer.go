package panos

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// answer is the root of every reply, success or not. Refusals come in several shapes: text in
// msg, in lines of msg, in result>msg, and per entry inside a uid-response in either place.
type answer struct {
	XMLName xml.Name  `xml:"response"`
	Status  string    `xml:"status,attr"`
	Code    string    `xml:"code,attr"`
	Msg     []message `xml:"msg"`
	Result  result    `xml:"result"`

	hidden []string // credentials that no text may show
}

type message struct {
	Text  string `xml:",chardata"`
	Lines []line `xml:"line"`
}

type line struct {
	Text    string   `xml:",chardata"`
	Outfile string   `xml:"outfile"`
	UID     []uidOut `xml:"uid-response"`
}

type result struct {
	Msg     []message    `xml:"msg"`
	UID     []uidOut     `xml:"uid-response"`
	Key     string       `xml:"key"`
	Count   string       `xml:"count"`
	Entries []registered `xml:"entry"`
	System  system       `xml:"system"`

	AddressGroups []addressGroup `xml:"dyn-addr-grp>entry"`
	UserGroups    []userGroup    `xml:"dynamic-user-group>entry"`
	Rules         []Rule         `xml:"rules>entry"`
}

// uidOut lists the entries that the device did not simply apply.
type uidOut struct {
	Register       []verdict `xml:"payload>register>entry"`
	Unregister     []verdict `xml:"payload>unregister>entry"`
	RegisterUser   []verdict `xml:"payload>register-user>entry"`
	UnregisterUser []verdict `xml:"payload>unregister-user>entry"`
}

type verdict struct {
	IP      string `xml:"ip,attr"`
	User    string `xml:"user,attr"`
	Message string `xml:"message,attr"`
}

var errNotAnswer = errors.New("the answer is not a PAN-OS response")

// decode reads a reply. What is no XML, cut short, or has another root (a web page) is an error.
func decode(body []byte) (*answer, error) {
	var a answer
	if err := xml.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("%w: %w", errNotAnswer, err)
	}
	if a.Status == "" {
		return nil, fmt.Errorf("%w: it has no status", errNotAnswer)
	}
	return &a, nil
}

func (a *answer) success() bool { return a.Status == "success" }

func (a *answer) messages() []message { return append(a.Msg[:len(a.Msg):len(a.Msg)], a.Result.Msg...) }

// text is what the device says in any of the shapes, in one line.
func (a *answer) text() string {
	var words []string
	for _, m := range a.messages() {
		words = append(words, strings.Fields(m.Text)...)
		for _, l := range m.Lines {
			words = append(words, strings.Fields(l.Text)...)
		}
	}
	return tidy(strings.Join(words, " "), a.hidden)
}

// outfile is the name of a file that releases before 8.0 answer with instead of entries.
func (a *answer) outfile() string {
	for _, m := range a.messages() {
		for _, l := range m.Lines {
			if l.Outfile != "" {
				return l.Outfile
			}
		}
	}
	return ""
}

// verdicts are the remarks on single entries, wherever the reply has them.
func (a *answer) verdicts() []Verdict {
	out := a.Result.UID
	for _, m := range a.messages() {
		for _, l := range m.Lines {
			out = append(out, l.UID...)
		}
	}
	var all []Verdict
	for _, o := range out {
		all = append(all, a.judged(o.Unregister, false)...)
		all = append(all, a.judged(o.UnregisterUser, false)...)
		all = append(all, a.judged(o.Register, true)...)
		all = append(all, a.judged(o.RegisterUser, true)...)
	}
	return all
}

func (a *answer) judged(vs []verdict, register bool) []Verdict {
	all := make([]Verdict, len(vs))
	for i, v := range vs {
		all[i] = Verdict{Name: tidy(v.IP+v.User, a.hidden), Register: register, Message: tidy(v.Message, a.hidden)}
	}
	return all
}
