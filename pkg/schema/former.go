package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A former template is the name of an environment variable under which a predecessor had a secret. In braces stand
// texts beside the secret: "{url}_API_Key" is what url says, "Fortinet_{url.host}" only the host in it.
var placeholder = regexp.MustCompile(`\{([a-z0-9_]+)(\.host)?\}`)

// Spellings are the ways in which somebody may have written an address: as it stands, with a slash at its end or
// without, with its scheme or without.
func Spellings(address string) []string {
	bare := strings.TrimRight(address, "/")
	all := unique([]string{address, bare, bare + "/"})
	if _, rest, ok := strings.Cut(bare, "://"); ok {
		all = append(all, rest, rest+"/")
	}
	return all
}

// former are the variables that the templates stand for among these values.
func (f Field) former(beside []Field, values map[string]any) []string {
	var all []string
	for _, template := range f.Former {
		all = append(all, filled(template, beside, values)...)
	}
	return slices.DeleteFunc(unique(all), ours)
}

// filled puts every spelling of each text in its place; none when a text is missing.
func filled(template string, beside []Field, values map[string]any) []string {
	at := placeholder.FindStringSubmatchIndex(template)
	if at == nil {
		return []string{template}
	}
	field, _ := find(beside, template[at[2]:at[3]])
	var all []string
	for _, text := range field.spellings(values, at[4] >= 0) {
		for _, rest := range filled(template[at[1]:], beside, values) {
			all = append(all, template[:at[0]]+text+rest)
		}
	}
	return all
}

func (f Field) spellings(values map[string]any, host bool) []string {
	text, _ := values[f.Name].(string)
	switch {
	case text == "":
		return nil
	case host:
		return hostSpellings(f.host(text))
	case f.Format == FormatURL:
		return Spellings(text)
	}
	return []string{text}
}

// hostSpellings also puts brackets around an IPv6 address, as whoever made a URL of it had to.
func hostSpellings(host string) []string {
	switch {
	case host == "":
		return nil
	case strings.Contains(host, ":"):
		return []string{host, "[" + host + "]"}
	}
	return []string{host}
}

func unique(all []string) []string {
	seen := map[string]bool{}
	var once []string
	for _, one := range all {
		if !seen[one] {
			once = append(once, one)
		}
		seen[one] = true
	}
	return once
}

// ours are variables that var itself reads, in which a plugin has no business.
func ours(variable string) bool { return strings.HasPrefix(variable, "VAR_") }

// soundFormer reports templates that could not be filled.
func soundFormer(fields []Field) error {
	for _, f := range fields {
		if f.Former != nil && f.Type != Secret {
			return fmt.Errorf("key %q: only secrets have former names", f.Name)
		}
		for _, template := range f.Former {
			if ours(template) {
				return fmt.Errorf("key %q: former name %q is one of var itself", f.Name, template)
			}
			for _, match := range placeholder.FindAllStringSubmatch(template, -1) {
				if of, ok := find(fields, match[1]); !ok || of.Type != Text {
					return fmt.Errorf("key %q: former name %q speaks of %q, which is no text beside it", f.Name, template, match[1])
				}
			}
		}
	}
	return nil
}
