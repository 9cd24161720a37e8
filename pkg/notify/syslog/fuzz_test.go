package syslog

import (
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/notify"
)

// FuzzMessage writes hostile names and reads them back with parsers that are not ours.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		"ws-fin-042", "a|b=c\\d", "x\n<134>1 - forged", "büro-東京", "\xff\xfe", `"]`, " src=1.2.3.4", `\`, "\u202e\x00", strings.Repeat("=", 8<<10),
	} {
		f.Add(seed, seed, "10.1.2.3", byte(0))
		f.Add("x", seed, seed, byte(7))
	}
	f.Fuzz(func(t *testing.T, name, problem, element string, how byte) {
		e := host(name)
		e.Ref.Kind = entity.Kinds()[how%4]
		e.Problem, e.Elements, e.Reasons, e.By = problem, []string{element, name}, []string{name, problem}, entity.By{Who: element}
		header := []string{RFC5424, RFC3164}[how>>2&1]
		l := formOf(header, CEF)
		l.most = []int{mostDatagram, mostStream}[how>>3&1]
		checkCEF(t, header, l, e)
		checkStructured(t, l, e)
		l.format, l.header = Standard, header
		if m := l.message(e); len(m) > l.most || !strings.HasPrefix(read(t, header, m).text, "Info: block") {
			t.Errorf("got %q, want a sentence of at most %d bytes", m, l.most)
		}
	})
}

func checkCEF(t *testing.T, header string, f form, e notify.Event) {
	m := f.message(e)
	head, extension, err := readCEF(read(t, header, m).text)
	if err != nil || len(m) > f.most || head[5] != "block" || head[6] != "2" {
		t.Fatalf("got %q: %v, want an event of at most %d bytes", m, err, f.most)
	}
	for key := range extension {
		if !strings.Contains(keys, " "+key+" ") {
			t.Errorf("key %q in %q, want none but ours", key, m)
		}
	}
	same(t, "act", extension["act"], "block")
	same(t, "cs6", extension["cs6"], e.Ref.String())
	if e.Ref.Kind == entity.KindHost {
		same(t, "shost", extension["shost"], lines(e.Name))
	}
	same(t, "msg", extension["msg"], lines(e.Problem))
}

const keys = " rt externalId cat act outcome src smac shost dst dhost duser suser c6a2 c6a2Label c6a3 c6a3Label cs1 cs1Label cs2 cs2Label " +
	"cs3 cs3Label cs4 cs4Label cs5 cs5Label cs6 cs6Label dvchost reason msg "

// lines is a text as CEF shows it: line breaks stay.
func lines(text string) string {
	return inert.Escaped(text, 1<<20, func(r rune) string {
		if r == '\n' || r == '\r' {
			return string(r)
		}
		return inert.Rune(r)
	})
}

func checkStructured(t *testing.T, f form, e notify.Event) {
	f.header, f.format = RFC5424, Structured
	m := f.message(e)
	got := read(t, RFC5424, m)
	if len(m) > f.most || len(got.data) != 1 {
		t.Fatalf("got %q, want one element in at most %d bytes", m, f.most)
	}
	data := got.data[dataID]
	same(t, "action", data["action"], "block")
	same(t, "target", data["target"], e.Ref.ID)
	same(t, "name", data["name"], inert.Short(e.Name, 1<<20))
}

// same accepts a text that was cut, and says so at its end.
func same(t *testing.T, what, got, want string) {
	if beginning, cut := strings.CutSuffix(got, inert.Cut); got != want && !(cut && strings.HasPrefix(want, beginning)) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}
