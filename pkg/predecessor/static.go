package predecessor

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/var-project/var/pkg/config"
)

const (
	// StaticName is how the new static destination list is called; it lies beside the configuration.
	StaticName = "static-destinations.txt"
	// TakenOverName is the file beside it that tells what of the list was blocked.
	TakenOverName = "static-taken-over.txt"
	// stateName is where the predecessor remembers the lines that it has dealt with.
	stateName = ".current_blocked_static_destination_ips"
	maxStatic = 16 << 20
	// maxTold is how many lines of a list are told one by one.
	maxTold = 20
)

// static carries over the static destinations: those that the predecessor blocks, and no others.
func (s source) static(folder string) {
	name, p := s.text("STATIC_BLOCK_DESTINATION_IPS")
	if name == "" {
		s.to.set("static.destinations", "", orMissing(p, "no static destinations"), p.Origin)
		return
	}
	lines, listed := s.lines(name, p)
	state, held := s.lines(stateName, p)
	if !listed && !held {
		s.to.set("static.destinations", "", fmt.Sprintf("there is no %s", name), p.Origin)
		return
	}
	l := staticList{from: p.Origin, file: name, to: s.to, listed: map[string]bool{}}
	l.write("# Static destinations, brought from %s by var config import. One address, network or domain in a line.", filepath.Join(folder, name))
	for n, line := range lines {
		l.take(n+1, line)
	}
	l.linger(state)
	s.to.Static = l.text.Bytes()
	s.to.set("static.destinations", StaticName, "brought over into a file of its own, beside this one", p.Origin)
	l.permitted()
	l.takeOver(state)
	l.summarise()
}

// lines are those of a file beside the configuration, or elsewhere.
func (s source) lines(name string, p param) ([]string, bool) {
	text, err := s.to.left.read(name, maxStatic)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, false
	case err == nil && bytes.IndexByte(text, 0) >= 0:
		err = fmt.Errorf("%s: is no text file", name)
	}
	if err != nil {
		s.to.refuse(p.Origin, "%v", err)
		return nil, false
	}
	text = bytes.TrimSuffix(text, []byte("\n"))
	if len(text) == 0 {
		return nil, true
	}
	return strings.Split(string(text), "\n"), true
}

// staticList becomes the new file.
type staticList struct {
	from   Origin
	file   string
	to     *importer
	text   bytes.Buffer
	listed map[string]bool
	permit []string
	told   int
}

func (l *staticList) write(format string, args ...any) { fmt.Fprintf(&l.text, format+"\n", args...) }

// take writes one line as the predecessor understands it.
func (l *staticList) take(n int, line string) {
	entry := strings.TrimRight(line, " \t\r\v\f")
	switch {
	case entry == "":
		return
	case strings.HasPrefix(strings.TrimSpace(entry), "#"):
		l.write("%s", plain(strings.TrimSpace(entry)))
		return
	}
	prefix, ok := pythonNetwork(entry)
	if !ok {
		l.drop(n, entry, "the predecessor does not understand it and blocks nothing for it")
		return
	}
	destination, err := l.accept(prefix)
	if err != nil {
		l.drop(n, entry, err.Error())
		return
	}
	l.list(destination)
}

// accept is what a network is called in the list. What is not public is permitted: the predecessor blocks it.
func (l *staticList) accept(prefix netip.Prefix) (string, error) {
	text := prefix.String()
	if prefix.IsSingleIP() {
		text = prefix.Addr().String()
	}
	destination, err := config.Destination(text, nil)
	if err == nil {
		return destination, nil
	}
	if destination, err = config.Destination(text, []netip.Prefix{prefix}); err == nil {
		l.permit = append(l.permit, destination)
	}
	return destination, err
}

// list writes a destination once.
func (l *staticList) list(destination string) {
	if !l.listed[destination] {
		l.listed[destination] = true
		l.write("%s", destination)
	}
}

// drop keeps a line as a comment, and says why.
func (l *staticList) drop(n int, entry, why string) {
	l.write("#%s  (%s)", plain(entry), why)
	if l.told++; l.told <= maxTold {
		l.to.leave(Origin{l.file, n, shown(entry)}, "%s; it stands as a comment in %s", why, StaticName)
	}
}

// linger keeps what the predecessor has blocked and does not list any more. Its next run would have released it; here
// somebody takes the lines out, so that nothing is released unseen.
func (l *staticList) linger(state []string) {
	var kept []string
	for n, line := range state {
		prefix, ok := pythonNetwork(strings.TrimSpace(line))
		if !ok {
			continue
		}
		switch destination, err := l.accept(prefix); {
		case err != nil:
			l.to.leave(Origin{stateName, n + 1, shown(line)}, "%v; take it off the firewalls by hand", err)
		case !l.listed[destination] && !slices.Contains(kept, destination):
			kept = append(kept, destination)
		}
	}
	if len(kept) == 0 {
		return
	}
	l.write("# Blocked by the predecessor, and not in its list any more: take these lines out to release them.")
	for _, destination := range kept {
		l.list(destination)
	}
	l.to.tell(Origin{File: stateName, Name: "state"}, "destinations that are blocked and not listed any more: %d; they are kept at the end of %s, take them out there to release them",
		len(kept), StaticName)
}

// permitted allows what is listed although it is not public.
func (l *staticList) permitted() {
	if len(l.permit) == 0 {
		return
	}
	slices.Sort(l.permit)
	l.permit = slices.Compact(l.permit)
	l.to.set("static.permit", l.permit, "not public, and blocked by the predecessor all the same", l.from)
	l.to.tell(l.from, "destinations in the list that are not public: %d; look through static.permit", len(l.permit))
}

// takeOver names what the predecessor has blocked, so that the first pass does not block it anew.
func (l *staticList) takeOver(state []string) {
	var held []string
	for _, line := range state {
		if prefix, ok := pythonNetwork(strings.TrimSpace(line)); ok {
			if destination, _ := l.accept(prefix); l.listed[destination] {
				held = append(held, destination)
			}
		}
	}
	if len(held) == 0 {
		return
	}
	slices.Sort(held)
	l.to.TakenOver = []byte(strings.Join(slices.Compact(held), "\n") + "\n")
	l.to.set("static.taken_over", TakenOverName, "what it had blocked is held by the first pass; take this and the file away afterwards",
		Origin{File: stateName, Name: "state"})
}

func (l *staticList) summarise() {
	if l.told > maxTold {
		l.to.leave(l.from, "%d more lines are left out; they stand as comments in %s", l.told-maxTold, StaticName)
	}
}

// plain is a text that can stand in a line.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}

// pythonNetwork reads what the predecessor takes for an address or a network: no bits beyond its length, of which a mask
// may tell as well.
func pythonNetwork(text string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a.WithZone(""), a.BitLen()), a.Zone() == ""
	}
	address, length, ok := strings.Cut(text, "/")
	a, err := netip.ParseAddr(address)
	if !ok || err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	bits, ok := prefixLength(a, length)
	p := netip.PrefixFrom(a, bits)
	return p, ok && p.IsValid() && p.Masked() == p
}

// prefixLength reads "24", "255.255.255.0" and "0.0.0.255".
func prefixLength(a netip.Addr, text string) (int, bool) {
	if n, err := strconv.ParseUint(text, 10, 8); err == nil {
		return int(n), true
	}
	mask, err := netip.ParseAddr(text)
	if err != nil || !mask.Is4() || !a.Is4() {
		return 0, false
	}
	four := mask.As4()
	value := uint32(four[0])<<24 | uint32(four[1])<<16 | uint32(four[2])<<8 | uint32(four[3])
	for bits := range 33 {
		net := ^uint32(0) << (32 - bits)
		if value == net || value == ^net {
			return bits, true
		}
	}
	return 0, false
}
