package syslog

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/notify"
)

// page is what operators and writers of parsers read.
func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/reference/syslog.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheExamplesOfThePageAreWhatIsSent(t *testing.T) {
	text := page(t)
	e := host("ws-fin-042")
	for header, pattern := range map[string]string{
		RFC5424: " var " + strconv.Itoa(os.Getpid()) + " ",
		RFC3164: e.At.Local().Format("Jan _2 15:04:05"),
	} {
		for _, format := range []string{CEF, Structured, Standard} {
			m := string(formOf(header, format).message(e))
			example := strings.NewReplacer(pattern, map[string]string{RFC5424: " var 4711 ", RFC3164: "Nov 21 19:18:30"}[header]).Replace(m)
			if header+format != RFC3164+Structured && !strings.Contains(text, "\n"+example+"\n") {
				t.Errorf("%s, %s: the page does not have\n%s", header, format, example)
			}
		}
	}
}

// everything has each of its facts at least once in all.
func everything() (events []notify.Event) {
	for _, kind := range entity.Kinds() {
		e := host("x")
		e.Ref.Kind, e.Times, e.Last, e.Problem, e.By = kind, 2, epoch, "slow", entity.By{Who: "carl"}
		e.Elements = append(e.Elements, "evil.example")
		events = append(events, e)
	}
	return events
}

func TestThePageHasEachKey(t *testing.T) {
	text := page(t)
	cef, params := map[string]bool{}, map[string]bool{}
	for _, e := range everything() {
		_, extension, err := readCEF(read(t, RFC5424, formOf(RFC5424, CEF).message(e)).text)
		if err != nil {
			t.Fatal(err)
		}
		for key := range extension {
			cef[key] = true
		}
		for name := range read(t, RFC5424, formOf(RFC5424, Structured).message(e)).data[dataID] {
			params[name] = true
		}
	}
	sameKeys(t, "CEF", cef, rows(text, "### Keys"))
	sameKeys(t, "structured data", params, rows(text, "### Parameters"))
}

func sameKeys(t *testing.T, what string, sent, told map[string]bool) {
	t.Helper()
	for key := range sent {
		if !told[key] {
			t.Errorf("%s: %s is not on the page", what, key)
		}
	}
	for key := range told {
		if !sent[key] {
			t.Errorf("%s: %s is on the page and never sent", what, key)
		}
	}
}

// rows are the names in code at the beginning of a section's rows.
func rows(text, section string) map[string]bool {
	_, text, _ = strings.Cut(text, section+"\n")
	text, _, _ = strings.Cut(text, "\n#")
	names := map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\|([^|]*)\|`).FindAllStringSubmatch(text, -1) {
		for _, name := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			names[name[1]] = true
		}
	}
	return names
}
