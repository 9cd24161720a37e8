package inert

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestAShortTextIsShownAndNotObeyed(t *testing.T) {
	tests := map[string]struct {
		text string
		most int
		want string
	}{
		"plain":                            {"ws-fin-042", 80, "ws-fin-042"},
		"other letters stay":               {"büro-東京", 80, "büro-東京"},
		"a line break forges no line":      {"a\r\nBcc: x", 80, `a\r\nBcc: x`},
		"an escape steers no terminal":     {"a\x1b[2J", 80, `a\x1b[2J`},
		"a direction is not turned":        {"a\u202eb", 80, `a\u202eb`},
		"what is no UTF-8":                 {"a\xffb", 80, "a\ufffdb"},
		"cut, with a mark":                 {"abcdefgh", 6, "abc…"},
		"just fits":                        {"abcdef", 6, "abcdef"},
		"not cut inside a character":       {"aü東京x", 7, "aü…"},
		"not cut inside an escape":         {"ab\x00cdef", 8, "ab…"},
		"no room for the mark":             {"abcdef", 2, ""},
		"no room at all":                   {"abcdef", -1, ""},
		"nothing":                          {"", 0, ""},
		"an escape that just fits is kept": {"a\x00", 5, `a\x00`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Short(test.text, test.most); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzShort(f *testing.F) {
	for _, seed := range []string{"a\nb", "\xff\x00", "\u202e東京", strings.Repeat("ü", 99)} {
		f.Add(seed, 20)
	}
	f.Fuzz(func(t *testing.T, text string, most int) {
		got := Short(text, most)
		if !utf8.ValidString(got) || len(got) > max(0, most) {
			t.Errorf("got %q of %d bytes, want valid UTF-8 of at most %d", got, len(got), most)
		}
		if whole := Text(text); len(whole) <= most && got != whole || !strings.HasPrefix(whole, strings.TrimSuffix(got, Cut)) {
			t.Errorf("got %q of %q", got, whole)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return !unicode.IsGraphic(r) }); i >= 0 {
			t.Errorf("got %q, which steers at %d", got, i)
		}
	})
}

func TestNamesAreShownAndNotObeyed(t *testing.T) {
	tests := map[string]string{
		"ws\x1b[2J\nhq\trelease\u202e\u0085": `ws\x1b[2J\nhq\trelease\u202e\u0085`,
		"näme 主机 ≥ 80":                       "näme 主机 ≥ 80",
		`EXAMPLE\jdoe`:                       `EXAMPLE\jdoe`,
		"":                                   "",
		"only broken \x9b bytes":             "only broken \ufffd bytes",
		"\xff\x00 broken bytes":              "\ufffd\\x00 broken bytes",
	}
	for text, want := range tests {
		if got := Text(text); got != want || Text(got) != got {
			t.Errorf("%q became %q, want %q; again %q", text, got, want, Text(got))
		}
	}
}
