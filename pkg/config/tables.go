package config

// edited is a deep copy of a table in which edit has changed every table, the inner ones first.
func edited(table map[string]any, edit func(map[string]any)) map[string]any {
	if table == nil {
		return nil
	}
	t := make(map[string]any, len(table))
	for key, v := range table {
		t[key] = editedValue(v, edit)
	}
	edit(t)
	return t
}

func editedValue(v any, edit func(map[string]any)) any {
	switch v := v.(type) {
	case map[string]any:
		return edited(v, edit)
	case []map[string]any:
		ts := make([]map[string]any, len(v))
		for i, t := range v {
			ts[i] = edited(t, edit)
		}
		return ts
	case []any:
		all := make([]any, len(v))
		for i, one := range v {
			all[i] = editedValue(one, edit)
		}
		return all
	}
	return v
}

// tablesOf are the tables of an array, whether it is written as [[…]] or inline; what is none is nil there.
func tablesOf(v any) []map[string]any {
	switch v := v.(type) {
	case []map[string]any:
		return v
	case []any:
		all := make([]map[string]any, len(v))
		for i, one := range v {
			all[i], _ = one.(map[string]any)
		}
		return all
	}
	return nil
}
