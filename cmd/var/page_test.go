package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/var-project/var/pkg/lab"
)

// hostileName would run a script, end a line and turn its direction on a page that believes it.
const hostileName = "ws\u202e\"'><script>alert(1)</script><img src=http://192.0.2.1/>"

// workplaces are hosts with the block tag; the last has a name of its own choice.
func workplaces(n int) lab.Estate {
	e := lab.Estate{Groups: people().Groups}
	rooms := []string{"fin", "hr", "lab", "ops"}
	for i := range n {
		name := fmt.Sprintf("ws-%s-%03d", rooms[i%len(rooms)], i)
		if i == 1 {
			name = hostileName
		}
		e.Hosts = append(e.Hosts, lab.Host{
			Subject: lab.Subject{ID: 2000 + i, Threat: 31, Certainty: 22, Tags: []string{"vectra_host_block"}},
			Scored:  lab.Scored{Name: name}, IP: fmt.Sprintf("10.20.40.%d", i+1), Traffic: true,
		})
	}
	return e
}

// freeAddress is a loopback address on which nobody listens, and nobody will: the host is not the one from which and to
// which all others here speak.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// watchedStage is a stage with many hosts, many destinations, and an address at which its loop can be looked at. It makes
// a pass when it is told to.
func watchedStage(t *testing.T) (s *stage, address string) {
	t.Helper()
	address = freeAddress(t)
	s = newStage(t, families[0], feed, panos{})
	s.interval = "24h"
	s.world.End(brainName).Simulator().(*lab.Brain).Fill(workplaces(30))
	s.write(t, "destinations.txt", destinations(490))
	s.adjust = func(config string) string {
		return config + fmt.Sprintf("[gate]\nmax_blocks = 0\n[admin]\nlisten = %q\n", address)
	}
	s.configure(t, `owner = "soc"`)
	return s, address
}

// fetched is what an address answers; empty as long as nobody does.
func fetched(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return ""
	}
	return string(body)
}

// TestThePageShowsWhatIsHeldAndWhatNeedsSomebody looks at a loop with Chromium: with a thousand holdings, with a gate
// that holds back, and while somebody has paused it. The pictures are those of docs/page.md.
func TestThePageShowsWhatIsHeldAndWhatNeedsSomebody(t *testing.T) {
	t.Parallel()
	s, address := watchedStage(t)
	loop := s.start(t, "run", "--loop")
	page := "http://" + address + "/"
	if !within(aWhile, func() bool { return strings.Contains(fetched(t, page), "Nothing needs attention") }) {
		t.Fatalf("the first pass never showed: %s", fetched(t, page))
	}
	b := openBrowser(t)
	b.window(t, 1280, 900, "light")
	b.visit(t, page)
	held, _ := s.status(t)
	if shown := b.text(t); len(held) < 1000 || !strings.Contains(shown, "1,010 held") || !strings.Contains(shown, "1 to 100 of 1,010") {
		t.Errorf("%d are held, the page says:\n%.2000s", len(held), shown)
	}
	keepPicture(t, "held", b.picture(t))
	s.looksAtOne(t, b, page)
	s.shrinks(t, b, page)

	s.write(t, "destinations.txt", "")
	if err := loop.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	within(aWhile, func() bool { return strings.Contains(fetched(t, page), "a gate holds back") })
	b.window(t, 1280, 900, "light")
	b.visit(t, page)
	for _, text := range []string{"static: a gate holds back the release of 490 static destinations, over the limit of 50", "var run --force", "var apply"} {
		if shown := b.text(t); !strings.Contains(shown, text) {
			t.Errorf("a gate holds back; %q is not shown:\n%.2000s", text, shown)
		}
	}
	keepPicture(t, "gate", b.picture(t))

	if e := s.run(t, "pause", "--reason", "change window of the network team until six"); e.code != 0 {
		t.Fatal(e)
	}
	b.window(t, 1280, 900, "dark")
	b.visit(t, page)
	if shown := b.text(t); !strings.Contains(shown, "PAUSED") || !strings.Contains(shown, "change window of the network team until six") {
		t.Errorf("it is paused, and the page says:\n%.2000s", shown)
	}
	keepPicture(t, "paused", b.picture(t))
	b.wellBehaved(t, address)
	s.sameJSON(t, page)
	if e := loop.end(t, os.Interrupt); e.code != 0 {
		t.Errorf("the loop was interrupted: %s", e)
	}
}

// looksAtOne goes from the overview to why one is blocked with one click, by keyboard too.
func (s *stage) looksAtOne(t *testing.T, b *browser, page string) {
	t.Helper()
	var links []string
	b.look(t, `[...document.querySelectorAll("#held tbody a")].map(a => a.href)`, &links)
	if len(links) != 100 {
		t.Fatalf("%d targets on a page, want 100", len(links))
	}
	b.visit(t, links[0])
	for _, text := range []string{"blocked on dc complete", "How to get it out", "var release hq/host/2000", "tag vectra_host_block", "10.20.40.1"} {
		if shown := b.text(t); !strings.Contains(shown, text) {
			t.Errorf("why: %q is not shown:\n%s", text, shown)
		}
	}
	keepPicture(t, "why", b.picture(t))
	b.visit(t, links[1])
	var scripts, images int
	b.look(t, `document.scripts.length`, &scripts)
	b.look(t, `document.images.length`, &images)
	if shown := b.text(t); scripts+images > 0 || !strings.Contains(shown, `<script>alert(1)</script>`) || !strings.Contains(shown, `ws\u202e`) {
		t.Errorf("a name made %d scripts and %d images of itself:\n%.600s", scripts, images, shown)
	}
	b.visit(t, page)
	var focused string
	b.press(t, "Tab", 9, "")
	b.look(t, `document.activeElement.innerText`, &focused)
	if focused != "To the content" {
		t.Errorf("the first stop of the keyboard is %q", focused)
	}
	for range 4 { // to the search, past the name and the two pages
		b.press(t, "Tab", 9, "")
	}
	b.look(t, `document.activeElement.id`, &focused)
	if focused != "q" {
		t.Errorf("the fifth stop of the keyboard is %q, want the search", focused)
	}
}

// shrinks wants that a telephone shows the page without a way to the side.
func (s *stage) shrinks(t *testing.T, b *browser, page string) {
	t.Helper()
	for _, path := range []string{"", "target?q=10.20.40.2", "history"} {
		b.window(t, 360, 800, "light")
		b.visit(t, page+path)
		var width int
		b.look(t, "document.documentElement.scrollWidth", &width)
		if width > 360 {
			t.Errorf("/%s is %d wide on a telephone of 360", path, width)
		}
	}
}

// sameJSON wants that the page gives what the commands print.
func (s *stage) sameJSON(t *testing.T, page string) {
	t.Helper()
	for path, args := range map[string][]string{
		"status.json":                              {"status", "--output", "json"},
		"history.json":                             {"history", "--output", "json"},
		"history.json?q=hq/host/2000":              {"history", "hq/host/2000", "--output", "json"},
		"history.json?blocker=dc&limit=3&since=1d": {"history", "--blocker", "dc", "--limit", "3", "--since", "1d", "--output", "json"},
	} {
		var got, want string
		quiet := within(aWhile, func() bool { // a second may have passed in between
			got = fetched(t, page+path)
			want = s.run(t, args...).out
			return got == fetched(t, page+path)
		})
		if diff := cmp.Diff(want, got); !quiet || diff != "" {
			t.Errorf("/%s is not what var %v prints (-command +page):\n%.3000s", path, args, diff)
		}
	}
	var got, want map[string]any
	unmarshal(t, fetched(t, page+"why.json?q=10.20.40.2"), &got)
	unmarshal(t, s.run(t, "why", "10.20.40.2", "--output", "json").out, &want)
	journals := func(v map[string]any) any {
		target := v["targets"].([]any)[0].(map[string]any)
		for _, key := range []string{"read", "rules", "decisions", "gates"} { // what only a brain tells
			delete(target, key)
		}
		return timeless(target)
	}
	if diff := cmp.Diff(journals(want), journals(got)); diff != "" {
		t.Errorf("/why.json is not what the journal tells var why (-command +page):\n%s", diff)
	}
}

func unmarshal(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v: %.1000s", err, text)
	}
}
