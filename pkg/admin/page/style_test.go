package page

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// pairs are text on its ground, as style.css has them.
var pairs = [][2]string{
	{"text", "ground"},
	{"quiet", "ground"},
	{"link", "ground"},
	{"bad", "ground"},
	{"good", "ground"},
	{"text", "raised"},
	{"quiet", "raised"},
	{"link", "raised"},
	{"bad", "raised"},
	{"good", "raised"},
	{"bad", "bad-ground"},
	{"text", "bad-ground"},
	{"warn", "warn-ground"},
	{"text", "warn-ground"},
	{"good", "good-ground"},
	{"text", "plain-ground"},
	{"alarm-text", "alarm"},
	{"halt-text", "halt"},
	{"ground", "text"},
}

// WCAG 2.1, 1.4.3: at least 4.5 to 1.
func TestTextIsReadableOnBothGrounds(t *testing.T) {
	light, dark, found := strings.Cut(string(style), "@media (prefers-color-scheme: dark)")
	if !found {
		t.Fatal("there is no dark style")
	}
	dark, _, _ = strings.Cut(dark, "* {")
	for name, text := range map[string]string{"light": light, "dark": dark} {
		colours := coloursOf(text)
		for _, p := range pairs {
			if ratio := contrast(t, colours[p[0]], colours[p[1]]); ratio < 4.5 {
				t.Errorf("%s: --%s on --%s has %.2f to 1", name, p[0], p[1], ratio)
			}
		}
	}
}

func coloursOf(text string) map[string]string {
	all := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(text, -1) {
		all[m[1]] = m[2]
	}
	return all
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	one, two := luminance(t, a), luminance(t, b)
	return (max(one, two) + 0.05) / (min(one, two) + 0.05)
}

// luminance of a colour as WCAG 2.1 defines it.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		if len(colour) != 6 {
			t.Fatalf("no colour: %q", colour)
		}
		n, err := strconv.ParseUint(colour[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
			continue
		}
		sum += weight * math.Pow((c+0.055)/1.055, 2.4)
	}
	return sum
}

// Nothing is loaded from elsewhere, nor made by a script.
func TestTheStyleAsksForNothing(t *testing.T) {
	for _, word := range []string{"url(", "@import", "http:", "https:", "expression("} {
		if strings.Contains(string(style), word) {
			t.Errorf("style.css has %s", word)
		}
	}
}
