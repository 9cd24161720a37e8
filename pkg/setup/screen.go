package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/huh/v2"
	"golang.org/x/term"
)

// Screen is a Prompter that draws its questions.
type Screen struct {
	keyboard *keyboard
	out      *os.File
}

// NewScreen asks on a terminal. Close it.
func NewScreen(in, out *os.File) (*Screen, error) {
	k, err := openKeyboard(in)
	return &Screen{k, out}, err
}

// Close leaves the terminal to whoever reads next.
func (s *Screen) Close() error { return s.keyboard.Close() }

// Keys says how questions are answered.
func (s *Screen) Keys() string {
	return "Enter takes the answer; what stands there can be edited, and Ctrl-U clears it; the arrows choose, x marks one of several; Shift+Tab goes back to the question before; Ctrl-C ends."
}

// Tell writes a text.
func (s *Screen) Tell(text string) error {
	_, err := fmt.Fprintln(s.out, text)
	return err
}

// Ask draws a question until it is answered well, and leaves a line with the answer.
func (s *Screen) Ask(ctx context.Context, q Question) (string, error) {
	ctx, hands := s.keyboard.hold(ctx)
	defer hands.end()
	field, answer := drawn(q, s.width())
	back := false
	form := huh.NewForm(huh.NewGroup(field)).WithProgramOptions(tea.WithoutSignalHandler(), tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg {
		if press, ok := msg.(tea.KeyPressMsg); ok && press.String() == "shift+tab" {
			back = true
			return tea.QuitMsg{}
		}
		return msg
	})).WithInput(hands).WithOutput(s.out)
	err := form.RunWithContext(ctx)
	switch {
	case ctx.Err() != nil || errors.Is(err, huh.ErrUserAborted):
		return "", ErrEnded
	case err != nil:
		return "", fmt.Errorf("draw a question: %w", err)
	case back:
		return "", ErrBack
	case form.State != huh.StateCompleted:
		return "", ErrEnded
	}
	return answer(), s.Tell("  " + trace(q, answer()))
}

// trace is what is left on the screen of a question that was answered.
func trace(q Question, answer string) string {
	switch {
	case q.Form == Hidden && answer == "" && !q.Kept:
		answer = "(empty)"
	case q.Form == Hidden && answer == "":
		answer = "(as it was)"
	case q.Form == Hidden:
		answer = "(not shown)"
	}
	for _, o := range q.Options {
		if q.Form == One && o.Value == answer {
			answer = o.Label
		}
	}
	return q.Key + ": " + answer
}

// width is how many columns a line of the terminal has.
func (s *Screen) width() int {
	w, _, err := term.GetSize(int(s.out.Fd()))
	if err != nil || w <= 0 {
		return 80 // the terminal that everybody thinks of
	}
	return w
}

// rows are enough for a title, a help text that may be broken into lines of three quarters, and all options: the drawing
// library takes the first two off the room for the options.
func (q Question) rows(width int) int { return 2 + len(q.Help)*4/(width*3) + len(q.Options) }

// drawn is a question as something that can be drawn on so many columns, and what its answer is afterwards.
func drawn(q Question, width int) (huh.Field, func() string) {
	text := q.Default
	switch q.Form {
	case Yes:
		yes := q.Default == Affirmed
		return huh.NewConfirm().Title(q.Key).Description(q.Help).Value(&yes), func() string { return yesOr(yes) }
	case One:
		return huh.NewSelect[string]().Title(q.Key).Description(q.Help).Options(q.drawnOptions()...).Value(&text), func() string { return text }
	case Some:
		all := parts(q.Default)
		return huh.NewMultiSelect[string]().Title(q.Key).Description(q.Help).Options(q.drawnOptions()...).
				Height(q.rows(width)).Value(&all),
			func() string { return strings.Join(all, ", ") }
	}
	input := huh.NewInput().Title(q.Key).Description(q.Help).CharLimit(maxAnswer).Value(&text).
		Validate(func(text string) error { return q.Problem(clean(text)) })
	if q.Form == Hidden {
		input.EchoMode(huh.EchoModePassword)
	}
	return input, func() string { return text }
}

func (q Question) drawnOptions() []huh.Option[string] {
	var all []huh.Option[string]
	for _, o := range q.Options {
		all = append(all, huh.NewOption(o.Label, o.Value))
	}
	return all
}
