// Spender takes memory and time, and has a copy of itself do so too, through a guard in between as var's plugins have one:
//
//	spender parent PATH-OF-A-COPY
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"
)

const (
	parentMemory = 40 << 20
	childMemory  = 90 << 20
	effort       = 150 * time.Millisecond
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

// spend takes memory, and CPU.
func spend(bytes int) []byte {
	memory := make([]byte, bytes)
	for began := time.Now(); time.Since(began) < effort; {
		for i := 0; i < len(memory); i += 4096 {
			memory[i]++
		}
	}
	return memory
}

// withChild has a program take memory, and gives the watcher time to see it.
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
		fmt.Println("done")
	}
	in.Close()
	if cmd.Wait() != nil {
		return 2
	}
	return 3
}
