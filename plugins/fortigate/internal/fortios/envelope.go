package fortios

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Envelope is what FortiOS wraps around every answer. Which parts are there depends on the call:
// reads of monitor resources lack the revision and the HTTP status, writes the results.
type Envelope struct {
	// Status is "success" or "error".
	Status string
	// Code is FortiOS' own error number; 0 when there is none.
	Code int
	// Text is what the device said about an error, on one line and cut short.
	Text string
	// Results are the rows of a list, or one object.
	Results json.RawMessage
	// Revision changes whenever the table is written; empty for monitor resources.
	Revision string
	// Version ("v7.4.5") and Serial tell which device answers.
	Version, Serial string
}

// OK reports that the device says it did what it was asked. HTTP must have said 200 as well.
func (e Envelope) OK() bool { return e.Status == "success" }

// maxText bounds what is kept of a device's prose, in bytes.
const maxText = 300

type rawEnvelope struct {
	Status   looseText `json:"status"`
	Code     looseInt  `json:"error"`
	CLIError looseText `json:"cli_error"`
	Message  looseText `json:"message"`
	// Results holds a pointer to what the results are read into.
	Results  any       `json:"results"`
	Revision looseText `json:"revision"`
	Version  looseText `json:"version"`
	Serial   looseText `json:"serial"`
}

// Decode reads an envelope. A list of one is accepted, since devices answer with one per VDOM when
// asked for several; a longer list is not, for nobody here asks that.
func Decode(body []byte) (Envelope, error) {
	var results json.RawMessage
	env, _, err := decodeInto(body, &results) // any results fit into raw JSON
	env.Results = results
	return env, err
}

// decodeInto reads the results in the same pass, which halves the work of a long list. unlike is why they
// could not be read into what results points to.
func decodeInto(body []byte, results any) (env Envelope, unlike, err error) {
	raw := rawEnvelope{Results: results}
	err = json.Unmarshal(unlist(body), &raw)
	if other := (*json.UnmarshalTypeError)(nil); errors.As(err, &other) { // no other field fails over its type
		unlike, err = other, nil
	}
	switch {
	case err != nil:
		return Envelope{}, nil, fmt.Errorf("the answer is not FortiOS JSON: %w: %q", err, excerpt(string(body)))
	case raw.Status == "":
		return Envelope{}, nil, errors.New("the answer is JSON without a FortiOS status")
	}
	return Envelope{
		Status:   string(raw.Status),
		Code:     int(raw.Code),
		Text:     excerpt(strings.TrimSpace(string(raw.CLIError) + " " + string(raw.Message))),
		Revision: string(raw.Revision),
		Version:  string(raw.Version),
		Serial:   string(raw.Serial),
	}, unlike, nil
}

func unlist(body []byte) []byte {
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) {
		return body
	}
	var list []json.RawMessage
	if err := json.Unmarshal(body, &list); err != nil || len(list) != 1 {
		return body
	}
	return list[0]
}

// looseText is a string, or the strings of an array (cli_error comes as either). Anything else is empty.
type looseText string

// UnmarshalJSON never fails: prose must not hide the code beside it.
func (t *looseText) UnmarshalJSON(raw []byte) error {
	*t = ""
	switch raw[0] {
	case '"':
		var one string
		_ = json.Unmarshal(raw, &one) // what cannot be read is empty
		*t = looseText(one)
	case '[':
		var many []any
		_ = json.Unmarshal(raw, &many)
		*t = looseText(strings.Join(stringsOf(many), " "))
	}
	return nil
}

func stringsOf(values []any) []string {
	var texts []string
	for _, v := range values {
		if s, ok := v.(string); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// looseInt is a number, quoted or not. Anything else is 0.
type looseInt int

// UnmarshalJSON never fails: an error without a readable number is one without a number.
func (n *looseInt) UnmarshalJSON(raw []byte) error {
	var v int
	if json.Unmarshal(bytes.Trim(raw, `"`), &v) == nil {
		*n = looseInt(v)
	}
	return nil
}

// excerpt is the beginning of a text on one line, without control characters.
func excerpt(text string) string {
	if len(text) > 4*maxText {
		text = text[:4*maxText]
	}
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	return text
}
