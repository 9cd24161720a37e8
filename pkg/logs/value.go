package logs

import (
	"encoding"
	"encoding/json"
	"fmt"
	"log/slog"
	"unicode/utf8"

	"github.com/var-project/var/pkg/secret"
)

// maxText is how many bytes of one text a line shows: a device that answers with a book fills no disk.
const maxText = 8 << 10

// attrs are attributes without secrets.
func (m *Mask) attrs(attrs []slog.Attr) []slog.Attr {
	masked := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		masked[i] = m.attr(a)
	}
	return masked
}

func (m *Mask) attr(a slog.Attr) slog.Attr {
	a.Key = m.Text(a.Key)
	a.Value = a.Value.Resolve()
	switch kind := a.Value.Kind(); {
	case kind == slog.KindGroup:
		a.Value = slog.GroupValue(m.attrs(distinct(append([]slog.Attr{}, a.Value.Group()...)))...)
	case hides(a.Key) && kind != slog.KindBool:
		a.Value = slog.StringValue(secret.Redacted)
	case kind == slog.KindString:
		a.Value = slog.StringValue(m.shown(a.Value.String()))
	case kind == slog.KindAny:
		a.Value = m.any(a.Value.Any())
	}
	return a
}

// any is a value that is no text and no number, as text or as what JSON makes of it.
func (m *Mask) any(v any) slog.Value {
	switch v := v.(type) {
	case nil:
		return slog.AnyValue(nil)
	case error:
		return slog.StringValue(m.shown(v.Error()))
	case []byte:
		return slog.StringValue(m.shown(string(v)))
	case encoding.TextMarshaler:
		if text, err := v.MarshalText(); err == nil {
			return slog.StringValue(m.shown(string(text)))
		}
	}
	text, err := json.Marshal(v)
	var plain any
	if err != nil || len(text) > maxText || json.Unmarshal(text, &plain) != nil {
		return slog.StringValue(m.shown(fmt.Sprintf("%+v", v)))
	}
	return slog.AnyValue(m.Tree(plain))
}

// Tree is what JSON decodes to, without secrets: neither values under keys that name one, nor what follows a flag that
// does, nor secrets inside texts.
func (m *Mask) Tree(v any) any {
	switch v := v.(type) {
	case string:
		return m.Text(v)
	case []any:
		for i := range v {
			flag, _ := v[max(i-1, 0)].(string)
			v[i] = m.under(v[i], i > 0 && isFlag(flag))
		}
	case map[string]any:
		for key, value := range v {
			v[key] = m.under(value, hides(key))
		}
	}
	return v
}

// under is a value of which a name may say that it is a secret.
func (m *Mask) under(v any, hidden bool) any {
	switch v.(type) {
	case nil, bool:
		return v
	}
	if hidden && v != "" {
		return secret.Redacted
	}
	return m.Tree(v)
}

// shown is a text without secrets as far as a line shows it. It is cut behind that, lest half a secret is left.
func (m *Mask) shown(text string) string {
	masked := m.Text(text)
	if len(masked) <= maxText {
		return masked
	}
	cut := maxText
	for cut > 0 && !utf8.RuneStart(masked[cut]) {
		cut--
	}
	return fmt.Sprintf("%s… (%d bytes)", masked[:cut], len(masked))
}
