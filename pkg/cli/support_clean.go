package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/logs"
)

const supportReadme = `This bundle was made by "var support dump" for a bug report.

What was taken out: every secret that this installation knows, in plain text, as JSON, URL, base64 and hexadecimal, and whatever
looks like a password, token, key or login in what others wrote. It reads [redacted] there.
%s
Look through it before you send it to anybody: what no program can know for a name or a secret may still be in it.

`

const supportAliases = `
What was replaced: names and addresses of targets, devices, brains, servers and persons. name-1, ip-2, mail-3, mac-4 and so on
stand for the same one wherever they are in this bundle, and for another one in the next bundle. Names of sources, blockers,
plugins, groups and tags are as they are, and so are the ids of targets in a brain.
`

const supportNames = `
Names and addresses are as they are: somebody asked for that with --with-names.
`

// clean is the bundle as it may be sent, with a page that says what it is.
func (b *bundle) clean(mask *logs.Mask, names bool) []piece {
	trees := make([]any, len(b.pieces))
	aliases := newAliases()
	for i, p := range b.pieces {
		trees[i] = treeOf(p.text)
		if trees[i] != nil {
			if p.names {
				aliases.collect("", trees[i])
			}
		}
	}
	aliases.machine()
	replace, about := aliases.text, supportAliases
	if names {
		replace, about = func(text string) string { return text }, supportNames
	}
	cleaned := []piece{{}}
	for i, p := range b.pieces {
		var text []byte
		switch {
		case p.name == goroutinesPiece:
			text = []byte(aliases.known(mask.Text(string(p.text)), names))
		case trees[i] != nil:
			text, _ = json.MarshalIndent(strung(masked(mask, p, trees[i]), replace), "", "  ")
			text = append(text, '\n')
		default:
			text = []byte(replace(mask.Text(string(bytes.ToValidUTF8(p.text, []byte("\ufffd"))))))
		}
		cleaned = append(cleaned, piece{name: p.name, about: p.about, text: text})
	}
	cleaned[0] = piece{name: "README.txt", about: "what is in here, and what was taken out", text: readme(about, cleaned[1:])}
	return cleaned
}

// masked is a tree without secrets. What says where secrets are kept has none, under keys that sound like them.
func masked(mask *logs.Mask, p piece, tree any) any {
	if p.name == secretPlaces {
		return strung(tree, mask.Text)
	}
	return mask.Tree(tree)
}

func readme(about string, pieces []piece) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, supportReadme, about)
	for _, p := range pieces {
		fmt.Fprintf(&b, "%-24s %s\n", p.name, p.about)
	}
	return []byte(b.String())
}

// treeOf is what a text is in JSON; nil when it is none.
func treeOf(text []byte) any {
	var v any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if d.Decode(&v) != nil || d.More() {
		return nil
	}
	switch v.(type) {
	case map[string]any, []any:
		return v
	}
	return nil
}

// strung is a tree with each of its texts replaced.
func strung(v any, replace func(string) string) any {
	switch v := v.(type) {
	case string:
		return replace(v)
	case []any:
		for i := range v {
			v[i] = strung(v[i], replace)
		}
	case map[string]any:
		changed := make(map[string]any, len(v))
		for key, value := range v {
			changed[key] = strung(value, replace)
		}
		return changed
	}
	return v
}
