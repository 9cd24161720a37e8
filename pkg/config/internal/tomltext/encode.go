package tomltext

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// Encode writes a value on one line: a string, bool, number, duration, list or table of such (inline).
func Encode(v any) (string, error) {
	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			return "", errors.New("a text that is not UTF-8 cannot be written into a configuration")
		}
		return text(v), nil
	case time.Duration:
		return text(short(v)), nil
	case bool:
		return strconv.FormatBool(v), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return number(v)
	case []string:
		return list(v)
	case []any:
		return list(v)
	case []map[string]any:
		return list(v)
	case map[string]any:
		return table(v)
	case map[string]string:
		return table(v)
	}
	return "", fmt.Errorf("a %T cannot be written into a configuration", v)
}

// text quotes a string; the encoder knows what must be escaped.
func text(s string) string {
	var out bytes.Buffer
	if err := toml.NewEncoder(&out).Encode(map[string]string{"k": s}); err != nil {
		return strconv.QuoteToASCII(s)
	}
	return strings.TrimSuffix(strings.TrimPrefix(out.String(), "k = "), "\n")
}

// short is a duration as people write it: 5m rather than 5m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func number(f float64) (string, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "", fmt.Errorf("%v is no number that a configuration can hold", f)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s, nil
}

func list[E any](all []E) (string, error) {
	parts := make([]string, len(all))
	for i, one := range all {
		part, err := Encode(one)
		if err != nil {
			return "", err
		}
		parts[i] = part
	}
	return "[" + strings.Join(parts, ", ") + "]", nil
}

func table[V any](all map[string]V) (string, error) {
	if len(all) == 0 {
		return "{}", nil
	}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		part, err := Encode(all[key])
		if err != nil {
			return "", fmt.Errorf("%s: %w", key, err)
		}
		parts = append(parts, quoted(key)+" = "+part)
	}
	return "{ " + strings.Join(parts, ", ") + " }", nil
}
