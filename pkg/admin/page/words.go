package page

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/inert"
	"github.com/var-project/var/pkg/view"
)

// words are what templates say things with. Text of others is shown and not obeyed, in a length that leaves the page a page.
var words = template.FuncMap{
	"short":     func(text string) string { return clip(text, 60) },
	"line":      func(text string) string { return clip(text, 300) },
	"paragraph": func(text string) string { return clip(text, 1000) },
	"long":      func(text string) string { return clip(text, 4000) },
	"some":      some, "join": strings.Join, "thousands": thousands, "clock": clock, "machine": machine, "clockday": day,
	"about": about, "aboutRef": aboutRef, "tone": tone, "plural": plural, "age": age, "ofAll": ofAll,
}

// clip shows at most so many characters of a text, in one line, and says that there are more.
func clip(text string, most int) string {
	shown := text
	if utf8.RuneCountInString(text) > most {
		n := 0
		for i := range text {
			if n == most {
				shown = text[:i] + "…"
				break
			}
			n++
		}
	}
	return inert.Line(strings.ToValidUTF8(shown, "\ufffd"))
}

// some of a list, and how many more there are.
func some(texts []string) string {
	const most = 3
	if len(texts) <= most {
		return clip(strings.Join(texts, ", "), 200)
	}
	return fmt.Sprintf("%s and %s more", clip(strings.Join(texts[:most], ", "), 200), thousands(len(texts)-most))
}

// thousands is a number with its groups of three parted.
func thousands(n int) string {
	if n < 0 {
		return "-" + thousands(-n)
	}
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") }

func day(t time.Time) string { return t.UTC().Format("2 Jan 15:04") }

func machine(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// age is how long ago a time is, or how far ahead, in the one unit that a reader wants.
func age(now, t time.Time) string {
	d := now.Sub(t)
	if d < 0 {
		return "in " + rough(-d)
	}
	if d < 2*time.Second {
		return "now"
	}
	return rough(d) + " ago"
}

func rough(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 2*day:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d/day))
}

// about is the address of the page of a target; of one whose id is too long to be asked for, that of what begins so.
func about(source string, kind entity.Kind, id string) string {
	return aboutRef(entity.Ref{Source: source, Kind: kind, ID: id}.String())
}

func aboutRef(ref string) string {
	if len(ref) > longest {
		return "/?" + url.Values{"text": {strings.ToValidUTF8(ref[:longest/4], "")}}.Encode()
	}
	return "/target?" + url.Values{"q": {ref}}.Encode()
}

// tones are how much a word matters, beside the word itself.
var tones = map[string][]string{
	"good": {string(entity.Complete), entity.OutcomeDone},
	"bad":  {entity.OutcomeFailed, entity.EventPanic, entity.EventGate, entity.EventStranded, entity.EventSilent, entity.EventUnread},
	"warn": {
		string(entity.Partial), string(entity.Pending), string(entity.Releasing), string(entity.Refused), entity.OutcomePart,
		entity.OutcomeUnknown, entity.OutcomeUnsupported, entity.EventPause, entity.EventForce, entity.EventForget,
	},
}

// tone of a state, an outcome or an action.
func tone(word any) string {
	for name, all := range tones {
		if slices.Contains(all, fmt.Sprint(word)) {
			return name
		}
	}
	return "plain"
}

// ofAll says on how many of its devices something is.
func ofAll(h view.Holding) string {
	return fmt.Sprintf("%d of %d", len(h.Devices), len(h.Devices)+len(h.Missing))
}
