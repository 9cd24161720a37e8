package report

import (
	"encoding/json"
	"io"
	"runtime"
)

// JSON writes rows for a program, with what they were measured on.
func JSON(w io.Writer, rows []Row) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Cores int    `json:"cores"`
		Go    string `json:"go"`
		Rows  []Row  `json:"rows"`
	}{runtime.NumCPU(), runtime.Version(), rows})
}
