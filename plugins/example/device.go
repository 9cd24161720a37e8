package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/var-project/var/pkg/blocker"
)

// maxFile bounds what is read into memory.
const maxFile = 64 << 20

// look reads the file as the device would answer.
func (d *device) look(ctx context.Context) (*page, error) {
	p, err := d.read(ctx)
	if err != nil {
		return nil, err
	}
	return p, d.answer(ctx, p)
}

// change alters the file under a lock. What somebody else changes meanwhile is not lost.
func (d *device) change(ctx context.Context, alter func(*page) error) error {
	unlock, err := lock(ctx, d.File+".lock")
	if err != nil {
		return err
	}
	defer unlock()
	p, err := d.look(ctx)
	if err != nil {
		return err
	}
	if p.Fail == wayFull {
		return &blocker.Error{Class: blocker.Capacity, Err: errors.New("the file is full")}
	}
	stored := *p
	stored.Entries = append([]entry(nil), p.Entries...)
	if stored.Fail == d.Fail {
		stored.Fail = ""
	}
	if err := alter(p); err != nil || p.Fail == wayIgnore {
		return err
	}
	stored.Entries = p.Entries
	return d.write(&stored)
}

func (d *device) read(ctx context.Context) (*page, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	text, err := readFile(d.File)
	if err != nil {
		return nil, &blocker.Error{Class: blocker.Transient, Err: err}
	}
	p, err := parse(text)
	if err != nil {
		return nil, &blocker.Error{Class: blocker.Permanent, Err: fmt.Errorf("%s %w", d.File, err)}
	}
	return p, nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%s is %d bytes long; at most %d are read", path, info.Size(), maxFile)
	}
	return os.ReadFile(path)
}

// answer plays how the device misbehaves; what only concerns one call is left to that.
func (d *device) answer(ctx context.Context, p *page) error {
	if p.Fail == "" {
		p.Fail = d.Fail
	}
	switch {
	case p.Fail == wayDown:
		return &blocker.Error{Class: blocker.Transient, Err: errors.New("the device is down")}
	case p.Fail == wayRefuse, p.Token != "" && p.Token != d.Token.Reveal():
		return &blocker.Error{Class: blocker.Unauthorized, Err: errors.New("the device refuses the token")}
	case p.Fail == waySlow:
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

// write replaces the file whole, so that a crash leaves the old or the new one.
func (d *device) write(p *page) error {
	text, err := p.text()
	if err != nil {
		return err
	}
	next, err := os.CreateTemp(filepath.Dir(d.File), filepath.Base(d.File)+".*")
	if err != nil {
		return &blocker.Error{Class: blocker.Transient, Err: err}
	}
	_, err = next.Write(text)
	if err = errors.Join(err, next.Sync(), next.Close()); err == nil {
		err = os.Rename(next.Name(), d.File)
	}
	if err != nil {
		return &blocker.Error{Class: blocker.Transient, Err: errors.Join(err, os.Remove(next.Name()))}
	}
	return nil
}

// writable tells whether a block could be written, without writing to the file.
func (d *device) writable() error {
	f, err := os.CreateTemp(filepath.Dir(d.File), filepath.Base(d.File)+".*")
	if err != nil {
		return &blocker.Error{Class: blocker.Permanent, Err: err}
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
