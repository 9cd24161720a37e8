// Spender takes memory and time, and has a copy of itself do so too, through a guard in between as var's plugins have one:
//
//	spender parent PATH-OF-A-COPY PATH-THAT-COMES-TO-BE-WHEN-IT-WAS-SEEN
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

const (
	parentMemory = 40 << 20
	childMemory  = 90 << 20
	effort       = 100 * time.Millisecond
)

func main() {
	switch role := os.Args[1]; role {
	case "parent":
		spend(parentMemory)
		os.Exit(withChild(os.Args[2], "guard"))
	case "guard":
		if withChild(os.Args[2], "child") != 3 {
			os.Exit(2)
		}
	case "child":
		memory := spend(childMemory)
		fmt.Println("taken")
		_, _ = io.Copy(io.Discard, os.Stdin)
		runtime.KeepAlive(memory)
	}
}

// spend takes memory, and CPU: that of this process, however long others keep it waiting.
func spend(bytes int) []byte {
	memory := make([]byte, bytes)
	for began := spent(); spent()-began < effort; {
		for i := 0; i < len(memory); i += 4096 {
			memory[i]++
		}
	}
	return memory
}

// spent is the CPU time of this process until now.
func spent() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		os.Exit(2)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// waitFor ends when there is a file.
func waitFor(path string) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		<-tick.C
	}
}

// withChild has a program take memory, and holds it until the watcher has seen it.
func withChild(program, role string) int {
	cmd := exec.Command(program, role, program)
	in, err := cmd.StdinPipe()
	if err != nil {
		return 2
	}
	out, err := cmd.StdoutPipe()
	if err != nil || cmd.Start() != nil {
		return 2
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		return 2
	}
	if role == "child" {
		fmt.Println("taken")
		_, _ = io.Copy(io.Discard, os.Stdin)
	} else {
		spend(0)
		spend(0)
		waitFor(os.Args[3])
		fmt.Println("done")
	}
	in.Close()
	if cmd.Wait() != nil {
		return 2
	}
	return 3
}
