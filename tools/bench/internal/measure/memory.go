package measure

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// look is the pause between two looks at the memory of a process. The system keeps the peak, so only what grows
	// in the last moment of a process can be missed.
	look = 5 * time.Millisecond
	// search is the pause between two searches for children.
	search = 50 * time.Millisecond
)

// pluginPrefix is what the executables of plugins begin with.
const pluginPrefix = "var-plugin-"

// watcher looks at a process and its descendants while they run.
type watcher struct {
	done  chan struct{}
	ended sync.WaitGroup
	// names are the programs of the processes, plugins by their short names.
	names map[int]string
	peaks map[int]int64
	saw   func(name string, peak int64)
}

func watch(pid int, saw func(name string, peak int64)) *watcher {
	w := &watcher{done: make(chan struct{}), names: map[int]string{pid: program(pid)}, peaks: map[int]int64{}, saw: saw}
	w.ended.Go(w.follow)
	return w
}

// stop ends the watch and gives the peaks by program.
func (w *watcher) stop() map[string]int64 {
	close(w.done)
	w.ended.Wait()
	by := map[string]int64{}
	for pid, name := range w.names {
		by[name] = max(by[name], w.peaks[pid])
	}
	return by
}

func (w *watcher) follow() {
	looks, searches := time.NewTicker(look), time.NewTicker(search)
	defer looks.Stop()
	defer searches.Stop()
	for {
		select {
		case <-w.done:
			return
		case <-searches.C:
			for _, child := range children(w.names) {
				// Until it runs its own program, a child shows the one and the memory of its parent. What a plugin runs
				// is somebody else's.
				if name, ok := strings.CutPrefix(program(child), pluginPrefix); ok {
					w.names[child] = name
				}
			}
		case <-looks.C:
			for pid, name := range w.names {
				w.peaks[pid] = max(w.peaks[pid], peak(pid))
				w.saw(name, w.peaks[pid])
			}
		}
	}
}

// children are the processes whose parent is one of those. A plugin is a child of its guard.
func children(parents map[int]string) []int {
	files, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is fine
	var pids []int
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it is gone
		}
		// The name in parentheses may hold anything; behind it are the state and the parent.
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if len(fields) < 2 {
			continue
		}
		parent, _ := strconv.Atoi(fields[1]) // 0 is nobody's parent here
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if _, known := parents[parent]; known && err == nil {
			pids = append(pids, child)
		}
	}
	return pids
}

// program is the name of the executable of a process, "" when it is gone.
func program(pid int) string {
	exe, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/exe")
	if err != nil {
		return ""
	}
	return filepath.Base(exe)
}

// peak is the most memory that a process has had, in bytes; 0 when it is gone.
func peak(pid int) int64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		if value, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kib, err := strconv.ParseInt(strings.Fields(string(value))[0], 10, 64)
			if err != nil {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}
