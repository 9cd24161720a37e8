package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/var-project/var/pkg/entity"
)

// meeting is a script whose runs count how many of them there are, tell that they came, and wait to be let go.
type meeting struct {
	argv          []string
	seen          string
	arrive, leave *os.File
}

func newMeeting(t *testing.T) meeting {
	t.Helper()
	dir := t.TempDir()
	m := meeting{seen: filepath.Join(dir, "seen")}
	if err := os.Mkdir(filepath.Join(dir, "running"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]**os.File{"arrivals": &m.arrive, "go": &m.leave} {
		path := filepath.Join(dir, name)
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		pipe, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = pipe.Close() })
		*file = pipe
	}
	m.argv = script(t, fmt.Sprintf(`cd '%s'; : > running/$$; ls running | wc -l >> seen; echo > arrivals; read line < go; rm running/$$`, dir), "{ip}")
	return m
}

// most is how many ran at the same time.
func (m meeting) most(t *testing.T) (most, runs int) {
	t.Helper()
	text, err := os.ReadFile(m.seen)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		n, err := strconv.Atoi(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		most, runs = max(most, n), runs+1
	}
	return most, runs
}

// However many callers there are, as many commands run as parallel allows, and no more.
func TestAsManyCommandsRunAsParallelAllows(t *testing.T) {
	m := newMeeting(t)
	c := opened(t, both(entity.KindHost, m.argv, m.argv))
	const targets = 15
	var callers sync.WaitGroup
	for i := range targets {
		callers.Go(func() {
			if _, err := c.Block(t.Context(), host(fmt.Sprintf("10.0.0.%d", i+1))); err != nil {
				t.Error(err)
			}
		})
	}
	arrivals := bufio.NewReader(m.arrive)
	for i := range targets {
		if _, err := arrivals.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		if i >= 3 { // as soon as four have met, one goes for each that comes
			_, _ = fmt.Fprintln(m.leave)
		}
	}
	_, _ = fmt.Fprint(m.leave, "\n\n\n")
	callers.Wait()
	if most, runs := m.most(t); most != 4 || runs != targets {
		t.Errorf("%d commands ran, and %d at the same time; want %d and 4", runs, most, targets)
	}
}
