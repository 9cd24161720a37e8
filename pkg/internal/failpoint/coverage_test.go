package failpoint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// top is the folder of the module.
const top = "../../.."

// exempt are the functions that write or ask without a mark, each with the reason why no crash there needs a
// test of its own.
var exempt = map[string]string{
	"pkg/journal/writer.go attempt":             "begins a transaction: nothing is written until its commit, which has marks",
	"pkg/journal/writer.go run":                 "a statement of a transaction: nothing is written until its commit, which has marks",
	"pkg/journal/sqlite.go lay":                 "an empty file is what the migrations find, and these have marks",
	"pkg/journal/mark.go beside":                "files to lock; what is written into one has marks",
	"pkg/journal/damage.go alone":               "a file to lock",
	"pkg/journal/lease_files.go try":            "a file to lock, and the kernel lets go of it with the process",
	"pkg/journal/backup.go saveTo":              "a backup comes whole or not at all, and nothing depends on it",
	"pkg/journal/restore.go Restore":            "the folder of a copy, below the temporary one",
	"pkg/journal/restore.go finish":             "it is what is done after a kill, and done again after another",
	"pkg/journal/restore.go copyFile":           "a copy in that folder",
	"pkg/pluginhost/process_linux.go command":   startsPlugin,
	"pkg/pluginhost/process_other.go command":   startsPlugin,
	"pkg/pluginhost/process.go startWithOutput": startsPlugin,
	"pkg/blocker/guard_linux.go startProper":    startsPlugin,
	"pkg/blocker/guard_linux.go guard":          cleansUp,
	"pkg/pluginhost/process.go wait":            cleansUp,
	"pkg/pluginhost/process.go end":             cleansUp,
	"pkg/secretstore/files.go moveIn":           "a secret that was not kept is asked for again",
	"pkg/config/save.go save":                   "the file comes whole or not at all; what a rename did before it is done again",
	"pkg/config/save.go beside":                 "a file beside the configuration, which nobody reads",
	"pkg/config/save.go rehearse":               "a file beside the configuration, which nobody reads",
	"pkg/secretstore/plain.go Set":              "the file comes whole or not at all; a secret that was not kept is asked for again",
	"pkg/secretstore/plain.go Remove":           "a secret that was not dropped is dropped by the same command",
	"pkg/predecessor/keyring.go ask":            asksTheirs,
	"pkg/predecessor/group_unix.go runApart":    asksTheirs,
	"pkg/predecessor/group_other.go runApart":   asksTheirs,
	"pkg/predecessor/group_unix.go ourTerminal": asksTheirs,
	"pkg/cli/config_import.go writeImport":      "what is there already is named by the next import, and nothing runs by it before somebody says so",
	"pkg/cli/config_import.go writeNew":         "what is there already is named by the next import, and nothing runs by it before somebody says so",
	"pkg/internal/infile/infile.go open":        "a file to read",
	"pkg/cli/planfile.go writePlan":             "a plan that was not written is made again; the file comes whole or not at all",
	"pkg/cli/support_write.go writeBundle":      "a bundle is for who asked for it: nothing depends on it",
	"pkg/cli/profile.go create":                 "a profile is for who asked for it: nothing depends on it",
	"pkg/logs/file.go open":                     aLog,
	"pkg/notify/webhook/post.go post":           "what was sent and not remembered is sent again, under the same key",
	"pkg/logs/file.go rotate":                   aLog,
	"pkg/notify/audit/written.go readTail":      "a line that was torn is cut off, and written again with its event, which nobody remembered as told",
	"plugins/example/device.go write":           fromTheSDK,
	"plugins/example/device.go writable":        fromTheSDK,
	"plugins/example/lock_unix.go lock":         "a file to lock, and the kernel lets go of it with the process",
}

const (
	startsPlugin = "a plugin that runs has done nothing yet: the calls to it have marks"
	cleansUp     = "the folder of a socket, below the temporary one"
	asksTheirs   = "it asks the predecessor's keyring, which stays as it is"
	aLog         = "a line that is not in a log stops nobody, and what is in it is decided elsewhere"
	fromTheSDK   = "an example for authors shows nothing of ours: the marks of the SDK stand around it"
)

// TestEveryWriteAndRequestHasAMark finds what changes the world, or asks for something, where the crash test
// cannot kill: a mark has to stand before it and another one behind it, in the same function.
func TestEveryWriteAndRequestHasAMark(t *testing.T) {
	unused := maps.Clone(exempt)
	for _, dir := range []string{"pkg", "plugins", "cmd"} {
		for path, file := range sources(t, dir) {
			for _, f := range functions(file) {
				what := unmarked(path, f)
				name := path + " " + f.Name.Name
				switch _, excused := exempt[name]; {
				case len(what) > 0 && !excused:
					t.Errorf("%s: %s without failpoint.Hit before and behind it", name, strings.Join(what, ", "))
				case len(what) > 0:
					delete(unused, name)
				}
			}
		}
	}
	for name := range unused {
		t.Errorf("%s is exempt and needs not be", name)
	}
}

// elsewhere is what var does not run: the other end, what only tests use, and the marks themselves.
var elsewhere = []string{
	"pkg/internal/failpoint", "pkg/lab", "pkg/blocker/blockertest", "pkg/journal/journaltest", "pkg/notify/notifytest",
}

// sources parses what is ours and neither a test nor generated.
func sources(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	err := filepath.WalkDir(filepath.Join(top, dir), func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(top, path) // both are relative
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains(elsewhere, filepath.ToSlash(name)):
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".pb.go"):
			return nil
		}
		files[filepath.ToSlash(name)], err = parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func functions(file *ast.File) []*ast.FuncDecl {
	var all []*ast.FuncDecl
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			all = append(all, f)
		}
	}
	return all
}

// unmarked are the writes and requests of a function that stand outside its marks.
func unmarked(path string, f *ast.FuncDecl) []string {
	var first, last token.Pos
	deeds := map[token.Pos]string{}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && text(call.Fun) == "failpoint.Hit" {
			if first == token.NoPos {
				first = n.Pos()
			}
			last = n.Pos()
		}
		if what := deed(path, n); what != "" {
			deeds[n.Pos()] = what
		}
		return true
	})
	var outside []string
	for _, pos := range slices.Sorted(maps.Keys(deeds)) {
		if first == token.NoPos || pos < first || pos > last {
			outside = append(outside, deeds[pos])
		}
	}
	return outside
}

// packaged are the functions of packages that write or ask.
var packaged = []string{
	"os.WriteFile", "os.Rename", "os.Remove", "os.RemoveAll", "os.Create", "os.CreateTemp", "os.OpenFile", "os.Link", "os.Symlink",
	"exec.Command", "exec.CommandContext", "os.StartProcess",
	"http.Get", "http.Post", "http.PostForm", "http.Head",
	"net.Dial", "net.DialTimeout", "tls.Dial", "smtp.SendMail", "smtp.Dial",
}

// transports are ways to ask that a plugin does not have from the SDK, whose own has marks.
var transports = []string{"http.Client", "http.Transport", "http.DefaultClient", "http.DefaultTransport", "net.Dialer", "exec.Cmd"}

// statements are methods of a database that change it.
var statements = []string{"BeginTx", "Commit", "ExecContext", "Exec", "UpByOne", "Up", "UpTo"}

// deed is what a node does to the world; nothing when it is empty.
func deed(path string, n ast.Node) string {
	plugin := strings.HasPrefix(path, "plugins/")
	switch n := n.(type) {
	case *ast.CallExpr:
		name := text(n.Fun)
		method := name[strings.LastIndexByte(name, '.')+1:]
		switch {
		case plugin && strings.HasPrefix(name, "exec.Command"): // what runs it is the deed, and the SDK's has marks
		case slices.Contains(packaged, name), runs(n, plugin),
			strings.HasPrefix(path, "pkg/journal/") && slices.Contains(statements, method) && method != name,
			!plugin && (method == "Do" && sends(n) || method == "RoundTrip"):
			return name
		}
	case *ast.SelectorExpr:
		if plugin && slices.Contains([]string{"http.DefaultClient", "http.DefaultTransport"}, text(n)) {
			return text(n)
		}
	case *ast.CompositeLit:
		if (plugin || text(n.Type) == "exec.Cmd") && slices.Contains(transports, text(n.Type)) {
			return text(n.Type)
		}
	}
	return ""
}

// runs tells the methods that run a program: whatever runs in a plugin, and elsewhere a "cmd".
func runs(call *ast.CallExpr, plugin bool) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	return ok && len(call.Args) == 0 && (plugin || text(s.X) == "cmd") &&
		slices.Contains([]string{"Start", "Run", "Output", "CombinedOutput"}, s.Sel.Name)
}

// sends tells http.Client.Do(req) from sync.Once.Do(func…).
func sends(call *ast.CallExpr) bool {
	if len(call.Args) != 1 {
		return false
	}
	_, literal := call.Args[0].(*ast.FuncLit)
	return !literal
}

// text writes a name with its dots; the inside of what is no name is left out.
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return text(e.X) + "." + e.Sel.Name
	}
	return ""
}

// TestTheScanSeesWhatStandsOutsideTheMarks guards the test above against one that sees nothing.
func TestTheScanSeesWhatStandsOutsideTheMarks(t *testing.T) {
	const marked = `failpoint.Hit("a"); c.http.Do(req); failpoint.Hit("b")`
	tests := map[string]struct {
		path, body string
		want       []string
	}{
		"between marks":            {"pkg/vectra/x.go", marked, nil},
		"a second request":         {"pkg/vectra/x.go", marked + `; c.http.Do(again)`, []string{"c.http.Do"}},
		"no mark behind it":        {"pkg/vectra/x.go", `failpoint.Hit("a"); c.http.Do(req)`, []string{"c.http.Do"}},
		"no mark before it":        {"pkg/vectra/x.go", `c.http.Do(req); failpoint.Hit("b")`, []string{"c.http.Do"}},
		"done once":                {"pkg/vectra/x.go", `once.Do(func() {})`, nil},
		"a commit":                 {"pkg/journal/x.go", `tx.Commit()`, []string{"tx.Commit"}},
		"past the one transaction": {"pkg/journal/x.go", `j.db.ExecContext(ctx, "delete from meta")`, []string{"j.db.ExecContext"}},
		"the client of the SDK":    {"plugins/x/x.go", `client.Do(req)`, nil},
		"a client of its own":      {"plugins/x/x.go", `c := http.Client{}`, []string{"http.Client"}},
		"everybody's client":       {"plugins/x/x.go", `http.DefaultClient.Do(req)`, []string{"http.DefaultClient"}},
		"a program of a plugin":    {"plugins/x/x.go", `exec.CommandContext(ctx, "x").Run()`, []string{".Run"}},
		"a program by the SDK":     {"plugins/x/x.go", `blocker.Command(exec.CommandContext(ctx, "x"))`, nil},
		"a program of ours":        {"pkg/cli/x.go", `exec.CommandContext(ctx, "x")`, []string{"exec.CommandContext"}},
		"one that is started":      {"pkg/blocker/x.go", `cmd.Start(); failpoint.Hit("b")`, []string{"cmd.Start"}},
		"a file":                   {"pkg/cli/x.go", `os.Rename(a, b)`, []string{"os.Rename"}},
	}
	for name, tt := range tests {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc f() {"+tt.body+"}", 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := unmarked(tt.path, functions(file)[0]); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}
