package setup

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/var-project/var/pkg/schema"
)

// shown is a value as a person would type it: what read understands.
func shown(f schema.Field, v any) string {
	switch v := v.(type) {
	case nil:
		return f.Default
	case bool:
		return yesOr(v)
	case []any:
		all := make([]string, len(v))
		for i, one := range v {
			all[i] = fmt.Sprint(one)
		}
		return shownTexts(all)
	case []string:
		return shownTexts(v)
	case map[string]any:
		return shownPairs(v)
	}
	return clean(fmt.Sprint(v))
}

// shownTexts parts texts by commas; where that would be read differently they stand as an array of TOML.
func shownTexts(all []string) string {
	plain := strings.Join(all, ", ")
	if slices.Equal(parts(plain), all) && !strings.HasPrefix(plain, "[") {
		return plain
	}
	quoted := make([]string, len(all))
	for i, one := range all {
		quoted[i] = strconv.Quote(one)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func shownPairs(pairs map[string]any) string {
	all := make([]string, 0, len(pairs))
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		all = append(all, fmt.Sprintf("%q = %q", key, fmt.Sprint(pairs[key])))
	}
	if len(all) == 0 {
		return ""
	}
	return "{ " + strings.Join(all, ", ") + " }"
}

// read turns what a person typed into a value for the file; nil takes the key out of it.
func read(f schema.Field, answer string) (any, error) {
	switch f.Type {
	case schema.Bool:
		return answer == Affirmed, nil
	case schema.Texts:
		return readTexts(answer)
	case schema.Text:
		if answer == "" && f.Enum != nil {
			return nil, nil
		}
		return answer, nil
	}
	if answer == "" {
		return nil, nil
	}
	switch f.Type {
	case schema.Int:
		return number(strconv.Atoi(answer))
	case schema.Float:
		return number(strconv.ParseFloat(answer, 64))
	case schema.Pairs:
		return readTOML[map[string]any](answer, `write { NAME = "text", OTHER = "text" }`)
	}
	return answer, nil
}

func number[T int | float64](n T, err error) (any, error) {
	if err != nil {
		return nil, fmt.Errorf("must be a number")
	}
	return n, nil
}

func readTexts(answer string) (any, error) {
	if strings.HasPrefix(answer, "[") {
		return readTOML[[]string](answer, `write texts with commas between them, or ["an array", "of TOML"]`)
	}
	return slices.Concat([]string{}, parts(answer)), nil
}

func readTOML[T any](answer, cure string) (any, error) {
	var holder struct{ Value T }
	if _, err := toml.Decode("Value = "+answer, &holder); err != nil {
		return nil, fmt.Errorf("not understood: %s", cure)
	}
	return holder.Value, nil
}
