package main_test

import (
	"regexp"
	"slices"
	"strings"
)

// answer is what a person does with a question: choose the option that begins so, say yes or no, or type. The zero
// value takes what stands there.
type answer struct {
	pick, say, typed string
}

func pick(option string) answer { return answer{pick: option} }
func say(word string) answer    { return answer{say: word} }
func typed(text string) answer  { return answer{typed: text} }

// person reads questions from a terminal and answers them.
type person struct {
	*terminal
	// answers are given in turn, by what is asked for; what is not here is taken as it stands.
	answers map[string][]answer
	// drawn says that questions are drawn; else they are lines.
	drawn bool
	// asked is what was asked for until now.
	asked []string
}

// answerUntil answers one question after the other until this one is put.
func (p *person) answerUntil(key string) {
	p.Helper()
	for range 500 {
		now := p.question()
		if now == key {
			return
		}
		p.reply(now)
	}
	p.Fatalf("%s is never asked", key)
}

// answerTo answers a number of questions, whatever they are.
func (p *person) answerTo(n int) {
	p.Helper()
	for len(p.asked) < n {
		p.reply(p.question())
	}
}

// question waits for a question, and is what it asks for. Each look at the screen costs: one that shows it already will do.
func (p *person) question() (key string) {
	p.Helper()
	if key = p.open(p.seen); key != "" {
		return key
	}
	p.wait("a question", func(screen string) bool {
		if strings.Contains(screen, "ended with ") {
			p.Fatalf("no question any more:\n%s", screen)
		}
		key = p.open(screen)
		return key != ""
	})
	return key
}

// reply answers what is asked and waits until that is taken.
func (p *person) reply(key string) {
	p.Helper()
	before := p.counted(p.seen, key)
	all := p.answers[key]
	var now answer
	if len(all) > 0 {
		now, p.answers[key] = all[0], all[1:]
	}
	p.give(now)
	p.asked = append(p.asked, key)
	p.wait("that the answer to "+key+" is taken", func(screen string) bool {
		return p.counted(screen, key) > before || strings.Contains(screen, "ended with ")
	})
}

// openLine is a question at the bottom of a screen, "hosts.enabled [yes]:", as long as nothing stands behind it.
var openLine = regexp.MustCompile(`(?:^|\n)([a-zA-Z][\w.\[\] -]*?) (?:\[[^\n]*\]|\(is not shown\)):$`)

// open is what is asked for at the bottom of a screen; empty when nothing is.
func (p *person) open(screen string) string {
	if p.drawn {
		title, _, _ := strings.Cut(drawnBlock(screen), "\n")
		return strings.TrimSpace(title)
	}
	if m := openLine.FindStringSubmatch(strings.TrimRight(screen, " \n")); m != nil {
		return m[1]
	}
	return ""
}

// drawnBlock is the drawn question at the bottom of a screen, without its margin. It is gone once it is answered; only
// the keys that it takes and an error stand below it.
func drawnBlock(screen string) string {
	const margin = "┃"
	lines := strings.Split(screen, "\n")
	end := len(lines)
	for end > 0 && !strings.HasPrefix(lines[end-1], margin) {
		if rest := strings.TrimSpace(lines[end-1]); rest != "" && !strings.HasPrefix(rest, "*") && !strings.Contains(rest, "enter submit") {
			return ""
		}
		end--
	}
	begin := end
	for begin > 0 && strings.HasPrefix(lines[begin-1], margin) {
		begin--
	}
	return strings.ReplaceAll(strings.Join(lines[begin:end], "\n"), margin, "")
}

// offers looks for options in the question at the bottom of the screen.
func (p *person) offers(options ...string) {
	p.Helper()
	screen := p.screen()
	if p.drawn {
		screen = drawnBlock(screen)
	}
	for _, o := range options {
		if !regexp.MustCompile(`(?m)^[ >]*(\d+|\[.\]|•|✓) +` + o + ` *$`).MatchString(screen) {
			p.Errorf("no option %q in\n%s", o, screen)
		}
	}
}

// counted is how many answers a screen shows to a question that are taken.
func (p *person) counted(screen, key string) int {
	if p.drawn {
		return strings.Count(screen, "\n  "+key+": ")
	}
	n := strings.Count("\n"+screen, "\n"+key+" [") + strings.Count("\n"+screen, "\n"+key+" (is not shown)")
	if p.open(screen) == key {
		n--
	}
	return n
}

func (p *person) give(a answer) {
	switch {
	case p.drawn && a.pick != "":
		p.steer(a.pick)
		p.press("Enter")
	case p.drawn && a.say != "":
		p.write(a.say[:1])
	case p.drawn && a.typed != "":
		p.press("C-u")
		p.write(a.typed)
		p.press("Enter")
	case a.pick != "":
		p.write(p.number(a.pick))
		p.press("Enter")
	default:
		p.write(a.say + a.typed)
		p.press("Enter")
	}
}

var optionLine = regexp.MustCompile(`^ *(\d+)  (.*)$`)

// number is the one before an option of the question that is open.
func (p *person) number(option string) string {
	p.Helper()
	for _, line := range slices.Backward(strings.Split(p.seen, "\n")) {
		if m := optionLine.FindStringSubmatch(line); m != nil && strings.HasPrefix(m[2], option) {
			return m[1]
		}
	}
	p.Fatalf("no option %q in\n%s", option, p.seen)
	return ""
}

// steer moves the mark to an option and waits until it is there.
func (p *person) steer(option string) {
	p.Helper()
	block := drawnBlock(p.screen())
	at, to := -1, -1
	for i, line := range strings.Split(block, "\n") {
		text, marked := strings.CutPrefix(strings.TrimSpace(line), "> ")
		if marked {
			at = i
		}
		if to < 0 && i > 0 && strings.HasPrefix(text, option) {
			to = i
		}
	}
	if at < 0 || to < 0 {
		p.Fatalf("no option %q in\n%s", option, block)
	}
	p.press(slices.Concat(slices.Repeat([]string{"Down"}, max(to-at, 0)), slices.Repeat([]string{"Up"}, max(at-to, 0)))...)
	p.wait("> "+option, func(screen string) bool { return strings.Contains(drawnBlock(screen), "> "+option) })
}
