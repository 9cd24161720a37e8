// Package demo plays the life of a block in the lab's default world: it runs the
// real program and looks at the world through the lab's admin API after each step. A
// step that does not end as told ends the demo.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/var-project/var/pkg/lab"
)

// Options say what plays and where it is shown.
type Options struct {
	// Program is the var to run; Args stand before its command.
	Program string
	Args    []string
	Out     io.Writer
}

// Run plays the story in a world of its own, in a folder that is gone afterwards.
func Run(ctx context.Context, o Options) (err error) {
	dir, err := os.MkdirTemp("", "var-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	isolated := filepath.Join(dir, "isolated")
	w, err := lab.Up(dir, lab.UpOptions{
		Isolate: []string{o.Program, "lab", "isolate", "--dir", isolated, "{ip}"},
		Release: []string{o.Program, "lab", "isolate", "--dir", isolated, "--undo", "{ip}"},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	url, token := w.Admin()
	s := &stage{
		options: o, dir: dir, isolated: isolated,
		admin: admin{url: url, token: token, http: w.Client()},
	}
	return s.play(ctx)
}

// Isolate is the program behind the world's external command: an isolated address is a file in dir.
func Isolate(dir, address string, undo bool) error {
	name := filepath.Join(dir, fileName(address))
	if undo {
		if err := os.Remove(name); !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(name, nil, 0o600)
}

// step is one scene: what happens, and what must be true afterwards.
type step struct {
	title string
	do    func(context.Context) error
	check func(context.Context) error
}

// play does the steps in order until one fails.
func (s *stage) play(ctx context.Context) error {
	for i, st := range s.story() {
		fmt.Fprintf(s.options.Out, "\n== %d. %s\n", i+1, st.title)
		if err := st.do(ctx); err != nil {
			return fmt.Errorf("demo, step %d (%s): %w", i+1, st.title, err)
		}
		if err := st.check(ctx); err != nil {
			return fmt.Errorf("demo, step %d (%s): the world is not as told: %w", i+1, st.title, err)
		}
	}
	_, err := fmt.Fprintln(s.options.Out, "\nEvery step ended as told, as the devices and brains themselves say.")
	return err
}
