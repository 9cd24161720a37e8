package main

import (
	"strings"
	"testing"
	"unicode"

	"github.com/var-project/var/pkg/entity"
)

// Whatever a brain calls a host, the command has the arguments that were configured, and no
// option that was not.
func FuzzArguments(f *testing.F) {
	for _, seed := range []string{"pc-17", "-rf", "--", "", "a b", "{ip}", "$(id)", "\n", "-\xff", "--x=y", "ü"} {
		f.Add(seed, "x{name}")
		f.Add(seed, "{name}")
	}
	f.Fuzz(func(t *testing.T, value, template string) {
		configured := []string{"/bin/true", template, "-o", "{tags}{name}", "--", "{name}"}
		if (settings{HostBlock: configured, Directory: "/"}).Validate() != nil {
			return
		}
		target := host("10.0.0.1")
		target.Name, target.Host.FullName, target.Tags = value, value, nil
		calls, err := newCommand(entity.KindHost, configured).calls(valuesOf(target))
		if err != nil {
			return
		}
		for _, one := range calls {
			if len(one.argv) != len(configured) {
				t.Fatalf("%q became %q", configured, one.argv)
			}
			for i, arg := range one.argv {
				option := strings.HasPrefix(arg, "-") && !strings.HasPrefix(configured[i], "-") && i < 5 && template != "--"
				if option || strings.Contains(value, "\x00") || strings.ContainsFunc(value, unicode.IsControl) {
					t.Fatalf("%q with %q became %q", configured, value, one.argv)
				}
			}
		}
	})
}

// Whatever a command prints, a receipt can be recorded, or the output is refused.
func FuzzReceipt(f *testing.F) {
	for _, seed := range []string{`["a"]`, `{"elements":["a"],"former":"x"}`, `{"elements":null}`, `[1]`, `{}`, `17`, "", `["a,b"]`, `{"ELEMENTS":["a"]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, stdout []byte) {
		p, ok, err := parseReceipt(stdout)
		if err != nil || !ok {
			return
		}
		if len(p.Former) > maxFormer {
			t.Fatalf("former state of %d bytes", len(p.Former))
		}
		if p.Elements == nil {
			return
		}
		for _, e := range *p.Elements {
			if e == "" || len(e) > maxElement || strings.ContainsAny(e, ",\n\x00") {
				t.Fatalf("element %q", e)
			}
		}
	})
}
