package main_test

import (
	"errors"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// endOfInput is what Ctrl-D sends.
const endOfInput = "\x04"

// cmdTyping is "typing FILE SHOWN PROGRAM ARGS…". The terminal of testscript's own ttyin is closed as soon as the program
// has ended, whatever of it was read by then: this one is read to its end.
func cmdTyping(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: typing FILE SHOWN PROGRAM ARGS…")
	}
	seat, tty, err := openTerminal()
	ts.Check(err)
	shown := make(chan []byte, 1)
	go func() {
		text, _ := io.ReadAll(seat) // ends with an error once no program has the terminal any more
		shown <- text
	}()
	_, err = io.WriteString(seat, ts.ReadFile(args[0])+endOfInput)
	failed := ts.Exec("sh", slices.Concat([]string{"-c", `exec setsid --ctty "$@" <"$0"`, tty.Name()}, args[2:])...)
	ts.Check(errors.Join(err, tty.Close(), os.WriteFile(ts.MkAbs(args[1]), <-shown, 0o600), seat.Close()))
	if (failed != nil) != neg {
		ts.Fatalf("%q: %v", args[2:], failed)
	}
}

// openTerminal is a new one: the end of whoever sits there, and that of programs.
func openTerminal() (seat, tty *os.File, err error) {
	if seat, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		return nil, nil, err
	}
	fd := int(seat.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		tty, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		return nil, nil, errors.Join(err, seat.Close())
	}
	return seat, tty, nil
}
