package setup

import (
	"slices"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

func failed(all []Check) []Check {
	return slices.DeleteFunc(slices.Clone(all), func(c Check) bool { return c.Err == nil })
}

// tellChecks shows what was tried, a line each. Where the certificate of a device is not trusted nothing that is asked of
// it can go well: that is told once.
func (t *talk) tellChecks(all []Check) error {
	var lines []string
	distrusted := map[string]bool{}
	for _, c := range all {
		if c.distrusts() && distrusted[c.Of] {
			c = Check{Of: c.Of, Name: c.Name, Detail: entity.NotChecked + "as above"}
		}
		distrusted[c.Of] = distrusted[c.Of] || c.distrusts()
		lines = append(lines, c.line())
	}
	if len(lines) == 0 {
		return nil
	}
	return t.tell(strings.Join(lines, "\n"))
}

// distrusts reports that a check failed for a certificate. Plugins hand on their errors as texts; the beginning of this
// one is that of package tls.
func (c Check) distrusts() bool {
	return c.Err != nil && strings.Contains(c.Err.Error(), "failed to verify certificate")
}

func (c Check) line() string {
	words := []string{"  ok    ", c.Of, c.Name}
	switch {
	case c.Err != nil:
		words[0] = "  FAILED"
	case strings.HasPrefix(c.Detail, entity.NotChecked):
		words[0] = "  -     "
	}
	text := strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
	if c.Detail != "" {
		text += ": " + oneLine(c.Detail)
	}
	if c.Err != nil {
		text += ": " + oneLine(c.Err.Error())
	}
	return text
}

// oneLine is a text of others without what would end the line or steer the terminal.
func oneLine(text string) string { return clean(strings.ReplaceAll(text, "\n", "; ")) }
