package jsonscan_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/var-project/var/pkg/vectra/internal/jsonscan"
)

// texts are good and bad ones; encoding/json says which is which.
var texts = []string{
	`{"id":1969,"name":"ws","tags":["a","b"],"groups":[{"id":144,"name":"x"}],"ldap":null,"score":-1.5e+7}`,
	`[]`, `{}`, ` [ 1 , 2.0 , -0 , true , false , null , "x" ] `, `"x"`, `0`, `-`, `01`, `1.`, `1e`, `.5`, `+1`, `1 2`, `tru`, `nul`, `truex`,
	`{`, `[`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `[1,]`, `[,1]`, `{,}`, `{"a" 1}`, `{a:1}`, `{"a":1 "b":2}`, `[1 2]`, `{"a":1}]`, `[1}`, ``, ` `,
	`"a`, `"\"`, `"\x"`, `"\u12"`, `"\u12g4"`, `"\u00e9\n\t\/\\\""`, `"\ud83d\ude00"`, `"\ud83d"`, "\"\x01\"", "\"\xff\xfe\"", `"é€😀"`, `{"\u0061":1}`, `{"a":1,"a":2}`,
	`<html>`, "\x00", `{"a":[[[{"b":[]}]]]}`, strings.Repeat("[", 10001), strings.Repeat("[", 100) + strings.Repeat("]", 100), `{"a":"` + strings.Repeat("x", 5000) + `"}`,
}

// tree builds what encoding/json would.
func tree(s *jsonscan.Scanner) any {
	switch s.Kind() {
	case jsonscan.Object:
		o := map[string]any{}
		for key := range s.Keys() {
			name := string(key)
			o[name] = tree(s)
		}
		return o
	case jsonscan.Array:
		a := []any{}
		for range s.Items() {
			a = append(a, tree(s))
		}
		return a
	case jsonscan.String:
		return string(s.Text())
	case jsonscan.Null:
		s.Skip()
		return nil
	}
	raw := string(s.Raw())
	if raw == "true" || raw == "false" {
		return raw == "true"
	}
	return json.Number(raw)
}

func standard(text []byte) (v any, err error) {
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

func check(t *testing.T, text []byte) {
	t.Helper()
	s := jsonscan.New(text)
	s.Skip()
	if valid := s.End() == nil; valid != json.Valid(text) {
		t.Fatalf("%q: %v, and encoding/json finds it %v", text, s.Err(), json.Valid(text))
	}
	s = jsonscan.New(text)
	got := tree(s)
	if valid := s.End() == nil; valid != json.Valid(text) {
		t.Fatalf("%q: read with %v, and encoding/json finds it %v", text, s.Err(), json.Valid(text))
	}
	if want, err := standard(text); s.Err() == nil && (err != nil || !reflect.DeepEqual(got, want)) {
		t.Fatalf("%q is %v, want %v, %v", text, got, want, err)
	}
}

func TestTextsAreReadAsTheStandardLibraryReadsThem(t *testing.T) {
	for _, text := range texts {
		check(t, []byte(text))
		for cut := range min(len(text), 200) {
			check(t, []byte(text[:cut]))
		}
	}
}

func FuzzScanner(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(check)
}

func TestWhatIsNotReadIsPassedOver(t *testing.T) {
	s := jsonscan.New([]byte(`{"a":{"b":[1,2,{"c":3}]},"d":[4,[5],6],"e":"f","g":7}`))
	var got []string
	for key := range s.Keys() {
		switch string(key) {
		case "d":
			for n := range s.Items() {
				if n == 1 {
					got = append(got, "d1 "+string(s.Raw()))
					break
				}
			}
		case "g":
			got = append(got, "g "+string(s.Raw()))
		}
	}
	if want := "[d1 [5] g 7]"; fmt.Sprint(got) != want || s.End() != nil {
		t.Errorf("got %v, %v, want %s", got, s.Err(), want)
	}
}

func TestAnotherFormHasNoMembers(t *testing.T) {
	for _, text := range []string{`null`, `7`, `"x"`, `[{"a":1}]`} {
		s := jsonscan.New([]byte(text))
		for key := range s.Keys() {
			t.Errorf("%s has a key %q", text, key)
		}
		if err := s.End(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	s := jsonscan.New([]byte(`{"a":1}`))
	for range s.Items() {
		t.Error("an object has items")
	}
}

// What is given is a part of the text: nothing is copied, and nothing is made.
func TestReadingAllocatesNothing(t *testing.T) {
	text := []byte(texts[0])
	s := jsonscan.New(text)
	got := testing.AllocsPerRun(100, func() {
		s.Reset(text)
		for key := range s.Keys() {
			switch string(key) {
			case "name":
				_ = s.Text()
			case "tags":
				for range s.Items() {
					_ = s.Text()
				}
			}
		}
	})
	if got != 0 {
		t.Errorf("%v allocations, want none", got)
	}
}
