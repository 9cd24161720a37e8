package page

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/view"
)

// evil are names that would steer a page, a terminal or a reader, or fill them.
var evil = []string{
	`"><script>alert(1)</script>`, `' onmouseover='alert(1)`, `<img src=x onerror=alert(1)>`, `javascript:alert(1)`, "a\x00b\x1b[2J\r\nSet-Cookie: x=1",
	"gpj.\u202eexe\u2066\u200f", "\xff\xfe\xc3\x28", strings.Repeat("A", 8<<10), strings.Repeat("\u0301", 4<<10), `{{.Title}}{{"` + "`", "</title></textarea><svg/onload=alert(1)>",
}

// hostile is a world in which everybody chose his own name; those of sources and blockers are the configuration's.
func hostile() *known {
	k := calm(0)
	var events []view.Event
	for _, name := range evil {
		h := view.Holding{
			Source: "hq", Kind: entity.KindHost, ID: name, Name: name, Blocker: "edge", Label: name, Elements: []string{name, name, name, name},
			State: entity.Partial, Since: now, Reasons: []string{name}, Devices: []string{name}, Missing: []string{name}, Problem: name,
		}
		by := entity.By{Who: name, Reason: name, At: now}
		e := view.Event{At: now, Times: 2, Action: "block", Source: "hq", Kind: entity.KindHost, ID: name, Name: name, Blocker: "edge", Elements: h.Elements, Reasons: h.Reasons, Problem: name, By: &by}
		o := view.Order{Source: "hq", Kind: entity.KindHost, ID: name, Name: name, Verb: entity.VerbSpare, By: by}
		events = append(events, e)
		k.status.Holdings = append(k.status.Holdings, h)
		k.status.Orders = append(k.status.Orders, o)
		k.status.Stopped = append(k.status.Stopped, view.Stop{What: "panic", By: by})
		k.status.Devices = append(k.status.Devices, view.Device{Blocker: "edge", Device: name, Held: 2, Problem: name, At: now})
		k.status.Sources = append(k.status.Sources, view.Source{Source: "hq"})
		k.status.Leases = append(k.status.Leases, view.Lease{Name: name, Holder: name, Since: now})
		k.status.Passes = append(k.status.Passes, view.Pass{
			Source: "hq", Ended: now, Frozen: map[entity.Kind]string{entity.KindHost: name}, Gates: []view.Gate{{Direction: "block", Why: name}},
			Stranded: []string{name}, Errors: []string{name},
		})
		k.why.Targets = append(k.why.Targets, view.Target{
			Source: "hq", Kind: entity.KindHost, ID: name, Name: name, NeverBlock: name, Order: &o, Notes: []string{name}, History: []view.Event{e},
			Holdings: []view.Held{{Holding: h, Others: []view.Other{{Element: name, Holder: name}}, Compared: k.status.Devices}},
			Intents:  []view.Intent{{Action: "block", Blocker: "edge"}},
		})
	}
	k.events = events
	return k
}

// mostBytes bound a page of a hostile world; each name of 8 KiB alone stands in it more often than that.
const mostBytes = 2 << 20

func TestNoNameBecomesAPartOfThePage(t *testing.T) {
	k := hostile()
	plain := calm(3)
	plain.events, plain.why = []view.Event{{At: now, Times: 1, Action: "pause"}}, view.Why{Targets: []view.Target{{Source: "hq", Kind: "host", ID: "1", Name: "ws"}}}
	for _, path := range []string{"/", "/target?q=x", "/history", "/nowhere"} {
		w := httptest.NewRecorder()
		k.handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		body := w.Body.String()
		if len(body) > mostBytes {
			t.Errorf("%s has %d bytes", path, len(body))
		}
		for _, raw := range []string{"\x00", "\x1b", "\u202e", "\u2066", "\xff", "<script", "onerror=alert(1)>", strings.Repeat("A", 5000)} {
			if strings.Contains(body, raw) {
				t.Errorf("%s shows %q as it is", path, raw[:min(len(raw), 40)])
			}
		}
		for element, attributes := range elementsOf(t, body) {
			if slices.Contains([]string{"script", "img", "svg", "iframe", "style", "object", "base"}, element) {
				t.Errorf("%s has an element %s", path, element)
			}
			for name, values := range attributes {
				if strings.HasPrefix(name, "on") || name == "style" {
					t.Errorf("%s has %s %s=%.60q", path, element, name, values)
				}
				for _, v := range values {
					if (name == "href" || name == "src" || name == "action") && (!strings.HasPrefix(v, "/") || strings.HasPrefix(v, "//")) && !strings.HasPrefix(v, "#") {
						t.Errorf("%s leads to %.60q", path, v)
					}
				}
			}
		}
	}
}

// elementsOf are the attributes of all elements of a page, by name.
func elementsOf(t *testing.T, body string) map[string]map[string][]string {
	t.Helper()
	all := map[string]map[string][]string{}
	for z := html.NewTokenizer(strings.NewReader(body)); z.Next() != html.ErrorToken; {
		token := z.Token()
		if token.Type != html.StartTagToken && token.Type != html.SelfClosingTagToken {
			continue
		}
		if all[token.Data] == nil {
			all[token.Data] = map[string][]string{}
		}
		for _, a := range token.Attr {
			all[token.Data][a.Key] = append(all[token.Data][a.Key], a.Val)
		}
	}
	return all
}

// void are the elements that have no end (HTML Living Standard, 13.1.2).
var void = []string{"meta", "link", "input", "br", "img"}

// Every element that begins ends, every field has a label, every table a caption and headings, and each page a language,
// a title and one first heading.
func TestPagesCanBeReadByEveryone(t *testing.T) {
	k := calm(250)
	k.status.Stopped = []view.Stop{{What: "pause"}}
	k.status.Orders = []view.Order{{Source: "hq", Kind: "host", ID: "1", Verb: entity.VerbSpare}}
	k.events = []view.Event{{At: now, Times: 1, Action: "pause"}}
	k.why = hostile().why
	for _, path := range []string{"/", "/?state=complete&page=2", "/target?q=x", "/history", "/nowhere"} {
		_, body := k.get(t, path)
		doc, err := html.Parse(strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		labels, fields, count, ids := map[string]bool{}, []string{}, map[string]int{}, map[string]int{}
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			count[n.Data]++
			ids[attribute(n, "id")]++
			switch n.Data {
			case "label":
				labels[attribute(n, "for")] = true
			case "input", "select":
				fields = append(fields, attribute(n, "id"))
			case "th":
				if attribute(n, "scope") == "" {
					t.Errorf("%s has a heading of a table without scope", path)
				}
			case "html":
				if attribute(n, "lang") != "en" {
					t.Errorf("%s has no language", path)
				}
			}
		}
		for _, id := range fields {
			if !labels[id] {
				t.Errorf("%s: the field %q has no label", path, id)
			}
		}
		delete(ids, "")
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s has the id %q %d times", path, id, n)
			}
		}
		if count["h1"] != 1 || count["title"] != 1 || count["main"] != 1 || count["table"] != count["caption"] {
			t.Errorf("%s has %v", path, count)
		}
		balanced(t, path, body)
	}
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// balanced wants each element to end before the one around it does.
func balanced(t *testing.T, path, body string) {
	t.Helper()
	var open []string
	for z := html.NewTokenizer(strings.NewReader(body)); z.Next() != html.ErrorToken; {
		token := z.Token()
		switch {
		case token.Type == html.StartTagToken && !slices.Contains(void, token.Data):
			open = append(open, token.Data)
		case token.Type == html.EndTagToken && (len(open) == 0 || open[len(open)-1] != token.Data):
			t.Fatalf("%s: %s ends within %v", path, token.Data, open)
		case token.Type == html.EndTagToken:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%s: %v never end", path, open)
	}
}
