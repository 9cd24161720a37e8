package setup_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/setup"
)

// wire is a line mode that reads what was written into a pipe.
type wire struct {
	*setup.Lines
	typed *os.File
	shown bytes.Buffer
}

func newWire(t *testing.T) *wire {
	t.Helper()
	in, typed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{typed: typed}
	w.Lines = setup.NewLines(in, &w.shown)
	t.Cleanup(func() { _, _ = typed.Close(), in.Close() }) // a test may have closed one
	return w
}

func (w *wire) answers(t *testing.T, q setup.Question, lines ...string) string {
	t.Helper()
	if _, err := w.typed.WriteString(strings.Join(lines, "\n") + "\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := w.Ask(context.Background(), q)
	if err != nil {
		t.Fatalf("%v; shown %s", err, w.shown.String())
	}
	return answer
}

func TestALineIsAnAnswer(t *testing.T) {
	colours := []setup.Option{{Value: "", Label: "none"}, {Value: "red", Label: "red as a rose"}, {Value: "2", Label: "blue"}}
	for name, c := range map[string]struct {
		q     setup.Question
		lines []string
		want  string
	}{
		"Enter takes what is there":            {setup.Question{Default: "x"}, []string{""}, "x"},
		"a dash makes it empty":                {setup.Question{Default: "x"}, []string{"-"}, ""},
		"blanks around it are none of it":      {setup.Question{}, []string{"  a b \t"}, "a b"},
		"y is yes":                             {setup.Question{Form: setup.Yes, Default: "no"}, []string{"Y"}, "yes"},
		"false is no":                          {setup.Question{Form: setup.Yes, Default: "yes"}, []string{"false"}, "no"},
		"a number is an option":                {setup.Question{Form: setup.One, Options: colours, Default: "red"}, []string{"1"}, ""},
		"a value goes before a number":         {setup.Question{Form: setup.One, Options: colours}, []string{"2"}, "2"},
		"a value is an option":                 {setup.Question{Form: setup.One, Options: colours}, []string{"red"}, "red"},
		"several numbers":                      {setup.Question{Form: setup.Some, Options: colours[1:]}, []string{"1, 2"}, "red, 2"},
		"keys that are no letters do not pass": {setup.Question{}, []string{"a\x1b[Db", "ab"}, "ab"},
		"what the terminal would have cut":     {setup.Question{}, []string{strings.Repeat("x", 5000), "short"}, "short"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := newWire(t).answers(t, c.q, c.lines...); got != c.want {
				t.Errorf("%q is taken for %q, want %q", c.lines, got, c.want)
			}
		})
	}
}

func TestBackIsASign(t *testing.T) {
	w := newWire(t)
	if _, err := w.typed.WriteString("<\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Ask(context.Background(), setup.Question{}); !errors.Is(err, setup.ErrBack) {
		t.Errorf("it is taken for %v", err)
	}
}

// TestTheEndOfTheInputIsNeverTheDefault ends it with nothing typed, and in the middle of a line.
func TestTheEndOfTheInputIsNeverTheDefault(t *testing.T) {
	for _, typed := range []string{"", "half a li"} {
		w := newWire(t)
		if _, err := w.typed.WriteString(typed); err != nil {
			t.Fatal(err)
		}
		if err := w.typed.Close(); err != nil {
			t.Fatal(err)
		}
		if answer, err := w.Ask(context.Background(), setup.Question{Default: "yes", Form: setup.Yes}); !errors.Is(err, setup.ErrEnded) {
			t.Errorf("%q is taken for %q, %v", typed, answer, err)
		}
	}
}

// TestAnInterruptedQuestionEnds does not wait for a line.
func TestAnInterruptedQuestionEnds(t *testing.T) {
	ctx, end := context.WithCancel(context.Background())
	end()
	if _, err := newWire(t).Ask(ctx, setup.Question{Default: "x"}); !errors.Is(err, setup.ErrEnded) {
		t.Errorf("it ends with %v", err)
	}
}
