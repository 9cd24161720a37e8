package main

const (
	configTests = "./pkg/config/..."
	renameTests = "-run=Rename ./pkg/cli"
)

var configMutants = []mutant{
	{"pkg/config/save.go", `return ErrChangedMeanwhile`, `return nil`, configTests, "what somebody else wrote meanwhile is written over"},
	{"pkg/config/save.go", `return next.Chmod(info.Mode().Perm())`, `return nil`, configTests, "a saved file has another mode than before"},
	{"pkg/config/internal/tomltext/edit.go", `err == nil && next.holds(wanted)`, `err == nil`, configTests, "the first way to edit that is TOML is taken, whatever it says"},
	{"pkg/config/internal/tomltext/text.go", `if s.values[key] || own && s.tables[key] {`, `if s.values[key] {`, configTests, "a table and a value of one name are taken for right"},
	{"pkg/config/internal/tomltext/outline.go", `o.beyond = o.beyond || tooLong(path)`, `o.beyond = false`, configTests, "keys may be nested without end"},
	{"pkg/config/internal/tomltext/insert.go", `if i := bytes.IndexByte(t.body, '\n'); i > 0 && t.body[i-1] == '\r' {`, `if false {`, configTests, "a line that is added ends in another way than the others"},
	{"pkg/config/check_blocker.go", `mark != "" && other != name &&`, `mark == "never" && other != name &&`, configTests, "two blockers may mark alike"},
	{"pkg/journal/rename.go", `if old > 0 && now > 0 {`, `if old+now < 0 {`, "-run=TwoThings ./pkg/journal", "two sources become one"},
	{"pkg/cli/renames.go", `case now.Pending != "":`, `case now.Pending == "never":`, renameTests, "a pass is made by half of the names"},
	{"pkg/cli/renames.go", `if slices.ContainsFunc(held, t.holds) {`, `if len(held) < 0 {`, renameTests, "a file that has not followed a rename is obeyed"},
	{"pkg/cli/config_title.go", `return d.Set(t.name+".mark", mark)`, `return nil`, renameTests, "a renamed blocker does not know its marks"},
}
