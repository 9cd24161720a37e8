package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/term"
)

// interactive reports that somebody sits there who can be asked.
func (a *App) interactive() bool {
	f, ok := a.In.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// ask puts a question and gives the answer, a line. An end of the input is an empty answer.
func (a *App) ask(ctx context.Context, question string) (string, error) {
	fmt.Fprint(a.Err, question)
	answer := make(chan string, 1)
	go func() { // ends with the line, at the latest with the process
		if a.lines == nil {
			a.lines = bufio.NewReader(io.LimitReader(a.In, maxAnswers))
		}
		line, _ := a.lines.ReadString('\n') // what was typed before the end counts
		answer <- strings.TrimSpace(line)
	}()
	select {
	case line := <-answer:
		return line, nil
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// maxAnswers bounds what is read from a terminal, in bytes.
const maxAnswers = 64 << 10

// errRefused says that somebody was asked and did not say yes.
var errRefused = errors.New("nothing was done")

// confirm asks once on a terminal; elsewhere --yes must have been given.
func (a *App) confirm(ctx context.Context, question string, yes bool) error {
	if yes {
		return nil
	}
	if !a.interactive() {
		return usage(fmt.Errorf("%s: nobody can be asked here: give --yes", strings.TrimSuffix(question, "?")))
	}
	answer, err := a.ask(ctx, question+" [yes/no] ")
	if err != nil {
		return err
	}
	if answer = strings.ToLower(answer); answer != "yes" && answer != "y" {
		return errRefused
	}
	return nil
}

// pick has somebody choose some of the numbered lines; "all" is every one.
func (a *App) pick(ctx context.Context, question string, lines []string) ([]int, error) {
	for i, line := range lines {
		fmt.Fprintf(a.Err, "%3d  %s\n", i+1, line)
	}
	answer, err := a.ask(ctx, question+" [numbers, all, or nothing] ")
	if err != nil {
		return nil, err
	}
	return picked(answer, len(lines))
}

// picked reads "1 3,4" or "all".
func picked(answer string, n int) ([]int, error) {
	var chosen []int
	if strings.EqualFold(answer, "all") {
		for i := range n {
			chosen = append(chosen, i)
		}
		return chosen, nil
	}
	for _, text := range strings.FieldsFunc(answer, func(r rune) bool { return r == ' ' || r == ',' }) {
		number, err := strconv.Atoi(text)
		if err != nil || number < 1 || number > n {
			return nil, usage(fmt.Errorf("%q is not a number from 1 to %d", text, n))
		}
		chosen = append(chosen, number-1)
	}
	if len(chosen) == 0 {
		return nil, errRefused
	}
	return chosen, nil
}
