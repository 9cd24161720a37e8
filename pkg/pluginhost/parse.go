package pluginhost

import (
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"time"
)

// maxNested is how deep attributes may be nested.
const maxNested = 16

// parseLine reads a log line in the form that blocker.Serve writes. Attributes keep their order,
// groups and numbers.
func parseLine(text string) (slog.Record, bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return slog.Record{}, false
	}
	attrs, err := object(decoder, 0)
	if err != nil {
		return slog.Record{}, false
	}
	at, level, message, rest := time.Now(), slog.LevelInfo, "", attrs[:0]
	for _, a := range attrs {
		switch a.Key {
		case "@timestamp":
			if t, err := time.Parse(time.RFC3339Nano, a.Value.String()); err == nil {
				at = t
			}
		case "@level":
			level = levelOf(a.Value.String())
		case "@message":
			message = a.Value.String()
		default:
			rest = append(rest, a)
		}
	}
	record := slog.NewRecord(at, level, message, 0)
	record.AddAttrs(rest...)
	return record, message != ""
}

func levelOf(name string) slog.Level {
	var level slog.Level
	if strings.EqualFold(name, "trace") {
		return slog.LevelDebug
	}
	if err := level.UnmarshalText([]byte(name)); err != nil {
		return slog.LevelInfo
	}
	return level
}

var errNested = errors.New("nested too deeply")

func object(decoder *json.Decoder, depth int) ([]slog.Attr, error) {
	if depth > maxNested {
		return nil, errNested
	}
	var attrs []slog.Attr
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		v, err := value(decoder, depth)
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		attrs = append(attrs, slog.Attr{Key: name, Value: v})
	}
	_, err := decoder.Token()
	return attrs, err
}

func value(decoder *json.Decoder, depth int) (slog.Value, error) {
	token, err := decoder.Token()
	if err != nil {
		return slog.Value{}, err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			attrs, err := object(decoder, depth+1)
			return slog.GroupValue(attrs...), err
		}
		all, err := array(decoder)
		return slog.AnyValue(all), err
	case json.Number:
		return number(token), nil
	}
	return slog.AnyValue(token), nil
}

func array(decoder *json.Decoder) ([]any, error) {
	all := []any{}
	for decoder.More() {
		var v any
		if err := decoder.Decode(&v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	_, err := decoder.Token()
	return all, err
}

func number(n json.Number) slog.Value {
	if i, err := n.Int64(); err == nil {
		return slog.Int64Value(i)
	}
	if f, err := n.Float64(); err == nil {
		return slog.Float64Value(f)
	}
	return slog.StringValue(n.String())
}
