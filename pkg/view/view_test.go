package view

import (
	"strings"
	"testing"
)

func TestJSONSteersNoTerminal(t *testing.T) {
	var out strings.Builder
	if err := Encode(&out, map[string]string{"name": "pc\u009b2J\u202e<b>"}); err != nil {
		t.Fatal(err)
	}
	if want := "{\n  \"name\": \"pc\\u009b2J\\u202e<b>\"\n}\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
