package setup

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/muesli/cancelreader"
)

// keyboard reads what is typed for as long as questions are asked, and hands it to one drawn question after the other.
// A program of the drawing library may go on reading when it has ended, and would take the first key of the next.
type keyboard struct {
	file   *os.File
	source cancelreader.CancelReader
	typed  chan []byte
	closed chan struct{}
}

func openKeyboard(file *os.File) (*keyboard, error) {
	source, err := cancelreader.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("read the terminal: %w", err)
	}
	k := &keyboard{file: file, source: source, typed: make(chan []byte), closed: make(chan struct{})}
	go k.read()
	return k, nil
}

// read ends with the input, and with the keyboard.
func (k *keyboard) read() {
	defer close(k.typed)
	for {
		keys := make([]byte, 4<<10)
		n, err := k.source.Read(keys)
		if err != nil {
			return
		}
		select {
		case k.typed <- keys[:n]:
		case <-k.closed:
			return
		}
	}
}

// Close leaves the terminal to whoever reads next.
func (k *keyboard) Close() error {
	close(k.closed)
	if k.source.Cancel() {
		for range k.typed { // until the reading has ended
			continue
		}
	}
	return k.source.Close()
}

// hands are one question's hold on the keyboard. They have a descriptor, for the terminal's modes, and no name: what has
// one is read behind their back.
type hands struct {
	*keyboard
	ctx  context.Context
	end  context.CancelFunc
	left []byte
}

// hold gives the keyboard to one question, until end is called. The context that it gives ends with the input.
func (k *keyboard) hold(ctx context.Context) (context.Context, *hands) {
	ctx, end := context.WithCancel(ctx)
	return ctx, &hands{keyboard: k, ctx: ctx, end: end}
}

// Read gives keys to who holds the keyboard.
func (h *hands) Read(p []byte) (int, error) {
	if len(h.left) == 0 {
		select {
		case <-h.ctx.Done():
			return 0, io.EOF
		case keys, more := <-h.typed:
			if !more {
				h.end()
				return 0, io.EOF
			}
			h.left = keys
		}
	}
	n := copy(p, h.left)
	h.left = h.left[n:]
	return n, nil
}

// Write is for the terminal as well.
func (h *hands) Write(p []byte) (int, error) { return h.file.Write(p) }

// Fd is the terminal's.
func (h *hands) Fd() uintptr { return h.file.Fd() }

// Close leaves the keyboard open for the next question.
func (h *hands) Close() error { return nil }
