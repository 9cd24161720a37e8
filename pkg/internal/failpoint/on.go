//go:build failpoints

package failpoint

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Hit marks an instant. It does not return when the process is to die there.
func Hit(name string) { marks().hit(name) }

var marks = sync.OnceValue(read)

// trap is what this process is to do at its marks.
type trap struct {
	program string
	// name and nth say where to die; no name is nowhere.
	name string
	nth  int
	once string
	log  *os.File

	mu   sync.Mutex
	seen int
}

// read panics on what makes no sense: a crash test that kills nobody would prove nothing.
func read() *trap {
	t := &trap{program: filepath.Base(os.Args[0]), once: os.Getenv("FAILPOINT_ONCE")}
	if path := os.Getenv("FAILPOINT_LOG"); path != "" {
		log, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			panic(err)
		}
		t.log = log
	}
	text := os.Getenv("FAILPOINT")
	if text == "" {
		return t
	}
	var program string
	if n, err := fmt.Sscan(text, &program, &t.name, &t.nth); err != nil || n < 3 || t.nth < 1 {
		panic(fmt.Sprintf("FAILPOINT is %q, want \"PROGRAM NAME N\"", text))
	}
	if program != t.program {
		t.name = ""
	}
	return t
}

func (t *trap) hit(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.log != nil {
		fmt.Fprintf(t.log, "%s %s\n", t.program, name)
	}
	if name != t.name {
		return
	}
	if t.seen++; t.seen == t.nth && t.first() {
		die()
	}
}

// first reports that nobody of this name has died yet, and keeps that.
func (t *trap) first() bool {
	if t.once == "" {
		return true
	}
	f, err := os.OpenFile(t.once, os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false
	}
	_ = f.Close()
	return true
}

// die ends the process as a lost power supply would: nothing is flushed, deferred or told.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {}
}
