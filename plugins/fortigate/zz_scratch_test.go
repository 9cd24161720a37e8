package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/var-project/var/pkg/blocker"
	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/lab"
	"github.com/var-project/var/pkg/secret"
)

func TestZLab(t *testing.T) {
	dir := os.Getenv("ZLAB")
	if dir == "" {
		t.Skip()
	}
	lw, _ := lab.New()
	os.WriteFile(filepath.Join(dir, "ca.pem"), lw.CA(), 0o600)
	w := &world{t: t}
	delay, _ := time.ParseDuration(os.Getenv("ZDELAY"))
	var urls []string
	var ends []*lab.End
	for i := range 2 {
		g := lab.NewFortiGate(lab.FortiGateConfig{Token: token, FeedLimit: -1})
		e := lw.Add(fmt.Sprintf("fw%d", i+1), g)
		w.furnish(g)
		w.gates = append(w.gates, g)
		e.Delay(delay)
		urls = append(urls, e.URL)
		ends = append(ends, e)
	}
	fmt.Printf("URLS %s\n", strings.Join(urls, " "))
	sc := bufio.NewScanner(os.Stdin)
	for sc.Scan() {
		cmd := sc.Text()
		switch {
		case cmd == "stat":
			raw, _ := json.Marshal(map[string]any{"req": ends[0].Requests(), "max": ends[0].InFlightMax(), "cpu": cpu().String()})
			ends[0].ResetCounters()
			fmt.Printf("STAT %s\n", raw)
		}
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func hwm() string {
	raw, _ := os.ReadFile("/proc/self/status")
	for _, l := range strings.Split(string(raw), "\n") {
		if strings.HasPrefix(l, "VmHWM") || strings.HasPrefix(l, "VmRSS") {
			if strings.HasPrefix(l, "VmHWM") {
				return strings.TrimSpace(l[6:])
			}
		}
	}
	return ""
}

func TestZBench(t *testing.T) {
	if os.Getenv("ZBENCH") == "" {
		t.Skip()
	}
	n, _ := strconv.Atoi(os.Getenv("ZBENCH"))
	mode := os.Getenv("ZMODE")
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestZLab$", "-test.timeout=60m")
	cmd.Env = append(os.Environ(), "ZLAB="+dir)
	cmd.Stderr = os.Stderr
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	cmd.Start()
	defer func() { in.Close(); cmd.Process.Kill(); cmd.Wait() }()
	sc := bufio.NewScanner(out)
	sc.Buffer(nil, 1<<20)
	sc.Scan()
	urls := strings.Fields(sc.Text())[1:]
	stat := func() string { fmt.Fprintln(in, "stat"); sc.Scan(); return sc.Text() }
	s := settings{Mode: mode, MemberLimit: 250, Expiry: time.Hour}
	switch mode {
	case "", modeGroup:
		s.Mode, s.InternalGroup, s.ExternalGroup = modeGroup, "Internal-Block", "External-Block"
	case modeFeed:
		s.Feed = "var-dst"
	}
	for i, u := range urls {
		s.Device = append(s.Device, deviceSettings{Name: fmt.Sprint("fw", i+1), URL: u, VDOM: "root", TLS: blocker.TLS{CAFile: filepath.Join(dir, "ca.pem")}, Token: secret.New(token)})
	}
	f, err := newFortigate(s, blocker.Instance{Name: "edge", Owner: owner, Parallel: 4, Log: slog.New(slog.DiscardHandler)}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	ts := make([]entity.Target, n)
	for i := range ts {
		ip := fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)
		if mode == modeFeed {
			ts[i] = static("45" + ip[2:])
			ts[i].Static.Destination = "45" + ip[2:]
		} else {
			ts[i] = host(i, ip)
		}
	}
	stat()
	if p := os.Getenv("ZPROF"); p != "" {
		pf, _ := os.Create(p)
		pprof.StartCPUProfile(pf)
		defer pprof.StopCPUProfile()
	}
	step := func(name string, do func()) {
		c, st := cpu(), time.Now()
		do()
		runtime.KeepAlive(f)
		fmt.Printf("%-8s n=%d wall %v cpu %v hwm %s  %s\n", name, n, time.Since(st).Round(time.Millisecond), (cpu() - c).Round(time.Millisecond), hwm(), stat())
	}
	rs := make([]blocker.Release, n)
	if os.Getenv("ZLISTONLY") == "" {
	step("list0", func() { f.List(context.Background()) })
	}
	step("block", func() {
		for i := 0; i < n; i += 1000 {
			for j, o := range f.BlockAll(context.Background(), ts[i:min(n, i+1000)]) {
				if o.Err != nil {
					t.Fatal(o.Err)
				}
				rs[i+j] = blocker.Release{Target: ts[i+j], Receipt: o.Receipt}
			}
		}
	})
	step("list", func() {
		inv, _ := f.List(context.Background())
		if len(inv[0].Entries) != n || inv[0].Err != nil {
			t.Error(len(inv[0].Entries), inv[0].Err)
		}
	})
	step("reblock", func() {
		for i := 0; i < n; i += 1000 {
			for _, o := range f.BlockAll(context.Background(), ts[i:min(n, i+1000)]) {
				if o.Err != nil {
					t.Fatal(o.Err)
				}
			}
		}
	})
	step("release", func() {
		for i := 0; i < n; i += 1000 {
			for _, err := range f.UnblockAll(context.Background(), rs[i:min(n, i+1000)]) {
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
