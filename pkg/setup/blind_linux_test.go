package setup_test

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/var-project/var/pkg/setup"
)

// openTerminal is a new one: the end of whoever sits there, and that of a program. The latter is not closed: who reads from
// it sets it back when the former is gone, and its number would be another file's by then.
func openTerminal(t *testing.T) (seat, tty *os.File) {
	t.Helper()
	seat, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { seat.Close() })
	number, err := unix.IoctlGetInt(int(seat.Fd()), unix.TIOCGPTN)
	if err = errors.Join(err, unix.IoctlSetPointerInt(int(seat.Fd()), unix.TIOCSPTLCK, 0)); err != nil {
		t.Fatal(err)
	}
	if tty, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	return seat, tty
}

// blind reports that a terminal does not show what is typed.
func blind(t *testing.T, tty *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO == 0
}

func TestAQuestionIsPutWhenItsAnswerIsNotShownAnyMore(t *testing.T) {
	seat, tty := openTerminal(t)
	line, err := setup.AskBlind(t.Context(), int(tty.Fd()), func() {
		if !blind(t, tty) {
			t.Error("who answers at once is shown what was typed")
		}
		_, _ = io.WriteString(seat, "s3cr3t\n")
	})
	if string(line) != "s3cr3t" || err != nil {
		t.Errorf("got %q, %v", line, err)
	}
	if blind(t, tty) {
		t.Error("the terminal stays blind")
	}
}

func TestWhoIsInterruptedSeesAgain(t *testing.T) {
	_, tty := openTerminal(t)
	ctx, interrupt := context.WithCancelCause(t.Context())
	gone := errors.New("Ctrl-C")
	if _, err := setup.AskBlind(ctx, int(tty.Fd()), func() { interrupt(gone) }); !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
	if blind(t, tty) {
		t.Error("the terminal stays blind")
	}
}

func TestALineThatWasTypedAheadIsTheAnswer(t *testing.T) {
	seat, tty := openTerminal(t)
	if _, err := io.WriteString(seat, "s3cr3t\n"); err != nil {
		t.Fatal(err)
	}
	asked := false
	line, err := setup.AskBlind(t.Context(), int(tty.Fd()), func() { asked = true })
	if string(line) != "s3cr3t" || err != nil || !asked {
		t.Errorf("got %q, %v, asked %v", line, err, asked)
	}
}
