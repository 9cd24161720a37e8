package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/var-project/var/pkg/entity"
)

// Limits of what a receipt may hold.
const (
	maxElement = 253
	maxFormer  = 1 << 10
)

// printed is what a block command says of itself on standard output.
type printed struct {
	// Elements is nil when the command did not name any.
	Elements *[]string `json:"elements"`
	Former   string    `json:"former"`
}

// parseReceipt reads a JSON object {"elements": […], "former": "…"} or array of texts. Other output
// is none of ours: ok is false.
func parseReceipt(stdout []byte) (p printed, ok bool, err error) {
	text := bytes.TrimSpace(stdout)
	if !json.Valid(text) || (text[0] != '{' && text[0] != '[') {
		return printed{}, false, nil
	}
	if text[0] == '[' {
		err = json.Unmarshal(text, &p.Elements)
	} else {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return printed{}, true, refused("the printed receipt is neither an array of texts nor an object with elements and former: %v", err)
	}
	return p, true, p.check()
}

func (p printed) check() error {
	if p.Elements != nil {
		for _, e := range *p.Elements {
			if !isElement(e) {
				return refused("the printed element %.60q cannot be recorded: at most %d printable ASCII characters without comma", e, maxElement)
			}
		}
	}
	if len(p.Former) > maxFormer {
		return refused("the printed former state is longer than %d bytes", maxFormer)
	}
	return nil
}

// isElement reports that a text can stand in a receipt tag.
func isElement(text string) bool {
	return text != "" && len(text) <= maxElement &&
		strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' || r == ',' }) < 0
}

// elements are what a block is known by when the command names nothing: the values of the subject.
// An id is only unique in its source, and stands for what a tag cannot hold.
func elements(ref entity.Ref, subject string, about []string) []string {
	all := make([]string, len(about))
	for i, value := range about {
		if all[i] = value; subject == "id" || !isElement(value) {
			all[i] = fmt.Sprintf("%s/%s", ref.Source, ref.ID)
		}
	}
	return entity.Union(all)
}
