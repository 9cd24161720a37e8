package wire

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/var-project/var/pkg/entity"
	"github.com/var-project/var/pkg/internal/wire/wirepb"
	"github.com/var-project/var/pkg/schema"
)

// Description is what a plugin says of itself before it is opened.
type Description struct {
	Name     string             `json:"name"`
	Version  string             `json:"version"`
	Help     string             `json:"help"`
	Label    string             `json:"label"`
	Aliases  []string           `json:"aliases,omitempty"`
	Kinds    []entity.Kind      `json:"kinds"`
	Settings schema.Description `json:"settings"`
}

// ToDescription is the inverse of FromDescription.
func ToDescription(d Description) *wirepb.DescribeResponse {
	return &wirepb.DescribeResponse{
		Name: text(d.Name), Version: text(d.Version), Help: text(d.Help), Label: text(d.Label),
		Aliases: texts(d.Aliases), Kinds: strung[string](d.Kinds), Settings: each(d.Settings.Fields, toField),
	}
}

// FromDescription is the inverse of ToDescription.
func FromDescription(p *wirepb.DescribeResponse) Description {
	return Description{
		Name: p.GetName(), Version: p.GetVersion(), Help: p.GetHelp(), Label: p.GetLabel(),
		Aliases: p.GetAliases(), Kinds: strung[entity.Kind](p.GetKinds()),
		Settings: schema.Description{Fields: each(p.GetSettings(), fromField)},
	}
}

func toField(f schema.Field) *wirepb.Field {
	return &wirepb.Field{
		Name: text(f.Name), Type: text(string(f.Type)), Help: text(f.Help), Default: text(f.Default),
		Required: f.Required, Optional: f.Optional, Enum: texts(f.Enum), Min: text(f.Min), Max: text(f.Max), Format: text(f.Format),
		Former: texts(f.Former), When: toCondition(f.When), Fields: each(f.Fields, toField),
	}
}

func fromField(f *wirepb.Field) schema.Field {
	return schema.Field{
		Name: f.GetName(), Type: schema.Type(f.GetType()), Help: f.GetHelp(), Default: f.GetDefault(),
		Required: f.GetRequired(), Optional: f.GetOptional(), Enum: f.GetEnum(), Min: f.GetMin(), Max: f.GetMax(), Format: f.GetFormat(),
		Former: f.GetFormer(), When: fromCondition(f.GetWhen()), Fields: each(f.GetFields(), fromField),
	}
}

func toCondition(w *schema.When) *wirepb.Condition {
	if w == nil {
		return nil
	}
	return &wirepb.Condition{Key: text(w.Key), Values: texts(w.Values)}
}

func fromCondition(c *wirepb.Condition) *schema.When {
	if c == nil {
		return nil
	}
	return &schema.When{Key: c.GetKey(), Values: c.GetValues()}
}

// ToProblems is the inverse of FromProblems.
func ToProblems(problems schema.Problems) []*wirepb.Problem {
	return each(problems, func(p schema.Problem) *wirepb.Problem {
		return &wirepb.Problem{Path: text(p.Path), Message: text(p.Message)}
	})
}

// FromProblems is the inverse of ToProblems.
func FromProblems(problems []*wirepb.Problem) schema.Problems {
	return each(problems, func(p *wirepb.Problem) schema.Problem {
		return schema.Problem{Path: p.GetPath(), Message: p.GetMessage()}
	})
}

// Opened is what an opened blocker says of itself. Zero fields leave the description as it is.
type Opened struct {
	Powers   []string
	Label    string
	Kinds    []entity.Kind
	Devices  []string
	NoUndo   bool
	NoRepeat bool
	Place    string
}

// ToOpened is the inverse of FromOpened.
func ToOpened(o Opened) *wirepb.OpenResponse {
	return &wirepb.OpenResponse{
		Powers: texts(o.Powers), Label: text(o.Label), Kinds: strung[string](o.Kinds), Devices: texts(o.Devices),
		NoUndo: o.NoUndo, NoRepeat: o.NoRepeat, Place: text(o.Place),
	}
}

// FromOpened is the inverse of ToOpened.
func FromOpened(p *wirepb.OpenResponse) Opened {
	return Opened{
		Powers: p.GetPowers(), Label: p.GetLabel(), Kinds: strung[entity.Kind](p.GetKinds()), Devices: p.GetDevices(),
		NoUndo: p.GetNoUndo(), NoRepeat: p.GetNoRepeat(), Place: p.GetPlace(),
	}
}

// ToValues writes settings as JSON, which keeps whole numbers whole.
func ToValues(values map[string]any) ([]byte, error) {
	if values == nil {
		values = map[string]any{}
	}
	return json.Marshal(values)
}

// FromValues reads settings; numbers come out as json.Number. No settings are an empty table.
func FromValues(text []byte) (map[string]any, error) {
	if len(text) == 0 {
		return map[string]any{}, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var values map[string]any
	if err := decoder.Decode(&values); err != nil {
		return nil, fmt.Errorf("settings are no JSON object: %w", err)
	}
	return values, nil
}
