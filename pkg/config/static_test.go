package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStaticListIsCanonical(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
	}{
		"empty is an empty list":         {"", nil},
		"comments only":                  {"# nothing yet\n\n  # \r\n", nil},
		"addresses and networks":         {"1.1.1.1\n8.8.8.0/24\n2606:4700::1111\n", []string{"1.1.1.1", "2606:4700::1111", "8.8.8.0/24"}},
		"no line end after the last":     {"1.1.1.1", []string{"1.1.1.1"}},
		"byte order mark and CRLF":       {"\ufeff1.1.1.1\r\n9.9.9.9\r\n", []string{"1.1.1.1", "9.9.9.9"}},
		"comment after the entry":        {"1.1.1.1 # resolver", []string{"1.1.1.1"}},
		"the same thing twice":           {"1.1.1.1\n1.1.1.1/32\n::ffff:1.1.1.1\n::ffff:1.1.1.1/128", []string{"1.1.1.1"}},
		"mapped network":                 {"::ffff:8.8.8.0/120", []string{"8.8.8.0/24"}},
		"long form and capitals":         {"2606:4700:0:0::1111/128\nEVIL.Example.NET.", []string{"2606:4700::1111", "evil.example.net"}},
		"name outside ASCII":             {"bücher.example", []string{"xn--bcher-kva.example"}},
		"host bits are not thrown away":  {"9.9.9.1/24", []string{"9.9.9.0/24"}},
		"as broad as a network may be":   {"9.0.0.0/8\n2a00::/19", []string{"2a00::/19", "9.0.0.0/8"}},
		"private inside a permitted net": {"172.20.1.0/24\n172.20.0.9\n", []string{"172.20.0.9", "172.20.1.0/24"}},
	}
	permit := []netip.Prefix{netip.MustParsePrefix("172.20.0.0/16")}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseStatic("list", []byte(tt.text), permit)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, got.Destinations); d != "" {
				t.Errorf("got (+), want (-):\n%s", d)
			}
		})
	}
}

func TestStaticListTellsEachLineThatItLeavesOut(t *testing.T) {
	tests := map[string]string{
		"10.0.0.1":                              "static.permit",
		"172.20.0.0/15":                         "static.permit",
		"127.0.0.53":                            "static.permit",
		"0.0.0.0/0":                             "broader than /8",
		"128.0.0.0/2":                           "broader than /8",
		"::/0":                                  "broader than /19",
		"2000::/3":                              "broader than /19",
		"fe80::1%eth0":                          "zone",
		"010.1.1.1":                             "neither",
		"1.1.1.1-1.1.1.9":                       "neither",
		"1.1.1.1 9.9.9.9":                       "neither",
		"https://evil.test":                     "neither",
		"localhost":                             "neither",
		"*.example.net":                         "neither",
		"1.1.1.1/33":                            "neither",
		"<html>":                                "neither",
		"176.221.42.3254.174.140.223":           "neither",
		strings.Repeat("a.", 1<<12) + "example": "longer than",
	}
	permit := []netip.Prefix{netip.MustParsePrefix("172.20.0.0/16")}
	for line, want := range tests {
		t.Run(line[:min(len(line), 40)], func(t *testing.T) {
			got, err := ParseStatic("list", []byte("8.8.4.4\n\n"+line+"\n"), permit)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Problems) != 1 || got.Problems[0].Line != 3 || got.Problems[0].Warning || !strings.Contains(got.Problems[0].Text, want) {
				t.Errorf("problems are %v, want one on line 3 with %q", got.Problems, want)
			}
			if !slices.Equal(got.Destinations, []string{"8.8.4.4"}) {
				t.Errorf("destinations are %v, want the good line alone", got.Destinations)
			}
		})
	}
}

func TestStaticListThatIsNoListIsAnErrorAndNotEmpty(t *testing.T) {
	tests := map[string]string{
		"web page":  "<!doctype html>\n<p>Please log in</p>\n",
		"UTF-16":    "\xff\xfe1\x00.\x001\x00",
		"too large": strings.Repeat("#\n", maxStatic),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := ParseStatic("list", []byte(text), nil); err == nil {
				t.Errorf("read as %v, want an error", got)
			}
		})
	}
}

func TestStaticListOfRefusedLinesOnlyIsAList(t *testing.T) {
	got, err := ParseStatic("list", []byte("10.0.0.1\n"), nil)
	if err != nil || len(got.Destinations) != 0 || len(got.Problems) != 1 {
		t.Errorf("got %v, %v; want an empty list with one problem", got, err)
	}
}

func TestStaticListThatCannotBeReadIsAnError(t *testing.T) {
	dir := t.TempDir()
	for name, path := range map[string]string{"missing": filepath.Join(dir, "none"), "directory": dir} {
		t.Run(name, func(t *testing.T) {
			if _, err := ReadStatic(path, nil); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want an error that names %s", err, path)
			}
		})
	}
}

func TestStaticListTellsOnlySomeOfManyProblems(t *testing.T) {
	got, err := ParseStatic("list", []byte("1.1.1.1\n"+strings.Repeat("?\n", 5000)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(got.Problems); n != maxProblems+1 {
		t.Errorf("%d problems are told, want %d", n, maxProblems+1)
	}
	if last := got.Problems[len(got.Problems)-1].Text; last != "4900 more lines have problems" {
		t.Errorf("the last says %q", last)
	}
}

// Reading is not doing: the predecessor took note of the list while it only showed it, and so never
// told the firewall; it also accepted everything and dropped what was written with host bits.
func TestBUG03ReadingTheStaticListChangesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "list.txt")
	if err := os.WriteFile(path, []byte("1.1.1.1\n0.0.0.0/0\n9.9.9.1/24\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := ReadStatic(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := ReadStatic(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"1.1.1.1", "9.9.9.0/24"}; !slices.Equal(first.Destinations, want) {
		t.Errorf("first reading is %v, want %v", first.Destinations, want)
	}
	if d := cmp.Diff(first, second); d != "" {
		t.Errorf("the second reading differs:\n%s", d)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("reading left %d files behind, want the list alone", len(files))
	}
}

func TestBUG03HostBitsAreWarnedOfAndEverythingIsRefused(t *testing.T) {
	got, err := ParseStatic("list", []byte("0.0.0.0/0\n9.9.9.1/24\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`list:1: "0.0.0.0/0": broader than /8; list the smaller networks that are meant; the line is left out`,
		`list:2: warning: "9.9.9.1/24" has bits beyond its length; read as 9.9.9.0/24`,
	}
	var told []string
	for _, p := range got.Problems {
		told = append(told, p.String())
	}
	if d := cmp.Diff(want, told); d != "" {
		t.Errorf("got (+), want (-):\n%s", d)
	}
}

func FuzzStatic(f *testing.F) {
	for _, seed := range []string{"1.1.1.1\n# c\n9.9.9.1/24\r\n", "\ufeffevil.example.net", "::ffff:1.2.3.4/100\n", "fe80::1%e\n10.0.0.0/8", "bücher.example"} {
		f.Add([]byte(seed))
	}
	permit := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := ParseStatic("list", text, permit)
		if err != nil {
			return
		}
		lines := strings.Count(string(text), "\n") + 1
		for _, p := range list.Problems {
			if p.Line < 0 || p.Line > lines || p.Text == "" {
				t.Fatalf("problem %+v is outside the %d lines", p, lines)
			}
		}
		again, err := ParseStatic("again", []byte(strings.Join(list.Destinations, "\n")), permit)
		if err != nil || len(again.Problems) > 0 || !slices.Equal(again.Destinations, list.Destinations) {
			t.Fatalf("%q reads back as %q with %v, %v", list.Destinations, again.Destinations, again.Problems, err)
		}
		for _, d := range list.Destinations {
			if p, err := netip.ParsePrefix(d); err == nil && p.Bits() < 8 {
				t.Fatalf("%s is in the list", d)
			}
		}
	})
}

func TestListThatComesWithVarIsEmptyAndWithoutProblems(t *testing.T) {
	got, err := ReadStatic("../../static_dst_ips_to_block.txt", nil)
	if err != nil || len(got.Destinations) > 0 || len(got.Problems) > 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}
