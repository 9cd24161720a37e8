package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
)

// profile writes where a command's CPU time and memory went; the zero value writes nothing.
type profile struct {
	dir string
	cpu *os.File
}

// begin starts cpu.pprof in the folder, which it makes. An empty folder is none.
func (p *profile) begin() error {
	if p.dir == "" || p.cpu != nil {
		return nil
	}
	cpu, err := create(p.dir, "cpu.pprof")
	if err != nil {
		return usage(fmt.Errorf("--profile: %w", err))
	}
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return errors.Join(fmt.Errorf("--profile: %w", err), cpu.Close())
	}
	p.cpu = cpu
	return nil
}

// end finishes cpu.pprof and writes heap.pprof: what is in use now, and all that was allocated.
func (p *profile) end() error {
	if p.cpu == nil {
		return nil
	}
	pprof.StopCPUProfile()
	err := errors.Join(p.cpu.Close(), writeHeap(p.dir))
	p.cpu = nil
	if err != nil {
		return fmt.Errorf("--profile: %w", err)
	}
	return nil
}

func writeHeap(dir string) error {
	heap, err := create(dir, "heap.pprof")
	if err != nil {
		return err
	}
	runtime.GC() // else the profile tells of the collection before
	return errors.Join(pprof.Lookup("heap").WriteTo(heap, 0), heap.Close())
}

func create(dir, name string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
}
