package setup

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Lines is a Prompter that writes and reads lines, for terminals that cannot do more and for those who listen to theirs.
type Lines struct {
	in     *os.File
	reader *bufio.Reader
	out    io.Writer
}

// NewLines asks on a terminal.
func NewLines(in *os.File, out io.Writer) *Lines {
	return &Lines{in: in, reader: bufio.NewReader(in), out: out}
}

// What a line says that is no answer.
const (
	lineBack  = "<"
	lineEmpty = "-"
)

// maxLine is the longest line that a terminal hands over whole; of a longer one it drops the rest without a word.
const maxLine = 4094

// Close is for who asks in either way.
func (l *Lines) Close() error { return nil }

// Keys says how lines are answered.
func (l *Lines) Keys() string {
	return "Enter alone takes what stands in [brackets]; - makes it empty; < goes back to the question before; Ctrl-C ends."
}

// Tell writes a text.
func (l *Lines) Tell(text string) error {
	_, err := fmt.Fprintln(l.out, text)
	return err
}

// Ask writes a question and reads a line. The end of the input is no answer.
func (l *Lines) Ask(ctx context.Context, q Question) (string, error) {
	if err := l.Tell(paragraph(q)); err != nil {
		return "", err
	}
	for {
		answer, err := l.answer(ctx, q)
		var unclear *unclearError
		if !errors.As(err, &unclear) {
			return answer, err
		}
		if err := l.Tell(unclear.text); err != nil {
			return "", err
		}
	}
}

// unclearError says that a line was typed that is no answer at all.
type unclearError struct{ text string }

func (e *unclearError) Error() string { return e.text }

func (l *Lines) answer(ctx context.Context, q Question) (string, error) {
	line, err := l.line(ctx, q)
	if err != nil {
		fmt.Fprintln(l.out)
		return "", err
	}
	switch text := strings.TrimSpace(line); {
	case len(line) >= maxLine:
		return "", &unclearError{"longer than a line of this terminal can be"}
	case clean(text) != text:
		return "", &unclearError{"that holds a key that is no letter, such as an arrow: type it again"}
	case text == lineBack:
		return "", ErrBack
	default:
		return chosen(q, text), nil
	}
}

// chosen is the answer that a line stands for; one that stands for none is judged by the question.
func chosen(q Question, text string) string {
	switch {
	case text == "":
		return q.Default
	case text == lineEmpty:
		return ""
	case q.Form == Yes:
		return affirmed(text)
	case q.Form == One:
		return q.numbered(text)
	case q.Form == Some:
		var all []string
		for _, one := range parts(text) {
			all = append(all, q.numbered(one))
		}
		return shownTexts(all)
	}
	return text
}

func affirmed(text string) string {
	switch strings.ToLower(text) {
	case "y", "yes", "true":
		return Affirmed
	case "n", "no", "false":
		return Denied
	}
	return text
}

// numbered is the option that a number or a value names.
func (q Question) numbered(text string) string {
	if n, err := strconv.Atoi(text); err == nil && n >= 1 && n <= len(q.Options) && !q.offers(text) {
		return q.Options[n-1].Value
	}
	return text
}

// line puts the question and reads one line, of which nothing is shown when it is hidden.
func (l *Lines) line(ctx context.Context, q Question) (line string, err error) {
	if q.Form == Hidden && l.reader.Buffered() == 0 {
		line, err = l.hidden(ctx, prompt(q))
	} else {
		line, err = l.open(ctx, prompt(q))
	}
	if errors.Is(err, io.EOF) || ctx.Err() != nil && err != nil {
		return "", ErrEnded
	}
	return line, err
}

func (l *Lines) hidden(ctx context.Context, prompt string) (string, error) {
	var failed error
	line, err := AskBlind(ctx, int(l.in.Fd()), func() { _, failed = fmt.Fprint(l.out, prompt) })
	if err == nil {
		fmt.Fprintln(l.out)
	}
	return string(line), errors.Join(failed, err)
}

// open reads what is shown. The reading ends with the line, at the latest with the process.
func (l *Lines) open(ctx context.Context, prompt string) (string, error) {
	if _, err := fmt.Fprint(l.out, prompt); err != nil {
		return "", err
	}
	type read struct {
		text string
		err  error
	}
	done := make(chan read, 1)
	go func() {
		text, err := l.reader.ReadString('\n')
		done <- read{strings.TrimSuffix(text, "\n"), err}
	}()
	select {
	case r := <-done:
		return r.text, r.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// paragraph is what stands above the line that is answered.
func paragraph(q Question) string {
	lines := []string{""}
	if q.Help != "" {
		lines = append(lines, q.Help)
	}
	for i, o := range q.Options {
		lines = append(lines, fmt.Sprintf("  %2d  %s", i+1, o.Label))
	}
	if q.Form == Some {
		lines = append(lines, "Write the numbers of those that you want, with commas between them.")
	}
	return strings.Join(lines, "\n")
}

func prompt(q Question) string {
	usual := q.Default
	if at := slices.IndexFunc(q.Options, func(o Option) bool { return o.Value == q.Default }); q.Form == One && at >= 0 {
		usual = strconv.Itoa(at + 1)
	}
	if q.Form == Hidden {
		return q.Key + " (is not shown): "
	}
	return fmt.Sprintf("%s [%s]: ", q.Key, usual)
}
